"""Italian."""

from avatar.synthetic.dialogues.phrases.table import Phrases
from avatar.synthetic.dialogues.scene import Act

ITALIAN = Phrases(
    sentences={
        Act.GREETING: (
            "Buongiorno, come sta?",
            "Ciao, che bello vederti.",
            "Buonasera, si accomodi, prego.",
            "Benvenuti a casa nostra.",
        ),
        Act.STATEMENT: (
            "Mia madre ha comprato un libro blu {time}.",
            "Abitiamo a {place} da {number} anni.",
            "D'estate andiamo sempre al mare.",
            "{name} prende l'autobus alle {number} ogni mattina.",
            "Ho parlato del film con {name} {time}.",
            "Il museo era bellissimo, ma c'era troppa gente.",
            "{name} vorrebbe vivere a {place} in primavera.",
            "Da noi si mangia la pasta con i pomodori e un po' di basilico.",
        ),
        Act.QUESTION: (
            "Che cosa hai fatto {time}?",
            "È mai stato a {place}?",
            "Come posso arrivare alla stazione?",
            "Preferisci un caffè o un tè?",
            "Quando torna a casa {name}?",
        ),
        Act.ANSWER: (
            "Circa {number} minuti, credo.",
            "Credo che fosse {name}, se non mi sbaglio.",
            "Sempre dritto, e dopo il ponte a sinistra.",
            "Meglio un caffè, con un po' di latte.",
            "A {place}, proprio vicino alla stazione.",
        ),
        Act.GOOD_NEWS: (
            "Non ci crederai, abbiamo avuto l'appartamento!",
            "Ho superato l'esame, sono così felice!",
            "{name} si sposa a maggio!",
            "Il medico dice che va tutto benissimo!",
        ),
        Act.BAD_NEWS: (
            "Purtroppo {name} è in ospedale da {number} giorni.",
            "Il nostro vecchio cane è morto {time}.",
            "Purtroppo non ho avuto il lavoro.",
            "Mi hanno rubato la valigia a {place}.",
        ),
        Act.SURPRISE: (
            "Cosa? Davvero?",
            "Non ci posso credere!",
            "Oh, non me lo aspettavo proprio!",
            "Mamma mia, {number} volte?",
        ),
        Act.JOKE: (
            "{name} ha messo il pane nella lavatrice.",
            "La mia sveglia ed io siamo d'accordo: lei suona e io continuo a dormire.",
            "Sono a dieta: mangio solo quando nessuno mi guarda.",
            "Il pappagallo ha risposto al telefono, e {name} ci ha creduto.",
        ),
        Act.DENIAL: (
            "No, non l'ho mai detto.",
            "No, non è affatto vero.",
            "No, non sono mai stato a {place}.",
            "Non credo proprio.",
        ),
        Act.AGREEMENT: (
            "Sì, esatto.",
            "Sì, la penso così anch'io.",
            "Certo, lei ha perfettamente ragione.",
            "Va bene, facciamo così.",
        ),
        Act.HESITATION: (
            "Beh,",
            "Ehm,",
            "Mah, fammi pensare.",
            "Allora, come posso dire,",
        ),
        Act.THANKS: (
            "Grazie mille per il suo aiuto.",
            "Grazie, è molto gentile da parte sua.",
            "Grazie infinite per tutto.",
        ),
        Act.BACKCHANNEL: (
            "Sì.",
            "Uhm.",
            "Certo.",
            "Capisco.",
            "Ah.",
            "Davvero?",
        ),
    },
    words={
        "time": (
            "ieri",
            "la settimana scorsa",
            "venerdì",
            "stamattina",
        ),
        "place": (
            "Bologna",
            "Palermo",
            "Verona",
            "Milano",
            "Boston",
        ),
        "name": (
            "mio fratello",
            "la signora Bianchi",
            "Paolo",
            "mio zio",
            "Fabio",
        ),
        "number": (
            "cinque",
            "sette",
            "dodici",
            "venti",
        ),
    },
)

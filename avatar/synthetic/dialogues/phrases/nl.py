"""Dutch."""

from avatar.synthetic.dialogues.phrases.table import Phrases
from avatar.synthetic.dialogues.scene import Act

DUTCH = Phrases(
    sentences={
        Act.GREETING: (
            "Goedemorgen, hoe gaat het met u?",
            "Hallo, wat leuk om je te zien.",
            "Goedenavond, gaat u zitten.",
            "Welkom bij ons.",
        ),
        Act.STATEMENT: (
            "Mijn moeder heeft {time} een blauw boek gekocht.",
            "Wij wonen al {number} jaar in {place}.",
            "In de zomer gaan we altijd naar zee.",
            "{name} neemt elke ochtend om {number} uur de bus.",
            "Ik heb {time} met {name} over de film gesproken.",
            "Het museum was prachtig, maar veel te vol.",
            "{name} wil in het voorjaar naar {place} verhuizen.",
            "Bij ons eten we op woensdag pannenkoeken met appelmoes.",
        ),
        Act.QUESTION: (
            "Wat heb je {time} gedaan?",
            "Bent u ooit in {place} geweest?",
            "Hoe kom ik bij het station?",
            "Wil je liever koffie of thee?",
            "Wanneer komt {name} weer thuis?",
        ),
        Act.ANSWER: (
            "Ongeveer {number} minuten, denk ik.",
            "Dat was {name}, als ik me niet vergis.",
            "Steeds rechtdoor, en dan na de brug naar links.",
            "Liever koffie, met een beetje melk.",
            "In {place}, vlak bij het station.",
        ),
        Act.GOOD_NEWS: (
            "Je gelooft het niet, we hebben het huis gekregen!",
            "Ik ben geslaagd voor mijn examen, wat ben ik blij!",
            "{name} gaat in mei trouwen!",
            "De dokter zegt dat alles helemaal goed is!",
        ),
        Act.BAD_NEWS: (
            "Helaas ligt {name} al {number} dagen in het ziekenhuis.",
            "Onze oude hond is {time} overleden.",
            "Ik heb de baan helaas niet gekregen.",
            "Iemand heeft in {place} mijn koffer gestolen.",
        ),
        Act.SURPRISE: (
            "Wat? Echt waar?",
            "Dat kan toch niet!",
            "Wauw, dat had ik helemaal niet verwacht!",
            "Nee maar, {number} keer?",
        ),
        Act.JOKE: (
            "{name} heeft het brood in de wasmachine gestopt.",
            "Mijn wekker en ik zijn het eens: hij gaat af, en ik slaap door.",
            "Ik ben op dieet: ik eet alleen als niemand kijkt.",
            "De papegaai nam de telefoon op, en {name} had niets door.",
        ),
        Act.DENIAL: (
            "Nee, dat heb ik nooit gezegd.",
            "Nee, dat klopt helemaal niet.",
            "Nee, ik ben nog nooit in {place} geweest.",
            "Dat geloof ik niet.",
        ),
        Act.AGREEMENT: (
            "Ja, precies.",
            "Ja, dat vind ik ook.",
            "Natuurlijk, u hebt volkomen gelijk.",
            "Goed, zo doen we het.",
        ),
        Act.HESITATION: (
            "Nou,",
            "Eh,",
            "Hum, even denken.",
            "Tja, hoe zal ik het zeggen,",
        ),
        Act.THANKS: (
            "Hartelijk bedankt voor uw hulp.",
            "Dank u wel, dat is heel vriendelijk.",
            "Bedankt voor alles.",
        ),
        Act.BACKCHANNEL: (
            "Ja.",
            "Hum.",
            "Precies.",
            "O ja.",
            "Aha.",
            "Inderdaad.",
        ),
    },
    words={
        "time": (
            "gisteren",
            "vorige week",
            "vrijdag",
            "vanmorgen",
        ),
        "place": (
            "Breda",
            "Amsterdam",
            "Bremen",
            "Parijs",
            "Antwerpen",
        ),
        "name": (
            "mijn broer",
            "mevrouw Bakker",
            "Pim",
            "mijn buurvrouw",
            "Wouter",
        ),
        "number": (
            "vijf",
            "zeven",
            "twaalf",
            "twintig",
        ),
    },
)

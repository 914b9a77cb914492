"""French."""

from avatar.synthetic.dialogues.phrases.table import Phrases
from avatar.synthetic.dialogues.scene import Act

FRENCH = Phrases(
    sentences={
        Act.GREETING: (
            "Bonjour, comment allez-vous ?",
            "Salut, ça me fait plaisir de te voir.",
            "Bonsoir, asseyez-vous, je vous en prie.",
            "Soyez le bienvenu.",
        ),
        Act.STATEMENT: (
            "Ma mère a acheté un beau livre bleu {time}.",
            "Nous habitons à {place} depuis {number} ans.",
            "En été, nous partons toujours au bord de la mer.",
            "{name} prend le bus à {number} heures tous les matins.",
            "J'ai parlé du film avec {name} {time}.",
            "Le musée était magnifique, mais il y avait beaucoup trop de monde.",
            "{name} voudrait vivre à {place} au printemps prochain.",
            "Chez nous, on mange des pommes et du fromage après le repas.",
        ),
        Act.QUESTION: (
            "Qu'est-ce que tu as fait {time} ?",
            "Vous êtes déjà allé à {place} ?",
            "Comment puis-je aller à la gare ?",
            "Tu préfères du café ou du thé ?",
            "Quand est-ce que {name} revient à la maison ?",
        ),
        Act.ANSWER: (
            "Environ {number} minutes, je pense.",
            "C'était {name}, si je me souviens bien.",
            "Tout droit, puis à gauche après le pont.",
            "Plutôt un café, avec un peu de lait.",
            "À {place}, juste à côté de la gare.",
        ),
        Act.GOOD_NEWS: (
            "Tu ne vas pas le croire, nous avons eu l'appartement !",
            "J'ai réussi mon examen, je suis tellement heureux !",
            "{name} va se marier au mois de mai !",
            "Le médecin dit que tout va parfaitement bien !",
        ),
        Act.BAD_NEWS: (
            "Malheureusement, {name} est à l'hôpital depuis {number} jours.",
            "Notre vieux chien est mort {time}.",
            "Je n'ai pas obtenu le poste, hélas.",
            "On m'a volé ma valise à {place}.",
        ),
        Act.SURPRISE: (
            "Quoi ? Vraiment ?",
            "Oh là là, ce n'est pas possible !",
            "Je ne m'y attendais pas du tout !",
            "Waouh, {number} fois ?",
        ),
        Act.JOKE: (
            "{name} a mis le pain dans la machine à laver.",
            "Mon réveil et moi, on est d'accord : il sonne, et moi je dors.",
            "Je fais un régime : je mange seulement quand personne ne me voit.",
            "Le perroquet a répondu au téléphone, et {name} l'a cru.",
        ),
        Act.DENIAL: (
            "Non, je n'ai jamais dit ça.",
            "Non, ce n'est pas vrai du tout.",
            "Non, je ne suis jamais allé à {place}.",
            "Je ne crois pas.",
        ),
        Act.AGREEMENT: (
            "Oui, tout à fait.",
            "Oui, je suis bien d'accord.",
            "Bien sûr, vous avez parfaitement raison.",
            "Évidemment, on fait comme ça.",
        ),
        Act.HESITATION: (
            "Eh bien,",
            "Euh,",
            "Hum, laissez-moi réfléchir.",
            "Bon, comment dire,",
        ),
        Act.THANKS: (
            "Merci beaucoup pour votre aide.",
            "Merci, c'est très gentil de votre part.",
            "Un grand merci pour tout.",
        ),
        Act.BACKCHANNEL: (
            "Oui.",
            "Hum.",
            "D'accord.",
            "Ah bon.",
            "Exactement.",
            "Je vois.",
        ),
    },
    words={
        "time": (
            "hier",
            "la semaine dernière",
            "vendredi",
            "ce matin",
        ),
        "place": (
            "Paris",
            "Bordeaux",
            "Vienne",
            "Montpellier",
            "Boston",
        ),
        "name": (
            "mon frère",
            "Madame Dubois",
            "Philippe",
            "ma voisine",
            "Émile",
        ),
        "number": (
            "cinq",
            "sept",
            "douze",
            "vingt",
        ),
    },
)

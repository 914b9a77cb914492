"""French: what it understands and what it says."""

from types import MappingProxyType

from agent.knowledge.languages.base import Calendar, Intent, Language, Phrase

_STOP_WORDS = """
a ai aide aider aie ainsi aller alors après as assez au aucun aucune auprès aussi autre aux avais
avait avant avec avez avoir avons bah beaucoup ben besoin bien bon bonjour bonsoir c car ce ceci
cela celle celui ces cet cette cherche chercher cherchons chez ci combien comme comment coûte
coûtent coûter d dans de des deux devoir devrais dire dis dites dois doit doivent donc dont du
elle elles en encore entre es est et eu eux excusez faire fais fait faites faut ici il ils j
jamais je jusqu jusque juste l la laquelle le lequel les leur leurs lui là m ma madame mais me
merci mes moi moins mon monsieur même n ne ni non nos notre nous on ont ou oui où par parce pardon
parmi pas peu peut peuvent peux plait plaît plus possible pour pourquoi pourrais pourrait pourriez
pouvez pouvoir pouvons près puis puisse qu quand que quel quelle quelles quelqu quelque quelques
quelquun quels quest qui quoi s sa sais sait sans savez savoir se sera ses si sil son sont sous
suis sur t ta tant te tes toi ton toujours tous tout toute toutes trop trouve trouvent trouver
très tu un une va vais vas vers veut veux voici voilà vont vos votre voudrais voudrait voudrions
voulais voulez vouloir vous vraiment y étaient était êtes être
"""

_FILLERS = "ah alors bah ben bon donc eh et euh euhm hein hm hmm mm mmh oh ouf"

_PEOPLE = (
    "(?:(?:un|une|le|la|votre|un de vos|une de vos|lun de vos) )?(?:vrai |vraie )?"
    "(?:personne|humain|être humain|quelquun|collègues?|employée?|réceptionniste|"
    "conseill(?:er|ère)|hôtesse|agent)(?: réelle| humaine)?(?: de laccueil| à laccueil)?"
)

_INTENTS = {
    Intent.COLLEAGUE: (
        f"(?:je|jaimerais|nous) ?(?:veux|voudrais|voudrions|souhaite|souhaiterais|préfère|dois)? ?"
        f"parler (?:à|avec) {_PEOPLE}"
        f"|(?:puis je|pourrais je|est ce que je peux|je peux|on peut) parler (?:à|avec) {_PEOPLE}"
        f"|parler (?:à|avec) {_PEOPLE}"
        f"|(?:pouvez|pourriez) vous (?:me )?(?:appeler|faire venir|passer) {_PEOPLE}"
        f"|(?:appelez|passez|faites venir)(?: moi)? {_PEOPLE}"
        f"|(?:je veux|je voudrais|jaimerais|jai besoin d|jai besoin de|il me faut) ?{_PEOPLE}"
        f"|{_PEOPLE} sil vous plaît"
    ),
    Intent.REPEAT: (
        "(?:(?:pouvez|pourriez|peux) (?:vous|tu) )?(?:le )?(?:répéter|redire)(?: (?:cela|ça))?"
        "|répétez|répète|(?:encore une fois|une fois de plus)|comment|pardon|vous dites"
        "|quest ce que vous avez dit|quavez vous dit|vous avez dit quoi"
        "|je (?:nai|nai pas|ne vous ai|vous ai|ai|ne) ?(?:pas )?(?:bien )?"
        "(?:compris|entendu|comprends|entends)(?: pas)?(?: bien)?"
    ),
    Intent.WHO: (
        "qui êtes vous|qui es tu|vous êtes qui|tes qui|quêtes vous|quest ce que vous êtes"
        "|comment (?:vous appelez vous|tu tappelles|vous vous appelez)|quel est votre nom"
        "|(?:êtes vous|vous êtes|es tu|tu es|est ce que vous êtes) (?:(?:un|une) )?"
        "(?:vrai |vraie )?(?:humaine?|personne|robot|machine|ordinateur|ia|programme|réelle?|"
        "intelligence artificielle)"
        "|(?:est ce que )?je parle (?:à|avec) (?:un|une) (?:vrai |vraie )?"
        "(?:humain|personne|robot|machine|ia)"
    ),
    Intent.HELP: (
        "(?:pouvez|pourriez) vous maider|(?:jai besoin d)?aide|à laide|aidez moi|vous pouvez maider"
        "|jai besoin daide|que (?:pouvez|savez) vous(?: faire)?(?: pour moi)?"
        "|quest ce que (?:vous (?:pouvez|savez) faire|je peux (?:vous )?demander)"
        "|que puis je (?:vous )?demander|comment pouvez vous maider"
    ),
    Intent.HOW: (
        "(?:comment )?(?:ça va|allez vous|vas tu|vous allez bien)(?: aujourdhui| bien)?"
        "|vous allez bien|comment vous allez"
    ),
    Intent.BOTH: "(?:toutes )?les deux|tous les deux",
    Intent.SECOND: (
        "(?:la|le) (?:deuxième|seconde?|dernière|dernier)(?: (?:question|option))?|lautre"
        "|(?:numéro|question|option) deux|deuxième|seconde"
    ),
    Intent.FIRST: (
        "(?:la|le) (?:première|premier)(?: (?:question|option))?"
        "|(?:numéro|question|option) une?|première|premier"
    ),
    Intent.NO: (
        "non(?: (?:merci|pas du tout|ça ira|ce nest pas la peine|pas maintenant))?|pas du tout"
        "|pas maintenant|ce nest pas (?:ça|cela|la peine|nécessaire)|ça ira|aucune?(?: des deux)?"
        "|ni lune? ni lautre|laissez tomber|tant pis|pas besoin"
    ),
    Intent.YES: (
        "(?:oui|ouais|daccord|ok|okay|bien sûr|volontiers|tout à fait|exactement|exact|cest ça"
        "|cest cela|avec plaisir|absolument|entendu|parfait oui|allez y|faites le|si"
        "|ce serait (?:gentil|bien|parfait)|je veux bien|certainement)"
    ),
    Intent.GOODBYE: (
        "(?:au revoir|à (?:bientôt|plus tard|tout à lheure|demain)|salut|adieu|bonne (?:journée|"
        "soirée|nuit)|cest tout|ce sera tout)"
    ),
    Intent.THANKS: (
        "(?:un grand |mille )?merci(?: (?:beaucoup|bien|infiniment|à vous|pour votre aide|"
        "pour tout))*|je vous remercie"
        "|(?:parfait|super|génial|très bien|cest parfait|cest gentil|formidable|bien)"
    ),
    Intent.GREETING: (
        "bonjour|bonsoir|salut|coucou|allô|hello|bienvenue|excusez moi|enchantée?"
        "|bonjour (?:madame|monsieur)"
    ),
}

_PHRASES = {
    Phrase.GREETING: (
        "Bonjour et bienvenue. Comment puis-je vous aider ?",
        "Bonjour. Que puis-je faire pour vous ?",
        "Ravie de vous voir. Que souhaitez-vous savoir ?",
    ),
    Phrase.THANKS: ("Je vous en prie.", "Avec plaisir.", "De rien."),
    Phrase.GOODBYE: ("Au revoir, et bonne journée.", "Au revoir. À bientôt."),
    Phrase.HOW: (
        "Très bien, merci. Comment puis-je vous aider ?",
        "Je vais bien, merci. Que puis-je faire pour vous ?",
    ),
    Phrase.WHO: (
        "Je suis une IA, un programme informatique, et j'aide à cet accueil. "
        "Que souhaitez-vous savoir ?",
        "Je suis une IA, pas une personne, et je réponds aux questions sur ce lieu.",
    ),
    Phrase.HELP: (
        "Vous pouvez m'interroger sur ces sujets : {topics}. Que souhaitez-vous savoir ?",
        "Voici ce que je connais : {topics}. Posez-moi vos questions.",
    ),
    Phrase.GO_ON: ("Que souhaitez-vous savoir ?", "Allez-y, je vous écoute."),
    Phrase.DECLINED: (
        "Très bien. Puis-je faire autre chose pour vous ?",
        "D'accord. N'hésitez pas à me demander autre chose.",
    ),
    Phrase.CALLING: (
        "J'appelle quelqu'un de l'équipe. Un instant, s'il vous plaît.",
        "Bien sûr. J'appelle quelqu'un pour vous.",
    ),
    Phrase.REFERRING: (
        "Je ne peux appeler personne d'ici. Adressez-vous à l'équipe de l'accueil, "
        "s'il vous plaît.",
        "L'équipe de l'accueil peut vous aider. Je ne peux pas l'appeler d'ici, désolée.",
    ),
    Phrase.UNKNOWN: (
        "Je suis désolée, je ne le sais pas. {offer}",
        "Je n'ai pas de réponse à cela, désolée. {offer}",
        "Cela, je ne le sais pas. {offer}",
    ),
    Phrase.SAY_AGAIN: (
        "Je suis désolée, je ne vous ai pas compris. Pouvez-vous répéter ?",
        "Pardon, je n'ai pas bien entendu. Pouvez-vous le redire ?",
    ),
    Phrase.NOTHING_SAID: ("Je n'ai encore rien dit. Que souhaitez-vous savoir ?",),
    Phrase.ONE: ("{lead} : {first} ?", "Je ne suis pas tout à fait sûre. {lead} : {first} ?"),
    Phrase.TWO: (
        "{lead} : {first} ? Ou bien : {second} ?",
        "Je ne suis pas tout à fait sûre. {lead} : {first} ? Ou bien : {second} ?",
    ),
    Phrase.OPEN_UNTIL: ("Nous sommes ouverts en ce moment, jusqu'à {time}.",),
    Phrase.OPENS_TODAY: ("C'est fermé en ce moment ; nous ouvrons aujourd'hui à {time}.",),
    Phrase.OPENS_TOMORROW: ("C'est fermé en ce moment ; nous ouvrons demain à {time}.",),
    Phrase.OPENS_ON: ("C'est fermé en ce moment ; nous ouvrons {day} à {time}.",),
    Phrase.CLOSED: ("C'est fermé en ce moment.",),
    Phrase.TODAY: ("Aujourd'hui, nous sommes ouverts {spans}.",),
    Phrase.TODAY_CLOSED: ("Aujourd'hui, c'est fermé.",),
    Phrase.WEEK: ("Nous sommes ouverts {week}.",),
}

_ONES = [
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
]
_TENS = ("vingt", "trente", "quarante", "cinquante")
_NOON = 12


def _number(count: int) -> str:
    """Up to 59."""
    if count < len(_ONES):
        return _ONES[count]
    ten, one = divmod(count, 10)
    back = {0: "", 1: " et un"}.get(one, f"-{_ONES[one]}")
    return _TENS[ten - 2] + back


def _time(hour: int, minute: int) -> str:
    if minute == 0 and hour % _NOON == 0:
        return "midi" if hour == _NOON else "minuit"
    feminine = f"{_number(hour)}e" if hour % 10 == 1 and hour != 11 else _number(hour)
    said = f"{feminine} {'heure' if hour < 2 else 'heures'}"
    return f"{said} {_number(minute)}" if minute else said


FRENCH = Language(
    stemmer="french",
    stop_words=frozenset(_STOP_WORDS.split()),
    fillers=frozenset(_FILLERS.split()),
    intents=MappingProxyType(_INTENTS),
    next_question=(
        r"\b(?:et|aussi)\b(?= (?:aussi )?(?:où|que|quand|comment|quel|quelle|qui|puis|peut|est|y|"
        r"avez|pouvez)\b)"
    ),
    offer="Voulez-vous que j'appelle quelqu'un ?",
    lead="Vouliez-vous dire",
    phrases=MappingProxyType(_PHRASES),
    calendar=Calendar(
        days=("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
        time=_time,
        span="de {start} à {end}",
        days_on="le {day}",
        days_from="du {first} au {last}",
        both="et",
    ),
    please="sil (?:vous|te) plaît",
)

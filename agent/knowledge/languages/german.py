"""German: what it understands and what it says."""

from types import MappingProxyType

from agent.knowledge.languages.base import Calendar, Intent, Language, Phrase

_STOP_WORDS = """
ab aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bin bis
bist bitte brauche brauchen bräuchte da dabei dafür dahin damit danach danke dann daran darauf
darf darum das dass dein deine dem den denn der des deshalb dich die dies diese diesem diesen
dieser dieses dir doch dort du durch dürfen ein eine einem einen einer eines einfach einmal
entschuldigen entschuldigung er es etwa etwas euch euer eure finde finden frage fragen frau für
gab gar geben gegen gehe gehen geht gerade gern gerne gibt guten habe haben hallo hat hatte haus
her herr hier hin hinter hätte hätten ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins
irgendwas irgendwo ist ja jemand jemanden jetzt kann kannst kein keine keinen komme kommen kommt
kosten kostet können könnte könnten lang machen mag mal man mein meine meinem meinen meiner mich
mir mit muss möchte möchten mögen möglich müssen müsste na nach nein nicht nichts noch nun nur ob
oder ok okay sagen schnell schon sehr sei sein seine seit sich sie sind so sofort soll sollen
sollte sonst suche suchen tun um und uns unser unsere unter viel vielleicht vom von vor war waren
warum was wegen weiß welche welchem welchen welcher welches wem wen wenn wer werde werden weshalb
wie wieder wieso will wir wird wirklich wissen wo woher wohin wollen wollte wozu wurde würde
würden zu zum zur
"""

_FILLERS = "ach äh ähm aha also eh hm hmm mh mhm na oh so tja und naja ehm öh öhm"

_PEOPLE = (
    "(?:(?:ein|eine|einen|einem|einer|der|die|den|dem|irgendeinem|irgendeiner|ihre|ihren|ihrem|"
    "ihrer|ihr) )?(?:echten? |echter |echtem |richtigen? |richtiger |wirklichen? )?"
    "(?:menschen?|person|kollegen?|kolleginn?(?:en)?|mitarbeiter(?:n|in)?|jemand(?:en|em)?|"
    "empfangsdame|personal|angestellten?)(?: vom empfang| am empfang)?"
)

_INTENTS = {
    Intent.COLLEAGUE: (
        f"(?:ich|wir) (?:möchten?|will|wollen|würden?|muss|müssen)(?: gern| gerne| bitte| lieber)*"
        f" mit {_PEOPLE} (?:sprechen|reden)"
        f"|(?:kann|könnte|darf) ich (?:bitte |mal )*mit {_PEOPLE} (?:sprechen|reden)"
        f"|mit {_PEOPLE} (?:sprechen|reden)"
        f"|(?:können|könnten|würden) sie (?:mir )?(?:bitte )?{_PEOPLE} (?:rufen|holen|anrufen)"
        f"|(?:rufen|holen) sie (?:mir )?(?:bitte )?{_PEOPLE}"
        f"|(?:ich|wir) (?:brauchen?|möchten?|will|wollen|hätten? gerne?) {_PEOPLE}"
        f"|{_PEOPLE} (?:rufen|holen)|{_PEOPLE} bitte"
    ),
    Intent.REPEAT: (
        "(?:(?:können|könnten) sie )?(?:das )?(?:bitte )?(?:noch (?:ein)?mal )?(?:bitte )?"
        "(?:wiederholen|sagen)(?: sie(?: das)?)?(?: bitte)?(?: noch (?:ein)?mal)?"
        "|(?:wie|was) bitte|noch (?:ein)?mal|was (?:haben sie|hast du) (?:gerade )?gesagt"
        "|(?:ich habe? )?(?:das |sie )?(?:habe? ich )?(?:akustisch )?nicht verstanden"
        "|ich (?:habe|hab) (?:das|sie) (?:leider |akustisch )*nicht (?:verstanden|gehört)"
        "|das (?:habe|hab) ich (?:leider |akustisch )*nicht (?:verstanden|gehört)"
        "|ich verstehe (?:sie|das) nicht"
    ),
    Intent.WHO: (
        "wer (?:sind sie|bist du)|was (?:sind sie|bist du)(?: denn)?"
        "|wie (?:heißen sie|heißt du|ist (?:ihr|dein) name)|haben sie einen namen"
        "|(?:sind sie|bist du) (?:denn )?(?:(?:ein|eine) )?"
        "(?:echter |echte |richtiger |künstliche )?"
        "(?:mensch|person|roboter|computer|maschine|ki|programm|intelligenz|echt|künstlich|lebendig)"
        "|(?:rede|spreche) ich (?:hier )?mit (?:einem|einer) "
        "(?:echten )?(?:menschen|roboter|computer|maschine|ki|person)"
    ),
    Intent.HELP: (
        "(?:können|könnten) sie mir (?:bitte )?helfen|ich brauche (?:ihre )?hilfe|helfen sie mir"
        "|hilfe|was (?:können|wissen) sie(?: alles)?(?: für mich tun)?|was kannst du(?: alles)?"
        "|was kann ich (?:sie |dich )?(?:hier )?(?:alles )?fragen|wobei können sie (?:mir )?helfen"
        "|womit können sie (?:mir )?helfen|worüber wissen sie bescheid"
    ),
    Intent.HOW: "wie geht(?: es|s) (?:ihnen|dir)(?: heute)?|wie gehts(?: ihnen| dir)?|gehts gut",
    Intent.BOTH: "(?:alle )?beides?|alle beide",
    Intent.SECOND: (
        "(?:ich meine )?(?:das|die|der|den) (?:zweite|zweiten|letzte|letzten|letztere|andere|"
        "anderen)(?: frage)?|(?:nummer|frage) zwei|zweitens|letzteres"
    ),
    Intent.FIRST: (
        "(?:ich meine )?(?:das|die|der|den) (?:erste|ersten|erstere)(?: frage)?"
        "|(?:nummer|frage) eins|erstens|ersteres"
    ),
    Intent.NO: (
        "(?:nein|nee|nö|ne)(?: (?:danke(?: schön)?|nicht nötig|lieber nicht|jetzt nicht))?"
        "|nicht nötig|jetzt nicht|lieber nicht|kein(?:e|es|s)? (?:von|der) (?:beiden?|beidem)"
        "|weder noch|keines|keins|das (?:ist|war) es nicht|das meine ich nicht|danke nein"
        "|schon gut|passt schon"
    ),
    Intent.YES: (
        "(?:ja|jawohl|jo|jep|klar|gern|gerne|sicher|okay|ok|natürlich|genau|richtig|stimmt|"
        "selbstverständlich|unbedingt|in ordnung|einverstanden|bitte ja|ja gerne?|sehr gerne?"
        "|tun sie das|machen sie das|das wäre (?:nett|gut|schön|toll|prima)|auf jeden fall)"
    ),
    Intent.GOODBYE: (
        "(?:auf wiedersehen|auf wiederhören|wiedersehen|tschüss|tschüs|ciao|servus|bis (?:bald|"
        "dann|später|morgen)|(?:einen )?schönen (?:tag|abend)(?: noch)?|gute nacht"
        "|das (?:war|ist) alles|das wars)"
    ),
    Intent.THANKS: (
        "(?:vielen |herzlichen |besten )?dank(?: für (?:die|ihre) hilfe)?"
        "|danke(?: (?:schön|sehr|vielmals|ihnen))*(?: für (?:die|ihre) hilfe)?|dankeschön"
        "|(?:super|prima|perfekt|toll|wunderbar|sehr gut|gut|schön|alles klar)"
    ),
    Intent.GREETING: (
        "hallo|hi|hey|guten (?:morgen|tag|abend)|morgen|moin|moin moin|grüß gott|grüezi|servus"
        "|tag|willkommen|entschuldigung|entschuldigen sie|verzeihung"
    ),
}

_PHRASES = {
    Phrase.GREETING: (
        "Guten Tag und herzlich willkommen. Wie kann ich Ihnen helfen?",
        "Hallo. Was kann ich für Sie tun?",
        "Schön, dass Sie da sind. Was möchten Sie wissen?",
    ),
    Phrase.THANKS: ("Gern geschehen.", "Sehr gerne.", "Keine Ursache."),
    Phrase.GOODBYE: (
        "Auf Wiedersehen, und einen schönen Tag noch.",
        "Auf Wiedersehen. Alles Gute.",
    ),
    Phrase.HOW: (
        "Danke, mir geht es gut. Wie kann ich Ihnen helfen?",
        "Gut, danke der Nachfrage. Was kann ich für Sie tun?",
    ),
    Phrase.WHO: (
        "Ich bin eine KI, ein Computerprogramm, und helfe hier am Empfang. Was möchten Sie wissen?",
        "Ich bin eine KI und kein Mensch. Ich beantworte Fragen zu diesem Haus.",
    ),
    Phrase.HELP: (
        "Sie können mich zu diesen Themen fragen: {topics}. Was möchten Sie wissen?",
        "Ich weiß Bescheid zu: {topics}. Fragen Sie einfach.",
    ),
    Phrase.GO_ON: ("Was möchten Sie wissen?", "Fragen Sie gern."),
    Phrase.DECLINED: (
        "In Ordnung. Kann ich sonst noch etwas für Sie tun?",
        "Gut. Fragen Sie mich einfach, wenn Sie noch etwas brauchen.",
    ),
    Phrase.CALLING: (
        "Ich rufe jemanden aus dem Team. Einen Moment, bitte.",
        "Natürlich. Ich rufe jemanden für Sie.",
    ),
    Phrase.REFERRING: (
        "Von hier aus kann ich niemanden rufen. Bitte wenden Sie sich an das Team am Empfang.",
        "Das Team am Empfang hilft Ihnen weiter. Rufen kann ich es von hier aus leider nicht.",
    ),
    Phrase.UNKNOWN: (
        "Das weiß ich leider nicht. {offer}",
        "Darauf habe ich leider keine Antwort. {offer}",
        "Da bin ich überfragt. {offer}",
    ),
    Phrase.SAY_AGAIN: (
        "Das habe ich leider nicht verstanden. Können Sie es bitte noch einmal sagen?",
        "Entschuldigung, das ist nicht bei mir angekommen. Sagen Sie es bitte noch einmal?",
    ),
    Phrase.NOTHING_SAID: ("Ich habe noch nichts gesagt. Was möchten Sie wissen?",),
    Phrase.ONE: ("{lead}: {first}?", "Ich bin nicht ganz sicher. {lead}: {first}?"),
    Phrase.TWO: (
        "{lead}: {first}? Oder: {second}?",
        "Ich bin nicht ganz sicher. {lead}: {first}? Oder: {second}?",
    ),
    Phrase.OPEN_UNTIL: ("Wir haben jetzt geöffnet, bis {time}.",),
    Phrase.OPENS_TODAY: ("Jetzt ist geschlossen; wir öffnen heute um {time}.",),
    Phrase.OPENS_TOMORROW: ("Jetzt ist geschlossen; wir öffnen morgen um {time}.",),
    Phrase.OPENS_ON: ("Jetzt ist geschlossen; wir öffnen am {day} um {time}.",),
    Phrase.CLOSED: ("Jetzt ist geschlossen.",),
    Phrase.TODAY: ("Heute haben wir {spans} geöffnet.",),
    Phrase.TODAY_CLOSED: ("Heute haben wir geschlossen.",),
    Phrase.WEEK: ("Wir haben {week} geöffnet.",),
}

_ONES = [
    "null",
    "eins",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
]
_TENS = ("zwanzig", "dreißig", "vierzig", "fünfzig")


def _number(count: int) -> str:
    """Up to 59."""
    if count < len(_ONES):
        return _ONES[count]
    ten, one = divmod(count, 10)
    front = {0: "", 1: "einund"}.get(one, f"{_ONES[one]}und")
    return front + _TENS[ten - 2]


def _time(hour: int, minute: int) -> str:
    name = "ein" if hour == 1 else _number(hour)
    return f"{name} Uhr {_number(minute)}" if minute else f"{name} Uhr"


GERMAN = Language(
    stemmer="german",
    stop_words=frozenset(_STOP_WORDS.split()),
    fillers=frozenset(_FILLERS.split()),
    intents=MappingProxyType(_INTENTS),
    next_question=(
        r"\b(?:und|außerdem|auch)\b(?= (?:auch )?(?:wo|was|wann|wie|welche|welcher|welches|wer|"
        r"kann|könnte|darf|gibt|ist|sind|haben)\b)"
    ),
    offer="Soll ich jemanden rufen?",
    lead="Meinten Sie",
    phrases=MappingProxyType(_PHRASES),
    calendar=Calendar(
        days=(
            *("Montag", "Dienstag", "Mittwoch", "Donnerstag"),
            *("Freitag", "Samstag", "Sonntag"),
        ),
        time=_time,
        span="von {start} bis {end}",
        days_on="am {day}",
        days_from="von {first} bis {last}",
        both="und",
    ),
    please="bitte",
    nouns_are_capital=True,
)

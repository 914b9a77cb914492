"""Spanish: what it understands and what it says."""

from types import MappingProxyType

from agent.knowledge.languages.base import Calendar, Intent, Language, Phrase

_STOP_WORDS = """
a acá además ahora ahí al algo alguien alguna alguno algún allí ante antes aquí así aunque ayuda
ayudar bien buenas bueno buenos buscar busco cada casi como con cual cuales cualquier cuando
cuanto cuesta cuestan cuál cuáles cuándo cuánta cuántas cuánto cuántos cómo de debe deben debo
decir decirme del desde después dice dime disculpa disculpe donde día días dónde e el ella ellas
ellos en encontrar encuentra encuentro entonces entre era eres es esa ese eso esta estaba este
esto estos estoy está están estás favor fue fui gracias gustaría ha haber había hace hacer hago
han has hasta hay he hola igual ir la las le les llegar llego lo los luego me mejor mi mis mucho
muy más mí nada necesita necesitamos necesito ni no nos nosotros o oiga otra otro para perdone
perdón pero poco podemos poder podría podríamos por porque preguntar puede pueden puedo pues que
queda quedan queremos querer querría quien quiere quiero quisiera quién qué sabe saber sabes se
ser señor señora si sido siempre sin sobre sois solo somos son soy su sus sí sólo tal también tan
tanto te tendría tenemos tener tengo ti tiene tienen tienes todo todos tu tus tú un una unas uno
unos usted ustedes va vale vamos van voy y ya yo él
"""

_FILLERS = "ah ay eh em este hm hmm mm mmm oh pues uf um y bueno"

_PEOPLE = (
    "(?:(?:un|una|el|la|algún|alguna|otra|otro|su|tu) )?"
    "(?:persona(?: (?:real|humana|de verdad))?|humano|ser humano|alguien|compañer[oa]|colega|"
    "emplead[oa]|recepcionista|operador[a]?|agente)"
)

_INTENTS = {
    Intent.COLLEAGUE: (
        f"(?:quiero|quisiera|querría|necesito|me gustaría|deseo|queremos|necesitamos) hablar con "
        f"{_PEOPLE}|(?:puedo|podría|podemos) hablar con {_PEOPLE}|hablar con {_PEOPLE}"
        f"|(?:puede|podría|puedes) (?:usted )?(?:llamar|avisar) a {_PEOPLE}"
        f"|(?:llame|llama|avise|avisa) a {_PEOPLE}|páseme con {_PEOPLE}"
        f"|(?:quiero|necesito) (?:a )?{_PEOPLE}|{_PEOPLE} por favor"
    ),
    Intent.REPEAT: (
        "(?:(?:me )?(?:lo )?(?:puede|podría|puedes) )?(?:repetir(?:lo|melo)?|repita(?:lo|melo)?|"
        "repite|decir(?:lo|melo)? (?:otra vez|de nuevo))(?: (?:eso|lo))?(?: (?:otra vez|de nuevo))?"
        "|otra vez|una vez más|de nuevo|cómo dice|cómo ha dicho|qué ha dicho|qué dijo"
        "|(?:perdón |perdone )?no (?:le |lo |te )?(?:he )?(?:entendido|entendí|entiendo|oído|oigo|"
        "escuché|escucho)(?: bien)?"
    ),
    Intent.WHO: (
        "quién (?:es usted|eres)(?: tú)?|qué (?:es usted|eres)|cómo (?:se llama|te llamas)"
        "|cuál es (?:su|tu) nombre|tiene(?:s)? nombre"
        "|(?:es usted|eres) (?:(?:un|una) )?(?:robot|persona|human[oa]|máquina|computadora|"
        "ordenador|ia|inteligencia|programa|real)(?: (?:real|artificial|de verdad))?"
        "|(?:estoy hablando|hablo) con (?:un|una) (?:robot|persona|máquina|ia|humano)(?: real)?"
    ),
    Intent.HELP: (
        "(?:me )?(?:puede|podría|puedes) ayudar(?:me)?|(?:necesito )?ayuda|ayúde(?:n)?me|ayúdame"
        "|qué (?:puede|puedes|sabe|sabes)(?: usted)?(?: hacer)?(?: por mí)?"
        "|qué (?:puedo|podría) preguntar(?:le|te)?|en qué (?:me )?(?:puede|puedes) ayudar(?:me)?"
        "|sobre qué puedo preguntar"
    ),
    Intent.HOW: "cómo (?:está(?: usted)?|estás|le va|te va)(?: hoy)?|qué tal(?: está(?:s)?)?",
    Intent.BOTH: "(?:las |los )?(?:dos|ambas|ambos)(?: cosas)?",
    Intent.SECOND: (
        "(?:la|el|lo) (?:segund[oa]|últim[oa]|otr[oa])(?: (?:pregunta|opción))?"
        "|(?:número|opción|pregunta) dos|segund[oa]"
    ),
    Intent.FIRST: (
        "(?:la|el|lo) primer[oa]?(?: (?:pregunta|opción))?"
        "|(?:número|opción|pregunta) uno|primer[oa]"
    ),
    Intent.NO: (
        "no(?: (?:gracias|hace falta|es necesario|es eso|ahora no))?|ahora no|mejor no"
        "|ningun[oa](?: de (?:las|los) dos)?|ni (?:una|uno) ni (?:otra|otro)|no era eso|para nada"
        "|da igual|déjelo|déjalo"
    ),
    Intent.YES: (
        "(?:sí|si|claro(?: que sí)?|vale|de acuerdo|ok|okay|por supuesto|desde luego|exacto|"
        "correcto|eso es|eso|adelante|cómo no|hágalo|hazlo|está bien|bueno|perfecto sí"
        "|sería (?:muy )?(?:amable|genial|bueno)|con gusto)"
    ),
    Intent.GOODBYE: (
        "(?:adiós|hasta (?:luego|pronto|mañana|la vista)|chao|nos vemos|buenas noches"
        "|que (?:tenga|tengas) (?:un )?buen día|buen día|eso es todo|ya está|es todo)"
    ),
    Intent.THANKS: (
        "(?:muchas |muchísimas |mil )?gracias(?: (?:por (?:su|la|tu) ayuda|por todo))?|muy amable"
        "|(?:perfecto|estupendo|genial|muy bien|fantástico|qué bien|bien)"
    ),
    Intent.GREETING: (
        "hola|buenos días|buenas tardes|buenas noches|buenas|hey|saludos|bienvenid[oa]"
        "|disculpe|disculpa|perdón|perdone|oiga|encantad[oa]"
    ),
}

_PHRASES = {
    Phrase.GREETING: (
        "Hola, le doy la bienvenida. ¿En qué puedo ayudarle?",
        "Hola. ¿Qué puedo hacer por usted?",
        "Me alegro de verle. ¿Qué le gustaría saber?",
    ),
    Phrase.THANKS: ("De nada.", "Con mucho gusto.", "No hay de qué."),
    Phrase.GOODBYE: ("Adiós, que tenga un buen día.", "Hasta luego. Que le vaya bien."),
    Phrase.HOW: (
        "Muy bien, gracias. ¿En qué puedo ayudarle?",
        "Bien, gracias por preguntar. ¿Qué puedo hacer por usted?",
    ),
    Phrase.WHO: (
        "Soy una IA, un programa de ordenador, y ayudo en esta recepción. ¿Qué le gustaría saber?",
        "Soy una IA, no una persona, y respondo preguntas sobre este lugar.",
    ),
    Phrase.HELP: (
        "Puede preguntarme sobre estos temas: {topics}. ¿Qué le gustaría saber?",
        "Puedo ayudarle con {topics}. Pregunte lo que quiera.",
    ),
    Phrase.GO_ON: ("¿Qué le gustaría saber?", "Adelante, pregunte."),
    Phrase.DECLINED: (
        "De acuerdo. ¿Puedo ayudarle en algo más?",
        "Muy bien. Si necesita otra cosa, pregúnteme.",
    ),
    Phrase.CALLING: (
        "Estoy llamando a una persona del equipo. Un momento, por favor.",
        "Por supuesto. Llamo a alguien para que le atienda.",
    ),
    Phrase.REFERRING: (
        "Desde aquí no puedo llamar a nadie. Por favor, pregunte al equipo de recepción.",
        "El equipo de recepción puede ayudarle. Lo siento, desde aquí no puedo llamarlo.",
    ),
    Phrase.UNKNOWN: (
        "Lo siento, eso no lo sé. {offer}",
        "Lo siento, no tengo respuesta para eso. {offer}",
        "Eso no lo sé. {offer}",
    ),
    Phrase.SAY_AGAIN: (
        "Perdone, no le he entendido. ¿Puede repetirlo?",
        "Lo siento, no lo he oído bien. ¿Me lo dice otra vez?",
    ),
    Phrase.NOTHING_SAID: ("Todavía no he dicho nada. ¿Qué le gustaría saber?",),
    Phrase.ONE: ("¿{lead}: {first}?", "No estoy del todo segura. ¿{lead}: {first}?"),
    Phrase.TWO: (
        "¿{lead}: {first}? ¿O: {second}?",
        "No estoy del todo segura. ¿{lead}: {first}? ¿O: {second}?",
    ),
    Phrase.OPEN_UNTIL: ("Ahora está abierto, hasta {time}.",),
    Phrase.OPENS_TODAY: ("Ahora está cerrado; hoy abrimos a {time}.",),
    Phrase.OPENS_TOMORROW: ("Ahora está cerrado; mañana abrimos a {time}.",),
    Phrase.OPENS_ON: ("Ahora está cerrado; el {day} abrimos a {time}.",),
    Phrase.CLOSED: ("Ahora está cerrado.",),
    Phrase.TODAY: ("Hoy abrimos {spans}.",),
    Phrase.TODAY_CLOSED: ("Hoy está cerrado.",),
    Phrase.WEEK: ("Abrimos {week}.",),
}

_ONES = [
    "cero",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
]
_TENS = ("treinta", "cuarenta", "cincuenta")
_DAWN, _NOON, _NIGHT, _DAY = 6, 12, 20, 24


def _number(count: int) -> str:
    """Up to 59."""
    if count < len(_ONES):
        return _ONES[count]
    ten, one = divmod(count, 10)
    return _TENS[ten - 3] + (f" y {_ONES[one]}" if one else "")


def _time(hour: int, minute: int) -> str:
    """With its article."""
    if minute == 0 and hour % _DAY == 0:
        return "las doce de la noche"
    named = (hour - 1) % _NOON + 1
    front = "la una" if named == 1 else f"las {_number(named)}"
    past = {0: "", 15: " y cuarto", 30: " y media"}.get(minute, f" y {_number(minute)}")
    return f"{front}{past} {_part(hour, minute)}"


def _part(hour: int, minute: int) -> str:
    if hour < _DAWN:
        return "de la madrugada"
    if hour < _NOON:
        return "de la mañana"
    if (hour, minute) == (_NOON, 0):
        return "del mediodía"
    return "de la tarde" if hour < _NIGHT else "de la noche"


SPANISH = Language(
    stemmer="spanish",
    stop_words=frozenset(_STOP_WORDS.split()),
    fillers=frozenset(_FILLERS.split()),
    intents=MappingProxyType(_INTENTS),
    next_question=(
        r"\b(?:y|además|también)\b(?= (?:también )?¿?(?:dónde|qué|cuándo|cómo|cuál|quién|puedo|"
        r"podría|hay|es|está|tienen)\b)"
    ),
    offer="¿Quiere que llame a una persona?",
    lead="Quiso decir",
    phrases=MappingProxyType(_PHRASES),
    calendar=Calendar(
        days=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
        time=_time,
        span="de {start} a {end}",
        days_on="el {day}",
        days_from="de {first} a {last}",
        both="y",
    ),
    please="por favor",
)

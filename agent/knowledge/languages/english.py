"""English: what it understands and what it says."""

from types import MappingProxyType

from agent.knowledge.languages.base import Calendar, Intent, Language, Phrase

_STOP_WORDS = """
a about actually after again all also am an and any anybody anyone anything are around as ask at
be because been before being but by can cannot cant could couldnt did didnt do does doesnt doing
don done dont else even ever excuse find for from get getting give go going got had has have
havent having he hello help her here hey hi him his how hows i id if im in into is isn isnt it its
ive just kindly know let lets like ll look looking made make man many may maybe me mean means
meant might mine miss mister mr mrs ms much must my need no nor not now of off oh ok okay on one
or our ours out over own please quick quickly re really s say see shall she should show since so
some somebody someone something somewhere soon sorry still such t take tell than thank thanks that
thats the their them then there theres these they thing things this those through time to today
too try trying up us use ve very want wanted was way we well were what whats when whens where
wheres which while who whom whos why will with within without won wonder wondering wont would yes
yet you your youre
"""

_FILLERS = "ah and eh er erm ha hm hmm huh mhm mm oh so uh uhm um well"

_PEOPLE = (
    "(?:(?:a|an|the|some|any|your|another) )?(?:real |actual |living )?"
    "(?:human(?: being)?|person|people|colleagues?|someone|somebody|receptionist|employee|"
    "member of staff|staff(?: member)?|operator|agent)"
)
_TO_PEOPLE = f"(?:speak|talk) (?:to|with) {_PEOPLE}"

_INTENTS = {
    Intent.COLLEAGUE: (
        f"(?:can|could|may) i (?:please )?{_TO_PEOPLE}(?: please)?"
        f"|(?:i|we) (?:want|need|would like|have|d like|wish) to {_TO_PEOPLE}"
        f"|(?:can|could|would) you (?:please )?(?:call|get|fetch)(?: me)? {_PEOPLE}"
        f"|(?:please )?(?:call|get|fetch)(?: me)? {_PEOPLE}"
        f"|let me {_TO_PEOPLE}|{_TO_PEOPLE}|i (?:want|need) {_PEOPLE}|{_PEOPLE} please"
    ),
    Intent.REPEAT: (
        "(?:(?:can|could|would|will) you )?(?:please )?(?:repeat|say)(?: (?:that|it|this))?"
        "(?: (?:once more|again|one more time))|(?:(?:can|could|would|will) you )?(?:please )?"
        "repeat(?: (?:that|it|this))?|pardon(?: me)?|come again|once more|one more time"
        "|what did you (?:just )?say|what was that|again"
        "|i (?:did not|didnt|could not|couldnt|cannot|cant) (?:quite )?"
        "(?:hear|catch|understand|get)(?: (?:you|that|it))?"
    ),
    Intent.WHO: (
        "who are you|what are you|what is your name|whats your name|do you have a name"
        "|are you (?:(?:a|an) )?(?:real|robot|human|person|machine|computer|ai|artificial|alive|"
        "bot|program|living)(?: (?:person|human|intelligence|being))?"
        "|(?:am i|is this) (?:(?:talking|speaking) (?:to|with) )?(?:a|an) "
        "(?:real |actual )?(?:robot|human|person|machine|computer|ai|bot)"
    ),
    Intent.HELP: (
        "(?:can|could) you (?:please )?help(?: me)?|i need (?:some |your )?help|help me|help"
        "|what (?:can|could|do) (?:you|i) (?:do|ask|know)(?: (?:for me|you|about|here))*"
        "|what can you (?:help (?:me )?with|tell me|answer)"
        "|(?:how|what) can you help(?: me)?|what are my options|what do you offer"
    ),
    Intent.HOW: (
        "how (?:are|re) you(?: (?:doing|today|feeling))*|how do you (?:do|feel)(?: today)?"
        "|how is it going|hows it going|are you (?:well|ok|okay|fine)"
    ),
    Intent.BOTH: "both(?: of (?:them|those))?|the two of them",
    Intent.SECOND: (
        "(?:the )?(?:second|latter|last)(?: (?:one|question|option))?|number two|option two"
        "|the other(?: one)?|i (?:mean|meant) the (?:second|latter|last|other)(?: one)?"
    ),
    Intent.FIRST: (
        "(?:the )?(?:first|former)(?: (?:one|question|option))?|number one|option one"
        "|i (?:mean|meant) the (?:first|former)(?: one)?"
    ),
    Intent.NO: (
        "(?:no|nope|nah)(?: (?:thanks|thank you|not really|not now|need|its fine|it is fine))?"
        "|not really|not now|neither(?: of (?:them|those))?|none(?: of (?:them|those))?"
        "|(?:please )?(?:do not|dont)|never mind|that is (?:not it|wrong)|thats (?:not it|wrong)"
        "|not necessary|it is fine|its fine"
    ),
    Intent.YES: (
        "(?:yes|yeah|yep|yup|sure|ok|okay|alright|all right|definitely|absolutely|exactly|correct"
        "|right|of course|certainly|please do|go ahead|do that|do it|good idea|gladly"
        "|that would be (?:great|nice|good|kind)|i do|i did|thats (?:right|it)|that is (?:right|it)"
        "|that one)"
    ),
    Intent.GOODBYE: (
        "(?:good ?bye|bye|see you(?: (?:later|soon|tomorrow))?|so long|have a (?:nice|good|great) "
        "(?:day|one|evening|time)|that is all|thats all|i am done|im done|good night)"
    ),
    Intent.THANKS: (
        "(?:many )?thanks(?: (?:a lot|so much|very much|for your help|for the help|again))?"
        "|thank you(?: (?:so much|very much|for your help|for the help|kindly|again))?|cheers"
        "|(?:great|perfect|wonderful|very good|thats great|that is great|good|nice|cool)"
    ),
    Intent.GREETING: (
        "hello|hi|hey|hi there|hey there|hello there|good (?:morning|afternoon|evening|day)"
        "|greetings|welcome|excuse me|nice to meet you"
    ),
}

_PHRASES = {
    Phrase.GREETING: (
        "Hello, and welcome. How can I help you?",
        "Hello. What can I do for you?",
        "Good to see you. What would you like to know?",
    ),
    Phrase.THANKS: ("You are welcome.", "My pleasure.", "Gladly."),
    Phrase.GOODBYE: ("Goodbye, and have a good day.", "Goodbye. Take care."),
    Phrase.HOW: (
        "Thank you, I am well. How can I help you?",
        "I am fine, thank you. What can I do for you?",
    ),
    Phrase.WHO: (
        "I am an AI, a computer program, and I help at this desk. What would you like to know?",
        "I am an AI, not a person, and I answer questions about this place.",
    ),
    Phrase.HELP: (
        "You can ask me about these topics: {topics}. What would you like to know?",
        "I can help with {topics}. Just ask.",
    ),
    Phrase.GO_ON: ("What would you like to know?", "Please go ahead and ask."),
    Phrase.DECLINED: (
        "All right. Is there anything else that I can do for you?",
        "That is fine. Just ask me if you need something else.",
    ),
    Phrase.CALLING: (
        "I am calling a colleague. One moment, please.",
        "Of course. I am calling a colleague for you.",
    ),
    Phrase.REFERRING: (
        "I cannot call anybody from here. Please ask my colleagues at the desk.",
        "My colleagues at the desk can help you. I cannot call them from here, sorry.",
    ),
    Phrase.UNKNOWN: (
        "I am sorry, I do not know that. {offer}",
        "I have no answer to that, sorry. {offer}",
        "That is something I do not know. {offer}",
    ),
    Phrase.SAY_AGAIN: (
        "I am sorry, I did not understand you. Could you say that again?",
        "Sorry, I did not catch that. Could you say it once more?",
    ),
    Phrase.NOTHING_SAID: ("I have not said anything yet. What would you like to know?",),
    Phrase.ONE: ("{lead}: {first}?", "I am not quite sure. {lead}: {first}?"),
    Phrase.TWO: (
        "{lead}: {first}? Or: {second}?",
        "I am not quite sure. {lead}: {first}? Or: {second}?",
    ),
    Phrase.OPEN_UNTIL: ("We are open now, until {time}.",),
    Phrase.OPENS_TODAY: ("We are closed now; today we open at {time}.",),
    Phrase.OPENS_TOMORROW: ("We are closed now; tomorrow we open at {time}.",),
    Phrase.OPENS_ON: ("We are closed now; on {day} we open at {time}.",),
    Phrase.CLOSED: ("We are closed now.",),
    Phrase.TODAY: ("Today we are open {spans}.",),
    Phrase.TODAY_CLOSED: ("Today we are closed.",),
    Phrase.WEEK: ("We are open {week}.",),
}

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ("twenty", "thirty", "forty", "fifty")
_NOON, _EVENING = 12, 18


def _number(count: int) -> str:
    """Up to 59."""
    if count < len(_ONES):
        return _ONES[count]
    ten, one = divmod(count, 10)
    return _TENS[ten - 2] + (f"-{_ONES[one]}" if one else "")


def _time(hour: int, minute: int) -> str:
    if minute == 0 and hour % _NOON == 0:
        return "noon" if hour == _NOON else "midnight"
    part = "morning" if hour < _NOON else "afternoon" if hour < _EVENING else "evening"
    name = _number((hour - 1) % _NOON + 1)
    past = {0: "", 15: "a quarter past ", 30: "half past "}
    said = f"{past[minute]}{name}" if minute in past else f"{name} {_minutes(minute)}"
    return f"{said} in the {part}"


def _minutes(minute: int) -> str:
    return f"oh {_number(minute)}" if minute < 10 else _number(minute)


ENGLISH = Language(
    stemmer="english",
    stop_words=frozenset(_STOP_WORDS.split()),
    fillers=frozenset(_FILLERS.split()),
    intents=MappingProxyType(_INTENTS),
    next_question=(
        r"\b(?:and|also)\b(?= (?:also )?(?:where|what|when|how|which|who|can|could|may|do|does|is|"
        r"are)\b)"
    ),
    offer="Shall I call a colleague?",
    lead="Did you mean",
    phrases=MappingProxyType(_PHRASES),
    calendar=Calendar(
        days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        time=_time,
        span="from {start} until {end}",
        days_on="on {day}",
        days_from="from {first} to {last}",
        both="and",
    ),
    please="please",
)

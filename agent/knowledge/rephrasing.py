"""Other forms of a question, for authors who look for what they did not think of."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.knowledge.page import Entry
from agent.knowledge.responder import ChatTurn, ReplyKind, Responder
from agent.knowledge.words import utterance

_Forms = Sequence[tuple[str, Sequence[str]]]

_ENGLISH: _Forms = (
    (
        "where (?:is|are) (?:the )?(.+)",
        ("how do I get to the {}", "I am looking for the {}", "which way to the {}", "{} please"),
    ),
    ("where can i (.+)", ("I would like to {}", "is there a place to {}", "I have to {}")),
    ("how (?:do|can) i (.+)", ("I want to {}", "what must I do to {}", "help me to {}")),
    ("(?:may|can) i (.+)", ("am I allowed to {}", "is it okay to {}", "I would like to {}")),
    ("is there (.+)", ("do you have {}", "I need {}", "where do I find {}")),
    ("do you have (.+)", ("is there {}", "I need {}")),
    ("when (?:is|are) (.+)", ("what time is {}", "at what hour is {}")),
)
_GERMAN: _Forms = (
    (
        "wo (?:ist|sind) (?:der |die |das )?(.+)",
        ("ich suche {}", "wie komme ich zu {}", "wo geht es zu {}", "{} bitte"),
    ),
    ("wo (?:kann|darf) ich (.+)", ("ich möchte {}", "kann man hier {}", "ich muss {}")),
    ("wie (?:komme|gehe) ich (.+)", ("ich will {}", "wie geht es {}", "wie kommt man {}")),
    ("(?:kann|darf) ich (.+)", ("ist es erlaubt {}", "ich möchte {}")),
    ("gibt es (.+)", ("haben Sie {}", "ich brauche {}", "ich suche {}")),
    ("haben sie (.+)", ("gibt es hier {}", "ich brauche {}")),
    ("wann (.+)", ("um wie viel Uhr {}", "ab wann {}")),
)
_SPANISH: _Forms = (
    (
        "dónde (?:está|están) (.+)",
        ("busco {}", "cómo llego a {}", "dónde queda {}", "{} por favor"),
    ),
    ("dónde (?:puedo|se puede) (.+)", ("quiero {}", "se puede {} aquí", "necesito {}")),
    ("cómo (?:me )?(.+)", ("qué hago si {}", "me ayuda con {}")),
    ("hay (.+)", ("tienen {}", "necesito {}", "busco {}")),
    ("a qué hora (.+)", ("cuándo {}", "desde cuándo {}")),
)
_FRENCH: _Forms = (
    (
        "où (?:est|sont|se trouve|se trouvent) (.+)",
        ("je cherche {}", "comment aller à {}", "c'est où {}", "{} s'il vous plaît"),
    ),
    ("où (?:puis je|peut on) (.+)", ("je voudrais {}", "est-ce qu'on peut {}", "je dois {}")),
    ("comment (.+)", ("je voudrais {}", "aidez-moi à {}")),
    ("y a t il (.+)", ("avez-vous {}", "j'ai besoin de {}", "je cherche {}")),
    ("quels? sont ((?:vos |les ).+)", ("dites-moi {}", "je voudrais connaître {}")),
)

_FORMS: Mapping[str, _Forms] = {
    "en": _ENGLISH,
    "de": _GERMAN,
    "es": _SPANISH,
    "fr": _FRENCH,
}

_SAME: Mapping[str, Sequence[str]] = {
    "en": (
        *("toilet toilets restroom bathroom washroom loo", "lift elevator", "coat jacket"),
        *("park parking garage", "cafe canteen cafeteria", "wifi internet wlan", "book reserve"),
        *("phone mobile smartphone", "luggage bag suitcase", "delivery parcel package"),
        *("taxi cab", "bicycle bike", "fire alarm", "badge pass"),
    ),
    "de": (
        *("toilette toiletten klo wc", "aufzug lift fahrstuhl", "mantel jacke"),
        *("parken parkplatz parkhaus", "café kantine cafeteria", "wlan wifi internet"),
        *("handy telefon smartphone", "gepäck koffer tasche", "paket lieferung päckchen"),
        *("ausweis karte", "besprechungsraum konferenzraum sitzungszimmer", "feuer brand"),
    ),
    "es": (
        *("servicios baño aseo lavabo", "ascensor elevador", "abrigo chaqueta"),
        *("aparcar estacionar", "cafetería bar", "wifi internet", "móvil celular teléfono"),
        *("equipaje maleta bolsa", "paquete envío", "tarjeta pase", "coche carro auto"),
    ),
    "fr": (
        *("toilettes wc sanitaires", "ascenseur élévateur", "manteau veste"),
        *("garer stationner", "cafétéria cantine", "wifi internet", "portable téléphone"),
        *("bagages valise sac", "colis paquet livraison", "badge carte"),
    ),
}


_SIGNS = re.compile(r"[\s?!¿¡.-]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A form of a question that is not understood today, and what is said to it."""

    entry: Entry
    form: str
    kind: ReplyKind
    taken_for: str | None


def forms(question: str, language: str) -> tuple[str, ...]:
    """Other ways to ask, in other words or with another name for the same thing."""
    said = _SIGNS.sub(" ", question.lower()).strip()
    found: list[str] = []
    for pattern, templates in _FORMS.get(language, ()):
        if match := re.fullmatch(pattern, said):
            found += [template.format(match[1]) for template in templates]
            break
    words = said.split()
    for same in _SAME.get(language, ()):
        names = same.split()
        for at, word in enumerate(words):
            if word in names:
                others = (name for name in names if name != word)
                found += [" ".join((*words[:at], name, *words[at + 1 :])) for name in others]
    return tuple(dict.fromkeys(form for form in found if form != said))


def suggested(entries: Sequence[Entry], responder: Responder) -> Iterator[Suggestion]:
    """The forms that no entry lists and that its own entry does not answer today."""
    listed = {utterance(one) for entry in entries for one in (entry.question, *entry.phrasings)}
    for entry in entries:
        for form in forms(entry.question, entry.language):
            if utterance(form) in listed:
                continue
            reply = responder.reply([ChatTurn("user", form)])
            if reply.kind is ReplyKind.ANSWER and entry.question in reply.entries:
                continue
            others = [question for question in reply.entries if question != entry.question]
            yield Suggestion(entry, form, reply.kind, others[0] if others else None)

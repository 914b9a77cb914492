"""Every language that conversations are held in."""

from collections.abc import Mapping

from avatar.synthetic.dialogues.phrases.cs import CZECH
from avatar.synthetic.dialogues.phrases.de import GERMAN
from avatar.synthetic.dialogues.phrases.el import GREEK
from avatar.synthetic.dialogues.phrases.en import ENGLISH
from avatar.synthetic.dialogues.phrases.es import SPANISH
from avatar.synthetic.dialogues.phrases.fi import FINNISH
from avatar.synthetic.dialogues.phrases.fr import FRENCH
from avatar.synthetic.dialogues.phrases.it import ITALIAN
from avatar.synthetic.dialogues.phrases.nl import DUTCH
from avatar.synthetic.dialogues.phrases.pl import POLISH
from avatar.synthetic.dialogues.phrases.pt import PORTUGUESE
from avatar.synthetic.dialogues.phrases.ru import RUSSIAN
from avatar.synthetic.dialogues.phrases.sv import SWEDISH
from avatar.synthetic.dialogues.phrases.table import Phrases
from avatar.synthetic.dialogues.phrases.tr import TURKISH

LANGUAGES: Mapping[str, Phrases] = {
    "en": ENGLISH,
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
    "it": ITALIAN,
    "pt": PORTUGUESE,
    "nl": DUTCH,
    "ru": RUSSIAN,
    "sv": SWEDISH,
    "cs": CZECH,
    "el": GREEK,
    "fi": FINNISH,
    "pl": POLISH,
    "tr": TURKISH,
}

"""German."""

from avatar.synthetic.dialogues.phrases.table import Phrases
from avatar.synthetic.dialogues.scene import Act

GERMAN = Phrases(
    sentences={
        Act.GREETING: (
            "Guten Morgen, wie geht es Ihnen?",
            "Hallo, schön, dass du da bist.",
            "Guten Abend, bitte nehmen Sie Platz.",
            "Willkommen bei uns.",
        ),
        Act.STATEMENT: (
            "Meine Mutter hat {time} ein blaues Buch gekauft.",
            "Wir wohnen seit {number} Jahren in {place}.",
            "Im Sommer fahren wir immer ans Meer.",
            "Der Bus kommt meistens um {number} Uhr vorbei.",
            "Ich habe {time} mit {name} über den Film gesprochen.",
            "{name} möchte im Frühling nach {place} umziehen.",
            "Das Museum war wunderbar, aber viel zu voll.",
            "Bei uns gibt es am Mittwoch immer Pfannkuchen mit Apfelmus.",
        ),
        Act.QUESTION: (
            "Was hast du {time} gemacht?",
            "Waren Sie schon einmal in {place}?",
            "Wie komme ich von hier zum Bahnhof?",
            "Möchtest du lieber Kaffee oder Tee?",
            "Wann kommt {name} wieder nach Hause?",
        ),
        Act.ANSWER: (
            "Ungefähr {number} Minuten, glaube ich.",
            "Das war {name}, wenn ich mich nicht irre.",
            "Immer geradeaus, und dann bei der Brücke links.",
            "Lieber Kaffee, bitte mit viel Milch.",
            "In {place}, gleich neben dem Bahnhof.",
        ),
        Act.GOOD_NEWS: (
            "Stell dir vor, wir haben die Wohnung bekommen!",
            "Ich habe die Prüfung bestanden, ich bin so froh!",
            "{name} heiratet im Mai!",
            "Der Arzt sagt, dass alles in bester Ordnung ist!",
        ),
        Act.BAD_NEWS: (
            "Leider ist {name} seit {number} Tagen im Krankenhaus.",
            "Unser alter Hund ist {time} gestorben.",
            "Ich habe die Stelle leider nicht bekommen.",
            "Jemand hat mir in {place} den Koffer gestohlen.",
        ),
        Act.SURPRISE: (
            "Was? Wirklich?",
            "Das gibt es doch nicht!",
            "Oh, damit habe ich überhaupt nicht gerechnet!",
            "Wow, {number} Stück?",
        ),
        Act.JOKE: (
            "{name} hat das Brot in die Waschmaschine gesteckt.",
            "Mein Wecker und ich sind uns einig: er klingelt, und ich schlafe weiter.",
            "Ich mache eine Diät und esse nur noch, wenn keiner zuschaut.",
            "Der Papagei ist ans Telefon gegangen, und {name} hat es nicht gemerkt.",
        ),
        Act.DENIAL: (
            "Nein, das habe ich nie gesagt.",
            "Nein, das stimmt überhaupt nicht.",
            "Nein, in {place} war ich noch nie.",
            "Das glaube ich nicht.",
        ),
        Act.AGREEMENT: (
            "Ja, genau.",
            "Ja, das finde ich auch.",
            "Natürlich, da haben Sie völlig recht.",
            "Selbstverständlich, das machen wir so.",
        ),
        Act.HESITATION: (
            "Na ja,",
            "Ähm,",
            "Ähm, lass mich überlegen.",
            "Also, wie soll ich sagen,",
        ),
        Act.THANKS: (
            "Vielen Dank für Ihre Hilfe.",
            "Danke, das ist sehr freundlich von Ihnen.",
            "Herzlichen Dank für alles.",
        ),
        Act.BACKCHANNEL: (
            "Ja.",
            "Ähm.",
            "Genau.",
            "Ach so.",
            "Aha.",
            "Stimmt.",
        ),
    },
    words={
        "time": (
            "gestern",
            "letzte Woche",
            "am Freitag",
            "heute Morgen",
        ),
        "place": (
            "Wien",
            "Bremen",
            "Hamburg",
            "München",
            "Portugal",
        ),
        "name": (
            "Thomas",
            "Frau Weber",
            "Emma",
            "Philipp",
            "Paula",
        ),
        "number": (
            "fünf",
            "sieben",
            "zwölf",
            "zwanzig",
        ),
    },
)

"""Finnish."""

from avatar.synthetic.dialogues.phrases.table import Phrases
from avatar.synthetic.dialogues.scene import Act

FINNISH = Phrases(
    sentences={
        Act.GREETING: (
            "Hyvää huomenta, mitä kuuluu?",
            "Hei, onpa mukava nähdä sinua.",
            "Hyvää iltaa, olkaa hyvä ja istukaa.",
            "Tervetuloa meille.",
        ),
        Act.STATEMENT: (
            "Äitini osti {time} sinisen kirjan.",
            "Olemme asuneet täällä {number} vuotta.",
            "Kesällä menemme aina merelle.",
            "{name} menee joka aamu bussilla töihin.",
            "Puhuimme {time} uudesta elokuvasta.",
            "Museo oli upea, mutta siellä oli liikaa ihmisiä.",
            "{name} haluaa muuttaa keväällä Helsinkiin.",
            "Meillä syödään sunnuntaisin leipää, voita ja puuroa.",
        ),
        Act.QUESTION: (
            "Mitä teitte {time}?",
            "Oletko koskaan käynyt Tampereella?",
            "Miten pääsen asemalle?",
            "Haluatko kahvia vai teetä?",
            "Milloin {name} tulee kotiin?",
        ),
        Act.ANSWER: (
            "Noin {number} minuuttia, luulen niin.",
            "Se oli veljeni, jos muistan oikein.",
            "Suoraan eteenpäin, ja sillan jälkeen vasemmalle.",
            "Mieluummin kahvia ja vähän maitoa.",
            "Helsingissä, aivan aseman vieressä.",
        ),
        Act.GOOD_NEWS: (
            "Arvaa mitä, me saimme sen asunnon!",
            "Pääsin kokeesta läpi, olen niin iloinen!",
            "{name} menee toukokuussa naimisiin!",
            "Lääkäri sanoo, että kaikki on hyvin!",
        ),
        Act.BAD_NEWS: (
            "Valitettavasti {name} on ollut sairaalassa {number} päivää.",
            "Vanha koiramme kuoli {time}.",
            "En valitettavasti saanut sitä työtä.",
            "Asemalla minulta varastettiin laukku.",
        ),
        Act.SURPRISE: (
            "Mitä? Ihanko totta?",
            "Se ei voi olla mahdollista!",
            "Vau, en odottanut tuota ollenkaan!",
            "Oho, {number} kertaa?",
        ),
        Act.JOKE: (
            "{name} pani leivän pesukoneeseen.",
            "Herätyskello ja minä olemme samaa mieltä: se soi ja minä nukun.",
            "Olen laihdutuskuurilla: syön vain, kun kukaan ei katso.",
            "Papukaija vastasi puhelimeen, ja kaikki uskoivat sitä.",
        ),
        Act.DENIAL: (
            "Ei, en ole koskaan sanonut niin.",
            "Ei, se ei pidä paikkaansa.",
            "Ei, en ole koskaan käynyt siellä.",
            "En usko.",
        ),
        Act.AGREEMENT: (
            "Kyllä, juuri niin.",
            "Joo, olen samaa mieltä.",
            "Tietysti, olet aivan oikeassa.",
            "Hyvä, tehdään niin.",
        ),
        Act.HESITATION: (
            "No,",
            "Öö,",
            "Hym, annas kun mietin.",
            "Niin, miten sen sanoisi,",
        ),
        Act.THANKS: (
            "Kiitos paljon avusta.",
            "Kiitos, olet todella ystävällinen.",
            "Tuhannet kiitokset kaikesta.",
        ),
        Act.BACKCHANNEL: (
            "Joo.",
            "Hym.",
            "Niin.",
            "Aivan.",
            "Ai jaa.",
            "Kyllä.",
        ),
    },
    words={
        "time": (
            "eilen",
            "viime viikolla",
            "perjantaina",
            "tänä aamuna",
        ),
        "name": (
            "veljeni",
            "rouva Virtanen",
            "Pauli",
            "naapurini",
            "Veera",
        ),
        "number": (
            "viisi",
            "seitsemän",
            "kaksitoista",
            "kaksikymmentä",
        ),
    },
)

"""Czech."""

from avatar.synthetic.dialogues.phrases.table import Phrases
from avatar.synthetic.dialogues.scene import Act

CZECH = Phrases(
    sentences={
        Act.GREETING: (
            "Dobré ráno, jak se máte?",
            "Ahoj, moc rád tě vidím.",
            "Dobrý večer, posaďte se, prosím.",
            "Vítejte u nás.",
        ),
        Act.STATEMENT: (
            "Moje maminka {time} koupila modrou knihu.",
            "Bydlíme tady už {number} let.",
            "V létě jezdíme vždycky k moři.",
            "{name} jezdí každé ráno autobusem.",
            "{time} jsme mluvili o novém filmu.",
            "Muzeum bylo krásné, ale bylo tam moc lidí.",
            "{name} se chce na jaře přestěhovat do Prahy.",
            "V neděli u nás bývá pečeně a bramborový salát.",
        ),
        Act.QUESTION: (
            "Co jste dělali {time}?",
            "Byl jste někdy v Praze?",
            "Jak se dostanu na nádraží?",
            "Dáš si kávu nebo čaj?",
            "Kdy přijde {name} domů?",
        ),
        Act.ANSWER: (
            "Asi {number} minut, myslím.",
            "Byl to můj bratr, pokud se nemýlím.",
            "Pořád rovně, a potom za mostem doleva.",
            "Radši kávu, prosím, s mlékem.",
            "V Praze, hned vedle nádraží.",
        ),
        Act.GOOD_NEWS: (
            "Představ si, dostali jsme ten byt!",
            "Zkouška dopadla výborně, mám velkou radost!",
            "{name} bude mít v květnu svatbu!",
            "Doktor říká, že je všechno v pořádku!",
        ),
        Act.BAD_NEWS: (
            "Bohužel je {name} už {number} dní v nemocnici.",
            "Náš starý pes {time} umřel.",
            "Bohužel jsem tu práci nedostal.",
            "Na nádraží mi ukradli kufr.",
        ),
        Act.SURPRISE: (
            "Cože? Opravdu?",
            "To není možné!",
            "Páni, to jsem vůbec nečekal!",
            "No ne, {number} kusů?",
        ),
        Act.JOKE: (
            "{name} dává chleba do pračky.",
            "Můj budík a já jsme se dohodli: on zvoní a já spím.",
            "Držím dietu: jím jenom tehdy, když se nikdo nedívá.",
            "Papoušek zvedl telefon a všichni mu uvěřili.",
        ),
        Act.DENIAL: (
            "Ne, to jsem nikdy neřekl.",
            "Ne, to vůbec není pravda.",
            "Ne, tam jsem nikdy nebyl.",
            "To si nemyslím.",
        ),
        Act.AGREEMENT: (
            "Ano, přesně tak.",
            "Ano, taky si to myslím.",
            "Samozřejmě, máte úplnou pravdu.",
            "Dobře, uděláme to tak.",
        ),
        Act.HESITATION: (
            "No,",
            "Ehm,",
            "Ehm, nechte mě přemýšlet.",
            "Tak, jak bych to řekl,",
        ),
        Act.THANKS: (
            "Děkuji mockrát za pomoc.",
            "Děkuji, to je od vás velmi milé.",
            "Díky za všechno.",
        ),
        Act.BACKCHANNEL: (
            "Ano.",
            "Hum.",
            "Jasně.",
            "Aha.",
            "Opravdu?",
            "Jo.",
        ),
    },
    words={
        "time": (
            "včera",
            "v pátek",
            "dnes ráno",
            "minulý týden",
        ),
        "name": (
            "můj bratr",
            "paní Bubeníková",
            "Pavel",
            "moje sousedka",
            "Vojta",
        ),
        "number": (
            "pět",
            "sedm",
            "dvanáct",
            "dvacet",
        ),
    },
)

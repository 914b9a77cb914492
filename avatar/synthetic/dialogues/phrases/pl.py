"""Polish."""

from avatar.synthetic.dialogues.phrases.table import Phrases
from avatar.synthetic.dialogues.scene import Act

POLISH = Phrases(
    sentences={
        Act.GREETING: (
            "Dzień dobry, jak się pan miewa?",
            "Cześć, bardzo miło cię widzieć.",
            "Dobry wieczór, proszę usiąść.",
            "Witamy u nas.",
        ),
        Act.STATEMENT: (
            "Moja mama kupiła {time} niebieską książkę.",
            "Mieszkamy tutaj już {number} lat.",
            "Latem zawsze jeździmy nad morze.",
            "{name} codziennie rano jeździ autobusem.",
            "Rozmawialiśmy {time} o nowym filmie.",
            "Muzeum było wspaniałe, ale było tam za dużo ludzi.",
            "{name} chce się wiosną przeprowadzić do Warszawy.",
            "W niedzielę jemy zupę pomidorową i białe pieczywo.",
        ),
        Act.QUESTION: (
            "Co robiliście {time}?",
            "Czy był pan kiedyś w Warszawie?",
            "Jak dojdę do dworca?",
            "Wolisz kawę czy herbatę?",
            "Kiedy {name} wraca do domu?",
        ),
        Act.ANSWER: (
            "Jakieś {number} minut, tak myślę.",
            "To był mój brat, jeśli się nie mylę.",
            "Cały czas prosto, a potem za mostem w lewo.",
            "Wolę kawę, poproszę z mlekiem.",
            "W Warszawie, zaraz obok dworca.",
        ),
        Act.GOOD_NEWS: (
            "Wyobraź sobie, dostaliśmy to mieszkanie!",
            "Egzamin poszedł świetnie, tak się cieszę!",
            "{name} bierze w maju ślub!",
            "Lekarz mówi, że wszystko jest w porządku!",
        ),
        Act.BAD_NEWS: (
            "Niestety {name} leży już {number} dni w szpitalu.",
            "Nasz stary pies {time} umarł.",
            "Niestety nie dostałem tej pracy.",
            "Na dworcu ukradli mi walizkę.",
        ),
        Act.SURPRISE: (
            "Co? Naprawdę?",
            "To niemożliwe!",
            "Ojej, zupełnie się tego nie spodziewałem!",
            "No proszę, {number} razy?",
        ),
        Act.JOKE: (
            "{name} wkłada chleb do pralki.",
            "Mój budzik i ja mamy umowę: on dzwoni, a ja śpię.",
            "Jestem na diecie: jem tylko wtedy, kiedy nikt nie patrzy.",
            "Papuga odebrała telefon i wszyscy jej uwierzyli.",
        ),
        Act.DENIAL: (
            "Nie, nigdy tego nie powiedziałem.",
            "Nie, to wcale nie jest prawda.",
            "Nie, nigdy tam nie byłem.",
            "Nie sądzę.",
        ),
        Act.AGREEMENT: (
            "Tak, dokładnie.",
            "Tak, też tak myślę.",
            "Oczywiście, ma pan zupełną rację.",
            "Dobrze, tak zrobimy.",
        ),
        Act.HESITATION: (
            "No,",
            "Eee,",
            "Hym, niech pomyślę.",
            "No więc, jak by to powiedzieć,",
        ),
        Act.THANKS: (
            "Bardzo dziękuję za pomoc.",
            "Dziękuję, to bardzo miło z pana strony.",
            "Dziękuję za wszystko.",
        ),
        Act.BACKCHANNEL: (
            "Tak.",
            "Hym.",
            "Jasne.",
            "Aha.",
            "Naprawdę?",
            "No tak.",
        ),
    },
    words={
        "time": (
            "wczoraj",
            "w piątek",
            "dzisiaj rano",
            "w zeszłym tygodniu",
        ),
        "name": (
            "mój brat",
            "pani Wiśniewska",
            "Paweł",
            "moja sąsiadka",
            "Filip",
        ),
        "number": (
            "pięć",
            "siedem",
            "dwanaście",
            "dwadzieścia",
        ),
    },
)

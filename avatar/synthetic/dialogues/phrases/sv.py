"""Swedish."""

from avatar.synthetic.dialogues.phrases.table import Phrases
from avatar.synthetic.dialogues.scene import Act

SWEDISH = Phrases(
    sentences={
        Act.GREETING: (
            "God morgon, hur mår du?",
            "Hej, vad roligt att se dig.",
            "God kväll, var så god och sitt.",
            "Välkommen till oss.",
        ),
        Act.STATEMENT: (
            "Min mamma köpte en blå bok {time}.",
            "Vi har bott i {place} i {number} år.",
            "På sommaren åker vi alltid till havet.",
            "{name} tar bussen klockan {number} varje morgon.",
            "Jag pratade med {name} om filmen {time}.",
            "Museet var underbart, men det var alldeles för mycket folk.",
            "{name} vill flytta till {place} i vår.",
            "Hemma äter vi bröd med smör och lite ost.",
        ),
        Act.QUESTION: (
            "Vad gjorde du {time}?",
            "Har du någonsin varit i {place}?",
            "Hur kommer jag till stationen?",
            "Vill du ha kaffe eller te?",
            "När kommer {name} hem igen?",
        ),
        Act.ANSWER: (
            "Ungefär {number} minuter, tror jag.",
            "Det var {name}, om jag minns rätt.",
            "Rakt fram, och sedan till vänster efter bron.",
            "Hellre kaffe, med lite mjölk.",
            "I {place}, precis bredvid stationen.",
        ),
        Act.GOOD_NEWS: (
            "Gissa vad, vi fick lägenheten!",
            "Jag klarade provet, jag är så glad!",
            "{name} ska gifta sig i maj!",
            "Läkaren säger att allt är helt bra!",
        ),
        Act.BAD_NEWS: (
            "Tyvärr har {name} legat på sjukhus i {number} dagar.",
            "Vår gamla hund dog {time}.",
            "Jag fick tyvärr inte jobbet.",
            "Någon stal min väska i {place}.",
        ),
        Act.SURPRISE: (
            "Va? Menar du det?",
            "Det är inte möjligt!",
            "Oj, det hade jag inte väntat mig!",
            "Wow, {number} gånger?",
        ),
        Act.JOKE: (
            "{name} stoppade brödet i tvättmaskinen.",
            "Min väckarklocka och jag är överens: den ringer och jag sover vidare.",
            "Jag bantar: jag äter bara när ingen ser på.",
            "Papegojan svarade i telefonen, och {name} märkte ingenting.",
        ),
        Act.DENIAL: (
            "Nej, det har jag aldrig sagt.",
            "Nej, det stämmer inte alls.",
            "Nej, jag har aldrig varit i {place}.",
            "Det tror jag inte.",
        ),
        Act.AGREEMENT: (
            "Ja, precis.",
            "Ja, det tycker jag också.",
            "Naturligtvis, du har helt rätt.",
            "Bra, så gör vi.",
        ),
        Act.HESITATION: (
            "Tja,",
            "Öh,",
            "Hum, låt mig tänka.",
            "Alltså, hur ska jag säga,",
        ),
        Act.THANKS: (
            "Tack så mycket för hjälpen.",
            "Tack, det är mycket vänligt av dig.",
            "Tusen tack för allt.",
        ),
        Act.BACKCHANNEL: (
            "Ja.",
            "Hum.",
            "Precis.",
            "Jaså.",
            "Okej.",
            "Jaha.",
        ),
    },
    words={
        "time": (
            "igår",
            "förra veckan",
            "i fredags",
            "i morse",
        ),
        "place": (
            "Uppsala",
            "Malmö",
            "Paris",
            "Göteborg",
            "Umeå",
        ),
        "name": (
            "min bror",
            "fru Berg",
            "Per",
            "min granne",
            "Pia",
        ),
        "number": (
            "fem",
            "sju",
            "tolv",
            "tjugo",
        ),
    },
)

"""Spanish."""

from avatar.synthetic.dialogues.phrases.table import Phrases
from avatar.synthetic.dialogues.scene import Act

SPANISH = Phrases(
    sentences={
        Act.GREETING: (
            "Buenos días, ¿cómo está usted?",
            "Hola, me alegro mucho de verte.",
            "Buenas tardes, siéntese, por favor.",
            "Bienvenido a nuestra casa.",
        ),
        Act.STATEMENT: (
            "Mi madre compró un libro azul {time}.",
            "Vivimos en {place} desde hace {number} años.",
            "En verano siempre vamos a la playa.",
            "{name} toma el autobús a las {number} todas las mañanas.",
            "{time} hablé con {name} sobre la película.",
            "El museo era maravilloso, pero había demasiada gente.",
            "{name} quiere mudarse a {place} en primavera.",
            "En mi pueblo comemos pan con aceite y un poco de jamón.",
        ),
        Act.QUESTION: (
            "¿Qué hiciste {time}?",
            "¿Ha estado alguna vez en {place}?",
            "¿Cómo puedo llegar a la estación?",
            "¿Prefieres café o té?",
            "¿Cuándo vuelve {name} a casa?",
        ),
        Act.ANSWER: (
            "Unos {number} minutos, creo yo.",
            "Fue {name}, si no me equivoco.",
            "Todo recto, y después del puente a la izquierda.",
            "Mejor un café, con un poco de leche.",
            "En {place}, al lado de la estación.",
        ),
        Act.GOOD_NEWS: (
            "¡No te lo vas a creer, nos han dado el piso!",
            "¡He aprobado el examen, estoy muy feliz!",
            "¡{name} se casa en mayo!",
            "¡El médico dice que todo está perfectamente!",
        ),
        Act.BAD_NEWS: (
            "Por desgracia, {name} está en el hospital desde hace {number} días.",
            "Nuestro viejo perro murió {time}.",
            "Lamentablemente no me dieron el trabajo.",
            "Me robaron la maleta en {place}.",
        ),
        Act.SURPRISE: (
            "¿Qué? ¿De verdad?",
            "¡No me lo puedo creer!",
            "¡Vaya, no me lo esperaba!",
            "¡Uau! ¿{number} veces?",
        ),
        Act.JOKE: (
            "{name} metió el pan en la lavadora.",
            "Mi despertador y yo estamos de acuerdo: él suena y yo sigo durmiendo.",
            "Estoy a dieta: solo como cuando nadie me mira.",
            "El loro contestó al teléfono, y {name} no se dio cuenta.",
        ),
        Act.DENIAL: (
            "No, yo nunca dije eso.",
            "No, eso no es verdad.",
            "No, nunca he estado en {place}.",
            "No lo creo.",
        ),
        Act.AGREEMENT: (
            "Sí, exactamente.",
            "Sí, yo pienso lo mismo.",
            "Por supuesto, tiene usted toda la razón.",
            "Claro, así lo hacemos.",
        ),
        Act.HESITATION: (
            "Pues,",
            "Eh,",
            "Bueno, déjame pensar.",
            "A ver, cómo te lo digo,",
        ),
        Act.THANKS: (
            "Muchas gracias por su ayuda.",
            "Gracias, es usted muy amable.",
            "Mil gracias por todo.",
        ),
        Act.BACKCHANNEL: (
            "Sí.",
            "Um.",
            "Claro.",
            "Ya veo.",
            "Ajá.",
            "Vale.",
        ),
    },
    words={
        "time": (
            "ayer",
            "la semana pasada",
            "el viernes",
            "esta mañana",
        ),
        "place": (
            "Bilbao",
            "Pamplona",
            "Buenos Aires",
            "Montevideo",
            "Bogotá",
        ),
        "name": (
            "mi hermano",
            "la señora Bravo",
            "Pablo",
            "mi vecina",
            "Fabiola",
        ),
        "number": (
            "cinco",
            "siete",
            "doce",
            "veinte",
        ),
    },
)

"""Portuguese."""

from avatar.synthetic.dialogues.phrases.table import Phrases
from avatar.synthetic.dialogues.scene import Act

PORTUGUESE = Phrases(
    sentences={
        Act.GREETING: (
            "Bom dia, como vai?",
            "Olá, que bom ver você.",
            "Boa noite, sente-se, por favor.",
            "Seja bem-vindo.",
        ),
        Act.STATEMENT: (
            "Minha mãe comprou um livro azul {time}.",
            "Moramos em {place} há {number} anos.",
            "No verão vamos sempre para a praia.",
            "{name} pega o ônibus todas as manhãs.",
            "{time} falei com {name} sobre o filme.",
            "O museu era maravilhoso, mas havia muita gente.",
            "{name} quer morar em {place} na primavera.",
            "Lá em casa comemos pão com manteiga e um pouco de mel.",
        ),
        Act.QUESTION: (
            "O que você fez {time}?",
            "Você já esteve em {place}?",
            "Como posso chegar à estação?",
            "Prefere café ou chá?",
            "Quando é que {name} volta para casa?",
        ),
        Act.ANSWER: (
            "Mais ou menos {number} minutos, acho eu.",
            "Foi {name}, se não me engano.",
            "Sempre em frente, e depois da ponte à esquerda.",
            "Um café, com um pouco de leite, por favor.",
            "Em {place}, bem perto da estação.",
        ),
        Act.GOOD_NEWS: (
            "Não vai acreditar, conseguimos o apartamento!",
            "Passei no exame, estou muito feliz!",
            "{name} vai casar em maio!",
            "O médico disse que está tudo ótimo!",
        ),
        Act.BAD_NEWS: (
            "Infelizmente, {name} está no hospital há {number} dias.",
            "O nosso velho cão morreu {time}.",
            "Infelizmente não consegui o emprego.",
            "Roubaram a minha mala em {place}.",
        ),
        Act.SURPRISE: (
            "O quê? A sério?",
            "Não posso acreditar!",
            "Nossa, eu não esperava por isso!",
            "Uau, {number} vezes?",
        ),
        Act.JOKE: (
            "{name} colocou o pão na máquina de lavar.",
            "O meu despertador e eu temos um acordo: ele toca e eu continuo a dormir.",
            "Estou de dieta: só como quando ninguém me vê.",
            "O papagaio atendeu o telefone, e {name} acreditou.",
        ),
        Act.DENIAL: (
            "Não, eu nunca disse isso.",
            "Não, isso não é verdade.",
            "Não, nunca estive em {place}.",
            "Acho que não.",
        ),
        Act.AGREEMENT: (
            "Sim, exatamente.",
            "Sim, eu também penso assim.",
            "Claro, você tem toda a razão.",
            "Está bem, vamos fazer assim.",
        ),
        Act.HESITATION: (
            "Bem,",
            "Hum,",
            "Pois, deixe-me pensar.",
            "Então, como posso dizer,",
        ),
        Act.THANKS: (
            "Muito obrigado pela sua ajuda.",
            "Obrigada, é muito amável.",
            "Muito obrigado por tudo.",
        ),
        Act.BACKCHANNEL: (
            "Sim.",
            "Hum.",
            "Claro.",
            "Pois é.",
            "Ah.",
            "Certo.",
        ),
    },
    words={
        "time": (
            "ontem",
            "na semana passada",
            "na sexta-feira",
            "hoje de manhã",
        ),
        "place": (
            "Lisboa",
            "Coimbra",
            "Brasília",
            "Pernambuco",
            "Boston",
        ),
        "name": (
            "meu irmão",
            "a dona Fátima",
            "Pedro",
            "minha vizinha",
            "Bibiana",
        ),
        "number": (
            "cinco",
            "sete",
            "doze",
            "vinte",
        ),
    },
)

"""Turkish."""

from avatar.synthetic.dialogues.phrases.table import Phrases
from avatar.synthetic.dialogues.scene import Act

TURKISH = Phrases(
    sentences={
        Act.GREETING: (
            "Günaydın, nasılsınız?",
            "Merhaba, seni gördüğüme çok sevindim.",
            "İyi akşamlar, buyurun, oturun.",
            "Evimize hoş geldiniz.",
        ),
        Act.STATEMENT: (
            "Annem {time} mavi bir kitap aldı.",
            "{number} yıldır burada oturuyoruz.",
            "Yazın hep denize gideriz.",
            "{name} her sabah otobüse biniyor.",
            "{time} yeni filmden bahsettik.",
            "Müze çok güzeldi, ama fazla kalabalıktı.",
            "{name} ilkbaharda İzmir'e taşınmak istiyor.",
            "Bizim evde kahvaltıda peynir, bal ve ekmek yenir.",
        ),
        Act.QUESTION: (
            "{time} ne yaptınız?",
            "Hiç Ankara'ya gittiniz mi?",
            "İstasyona nasıl gidebilirim?",
            "Kahve mi istersin, çay mı?",
            "{name} ne zaman eve dönecek?",
        ),
        Act.ANSWER: (
            "Aşağı yukarı {number} dakika, sanırım.",
            "Yanılmıyorsam kardeşimdi.",
            "Hep düz gidin, köprüden sonra sola dönün.",
            "Kahve olsun, biraz da süt lütfen.",
            "Ankara'da, istasyonun hemen yanında.",
        ),
        Act.GOOD_NEWS: (
            "İnanmayacaksın, evi aldık!",
            "Sınavı geçtim, o kadar mutluyum ki!",
            "{name} mayıs ayında evleniyor!",
            "Doktor her şeyin yolunda olduğunu söyledi!",
        ),
        Act.BAD_NEWS: (
            "Maalesef {name} {number} gündür hastanede.",
            "Yaşlı köpeğimiz {time} öldü.",
            "Ne yazık ki işe alınmadım.",
            "İstasyonda bavulumu çaldılar.",
        ),
        Act.SURPRISE: (
            "Ne? Gerçekten mi?",
            "Bu mümkün değil!",
            "Vay canına, bunu hiç beklemiyordum!",
            "Öyle mi, {number} kere mi?",
        ),
        Act.JOKE: (
            "{name} ekmeği çamaşır makinesine koymuş.",
            "Çalar saatimle anlaştık: o çalıyor, ben uyuyorum.",
            "Diyetteyim: sadece kimse bakmıyorken yiyorum.",
            "Papağan telefona cevap vermiş, herkes de inanmış.",
        ),
        Act.DENIAL: (
            "Hayır, ben öyle bir şey demedim.",
            "Hayır, bu hiç doğru değil.",
            "Hayır, oraya hiç gitmedim.",
            "Sanmıyorum.",
        ),
        Act.AGREEMENT: (
            "Evet, aynen öyle.",
            "Evet, ben de öyle düşünüyorum.",
            "Tabii, çok haklısınız.",
            "Tamam, öyle yapalım.",
        ),
        Act.HESITATION: (
            "Şey,",
            "Hım,",
            "Bir dakika, düşüneyim.",
            "Yani, nasıl desem,",
        ),
        Act.THANKS: (
            "Yardımınız için çok teşekkür ederim.",
            "Teşekkürler, çok naziksiniz.",
            "Her şey için sağ olun.",
        ),
        Act.BACKCHANNEL: (
            "Evet.",
            "Hı hı.",
            "Anladım.",
            "Öyle mi?",
            "Tabii.",
            "Doğru.",
        ),
    },
    words={
        "time": (
            "dün",
            "geçen hafta",
            "cuma günü",
            "bu sabah",
        ),
        "name": (
            "kardeşim",
            "Pembe Hanım",
            "komşumuz",
            "Mehmet",
            "Veli",
        ),
        "number": (
            "beş",
            "yedi",
            "on iki",
            "yirmi",
        ),
    },
)

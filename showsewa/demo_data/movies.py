"""What the demo shows: fourteen movies, a concert, and three movies to come, all invented, in English and Nepali."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MovieFacts:
    """key: how the programme names it. weight: how often it is shown, and how well it sells."""

    key: str
    title: str
    title_ne: str
    genres: tuple[str, ...]
    languages: tuple[str, ...]
    runtime: int
    certificate: str
    people: str
    synopsis: str
    synopsis_ne: str
    weight: int = 2
    keywords: tuple[str, ...] = ()
    released_days_ago: int = 10


MOVIES = (
    MovieFacts(
        key="tempo",
        title="The Last Tempo",
        title_ne="अन्तिम टेम्पो",
        genres=("Comedy", "Drama"),
        languages=("Nepali",),
        runtime=118,
        certificate="U",
        people="Sarita Maharjan, Bijay Thapa Magar, Niruta Shakya. Director: Kamal Prajapati",
        synopsis="On the day her electric three-wheeler is to be scrapped, a Kathmandu driver takes nine strangers on "
        "one last round of the Ring Road, and nobody wants to get off.",
        synopsis_ne="विद्युतीय टेम्पो कबाडीमा जाने दिन काठमाडौँकी एक चालकले नौ अपरिचित यात्रुलाई चक्रपथको अन्तिम फेरो "
        "लगाउँछिन्, अनि कसैलाई पनि ओर्लन मन लाग्दैन।",
        weight=5,
        keywords=("Kathmandu", "safa tempo"),
        released_days_ago=6,
    ),
    MovieFacts(
        key="khukuri",
        title="Khukuri Protocol",
        title_ne="खुकुरी प्रोटोकल",
        genres=("Action", "Thriller"),
        languages=("Nepali", "English"),
        runtime=136,
        certificate="PG",
        people="Rajan Gurung, Maya Tamang, Suraj Limbu. Director: Deepa Rai",
        synopsis="A retired Gurkha signals officer has one night to find the leak in a Pokhara control room before the "
        "lights of three valleys go out.",
        synopsis_ne="तीन उपत्यकाको बत्ती निभ्नुअघि पोखराको नियन्त्रण कक्षभित्रको घुसपैठिया पत्ता लगाउन एक अवकाशप्राप्त "
        "गोर्खा सिग्नल अधिकृतसँग एक रात मात्र छ।",
        weight=5,
        released_days_ago=3,
    ),
    MovieFacts(
        key="yeti",
        title="Yeti Express",
        title_ne="यती एक्सप्रेस",
        genres=("Animation", "Family"),
        languages=("Nepali", "English"),
        runtime=94,
        certificate="U",
        people="Voices: Anu Shrestha, Prem Lama, Kiran Dahal. Director: Sunita Bajracharya",
        synopsis="A young yeti who is afraid of snow joins the night train from Janakpur and turns out to be the only "
        "one who can stop it.",
        synopsis_ne="हिउँ देखेर डराउने सानो यती जनकपुरबाट छुट्ने रातको रेलमा चढ्छ, र त्यो रेल रोक्न सक्ने ऊ मात्रै रहेछ।",
        weight=4,
        keywords=("children",),
        released_days_ago=12,
    ),
    MovieFacts(
        key="doha",
        title="Letters to Doha",
        title_ne="दोहालाई चिठी",
        genres=("Drama", "Family"),
        languages=("Nepali",),
        runtime=127,
        certificate="U",
        people="Gita Karki, Hari Bahadur Bista, Aayush Oli. Director: Mina Chaudhary",
        synopsis="A village postmistress answers the letters of a father working abroad so that his children need not "
        "know how long the silence has lasted.",
        synopsis_ne="बालबालिकाले बुबाको लामो मौनता थाहा नपाऊन् भनेर गाउँकी हुलाकीले विदेशमा काम गर्ने बुबाका नाममा "
        "आफैँ चिठी लेख्न थाल्छिन्।",
        weight=3,
        released_days_ago=20,
    ),
    MovieFacts(
        key="chiya",
        title="Tea at Four",
        title_ne="चार बजेको चिया",
        genres=("Romance", "Comedy"),
        languages=("Nepali",),
        runtime=109,
        certificate="U",
        people="Prakriti Adhikari, Nabin Khadka. Director: Ojaswi Pandey",
        synopsis="Two people book the same table of an Ilam tea house at four o'clock every day for a month, each sure "
        "that the other is the one who is wrong.",
        synopsis_ne="इलामको एउटै चियापसलको एउटै टेबल महिनाभरि दिनहुँ चार बजे दुई जनाले बुक गर्छन्; दुवैलाई लाग्छ, गल्ती अर्कैको हो।",
        weight=3,
        released_days_ago=5,
    ),
    MovieFacts(
        key="well",
        title="The Well of Bhaktapur",
        title_ne="भक्तपुरको इनार",
        genres=("Horror",),
        languages=("Nepali", "Newar"),
        runtime=101,
        certificate="A",
        people="Rojina Suwal, Bishal Duwal, Laxmi Hyoju. Director: Asim Joshi",
        synopsis="Masons who mend a courtyard find a well older than the town. By the third night the water gives back "
        "their own voices.",
        synopsis_ne="चोक मर्मत गर्ने डकर्मीहरूले सहरभन्दा पुरानो इनार भेट्छन्। तेस्रो रात पानीले उनीहरूकै स्वर फर्काउन थाल्छ।",
        weight=3,
        released_days_ago=9,
    ),
    MovieFacts(
        key="goal",
        title="Goal at Dasharath",
        title_ne="दशरथमा गोल",
        genres=("Sport", "Drama"),
        languages=("Nepali",),
        runtime=124,
        certificate="U",
        people="Sabitra Tharu, Anjila Budha, Manoj Pun. Director: Rekha Sunar",
        synopsis="Eleven girls from Jumla learn football on a field that slopes, and are invited to play on one that "
        "does not.",
        synopsis_ne="भिरालो चौरमा फुटबल सिकेका जुम्लाका एघार किशोरीलाई एक दिन सम्म मैदानमा खेल्ने निम्तो आउँछ।",
        weight=3,
        released_days_ago=16,
    ),
    MovieFacts(
        key="signal",
        title="Signal Lost",
        title_ne="सिग्नल हरायो",
        genres=("Science fiction", "Thriller"),
        languages=("English",),
        runtime=142,
        certificate="PG",
        people="Ellen Marsh, Tobias Okafor, Ang Dolma Sherpa. Director: Ruth Calloway",
        synopsis="A satellite engineer stranded at a high camp hears her own rescue being called off, in her own "
        "voice, a day before it happens.",
        synopsis_ne="उच्च शिविरमा अड्किएकी भू-उपग्रह इन्जिनियरले आफ्नै उद्धार रद्द भएको खबर, आफ्नै स्वरमा, एक दिनअगावै सुन्छिन्।",
        weight=4,
        released_days_ago=2,
    ),
    MovieFacts(
        key="rail",
        title="The Night Mail to Raxaul",
        title_ne="रक्सौलको रात्रि डाँक",
        genres=("Thriller", "Crime"),
        languages=("Hindi",),
        runtime=148,
        certificate="PG",
        people="Devika Rathore, Imran Qadri, Suresh Mandal. Director: Nandita Bose",
        synopsis="Seven passengers, one missing mailbag, and a border that opens at dawn. The ticket inspector has "
        "counted eight.",
        synopsis_ne="सात यात्रु, हराएको एउटा हुलाक झोला, र बिहानीमा खुल्ने सिमाना। तर टिकट जाँच्नेले त आठ जना गनेको छ।",
        weight=3,
        released_days_ago=8,
    ),
    MovieFacts(
        key="mustang",
        title="Rain over Mustang",
        title_ne="मुस्ताङमा झरी",
        genres=("Adventure", "Drama"),
        languages=("Nepali", "Tibetan"),
        runtime=131,
        certificate="U",
        people="Tsering Gurung, Pema Bista, Karma Dolkar. Director: Lhakpa Thakuri",
        synopsis="When rain falls for the first time in living memory on a dry valley, two brothers must carry a "
        "monastery's library over the pass before the roof gives way.",
        synopsis_ne="सुक्खा उपत्यकामा कसैले नसम्झेको झरी पर्दा छानो भत्किनुअघि दुई दाजुभाइले गुम्बाको पुस्तकालय भन्ज्याङ कटाउनुपर्छ।",
        weight=2,
        released_days_ago=25,
    ),
    MovieFacts(
        key="dashain",
        title="A Dashain Without Swings",
        title_ne="पिङबिनाको दशैँ",
        genres=("Family", "Comedy"),
        languages=("Nepali",),
        runtime=115,
        certificate="U",
        people="Kabita Ghimire, Ramesh Dhungana, Little Aarav. Director: Shova Neupane",
        synopsis="The bamboo is sold, the grandmother has announced a strike, and the whole village has four days to "
        "build the highest swing in Gorkha.",
        synopsis_ne="बाँस बिकिसक्यो, हजुरआमाले हड्ताल घोषणा गरिन्, अनि गोरखाको सबैभन्दा अग्लो पिङ हाल्न गाउँलेसँग चार "
        "दिन मात्र बाँकी छ।",
        weight=3,
        released_days_ago=14,
    ),
    MovieFacts(
        key="k2099",
        title="Kathmandu 2099",
        title_ne="काठमाडौँ २०९९",
        genres=("Animation", "Science fiction"),
        languages=("Nepali",),
        runtime=104,
        certificate="PG",
        people="Voices: Samir Tuladhar, Yangchen Lama. Director: Pratik Manandhar",
        synopsis="In a city of cable cars and floating temples, a repair girl finds the last paper map, and every "
        "street on it leads underground.",
        synopsis_ne="केबलकार र उड्ने मन्दिरको सहरमा एक मर्मतकर्मी केटीले अन्तिम कागजी नक्सा भेट्छिन्; त्यसका सबै बाटा जमिनमुनि जान्छन्।",
        weight=3,
        released_days_ago=1,
    ),
    MovieFacts(
        key="honey",
        title="Honey on the Cliff",
        title_ne="भीरको मह",
        genres=("Documentary",),
        languages=("Nepali", "Gurung"),
        runtime=82,
        certificate="U",
        people="With the honey hunters of Lamjung. Director: Ishwor Ghale",
        synopsis="Three generations on one rope ladder: a season with the people who take wild honey from the cliffs.",
        synopsis_ne="एउटै डोरीको भर्‍याङमा तीन पुस्ता: भीरबाट मह काढ्नेहरूसँग बिताएको एक याम।",
        weight=1,
        released_days_ago=30,
    ),
    MovieFacts(
        key="harvest",
        title="Song of the Second Harvest",
        title_ne="दोस्रो बालीको गीत",
        genres=("Musical", "Romance"),
        languages=("Maithili", "Nepali"),
        runtime=139,
        certificate="U",
        people="Rupa Jha, Santosh Yadav, Bhola Paswan. Director: Anamika Mishra",
        synopsis="A wedding band without an engagement tours the Terai by tractor, and sings a feud between two "
        "villages to its end.",
        synopsis_ne="काम नपाएको बिहेको बाजागाजा टोली ट्र्याक्टरमा तराई डुल्छ, र गाउँदागाउँदै दुई गाउँको झगडा टुङ्ग्याउँछ।",
        weight=2,
        released_days_ago=18,
    ),
)

CONCERT = MovieFacts(
    key="concert",
    title="Sarangi Nights",
    title_ne="सारङ्गीका रातहरू",
    genres=("Concert", "Folk"),
    languages=("Nepali",),
    runtime=150,
    certificate="",
    people="The Gandharba Ensemble, Shreya Bantawa (voice), Kathmandu Strings. Conductor: Bhuwan Nakarmi",
    synopsis="Forty musicians and one small fiddle: the songs that walked from village to village, played for the "
    "first time with a full orchestra.",
    synopsis_ne="चालीस सङ्गीतकर्मी र एउटा सानो सारङ्गी: गाउँगाउँ डुलेका गीतहरू पहिलो पटक पूरै वाद्यवृन्दसँग।",
    weight=4,
    keywords=("live", "sarangi", "folk"),
)

# Announced, and on sale nowhere yet.
COMING = (
    MovieFacts(
        key="glacier",
        title="The Glacier Keeps Minutes",
        title_ne="हिमनदीको बैठक",
        genres=("Drama", "Thriller"),
        languages=("Nepali",),
        runtime=124,
        certificate="U",
        people="Pema Lhamu Sherpa, Rajan Khatiwada. Director: Sunita Gurung",
        synopsis="A surveyor returns to the valley of her childhood and finds, in the ice, the notebook of a village "
        "meeting that nobody will admit to having attended.",
        synopsis_ne="एक सर्वेक्षक बाल्यकालको उपत्यकामा फर्कन्छिन् र हिउँभित्र गाउँको त्यस्तो बैठकको पुस्तिका भेट्छिन्, "
        "जसमा आफू थियौँ भनी कोही मान्दैन।",
        released_days_ago=-9,
    ),
    MovieFacts(
        key="kite",
        title="Dashain Kite Club",
        title_ne="दशैंको चङ्गा क्लब",
        genres=("Family", "Comedy"),
        languages=("Nepali",),
        runtime=98,
        certificate="U",
        people="Aarohi Thapa, Suman Tamang, Hari Maya Rai. Director: Bishal Lama",
        synopsis="Five children with one reel of string set out to win back the sky above Bhaktapur.",
        synopsis_ne="पाँच बालबालिका एउटै लट्टाई बोकेर भक्तपुरको आकाश फेरि जित्न निस्कन्छन्।",
        released_days_ago=-16,
    ),
    MovieFacts(
        key="harbour",
        title="Harbour of Paper Boats",
        title_ne="कागजी डुङ्गाको बन्दरगाह",
        genres=("Romance",),
        languages=("Hindi",),
        runtime=131,
        certificate="PG",
        people="Ira Sen, Kabir Wadia. Director: Leela Menon",
        synopsis="Two strangers answer each other's letters for a year before they learn that they live on the same "
        "staircase.",
        synopsis_ne="दुई अपरिचित एक वर्षसम्म एकअर्काका चिठीको जवाफ लेख्छन्, अनि थाहा पाउँछन्: उनीहरू एउटै भर्‍याङमा बस्छन्।",
        released_days_ago=-30,
    ),
)

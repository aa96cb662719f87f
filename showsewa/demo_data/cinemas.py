"""Where the demo plays: five invented houses in four Nepali cities, at true coordinates, with nine halls and prices."""

from dataclasses import dataclass

from venues.models import LonelySeats


@dataclass(frozen=True, slots=True)
class HallFacts:
    """plan: a file of venues/plans. opens: minutes after midnight of the first show, on weekdays and on Saturdays."""

    name: str
    plan: str
    opens: tuple[int, int]
    formats: tuple[str, ...] = ("2D",)
    cleaning: int = 15


@dataclass(frozen=True, slots=True)
class Rates:
    """What a seat costs in the evening, by zone. Wheelchair places and companions pay the usual one anywhere."""

    usual: int
    zones: dict[str, int]


@dataclass(frozen=True, slots=True)
class CinemaFacts:
    slug: str
    name: str
    name_ne: str
    city: str
    city_ne: str
    street: str
    district: str
    state: str
    zip: str
    latitude: str
    longitude: str
    phone: str
    halls: tuple[HallFacts, ...]
    rates: Rates
    lonely_seats: LonelySeats = LonelySeats.OFF


# Of the evening price, in percent.
DAYPARTS = {"MORNING": 70, "MATINEE": 85, "EVENING": 100}

CONCERT_SLUG = "bhrikuti-concert-hall-kathmandu"

CINEMAS = (
    CinemaFacts(
        slug="sagarmatha-cineplex-kathmandu",
        name="Sagarmatha Cineplex",
        name_ne="सगरमाथा सिनेप्लेक्स",
        city="Kathmandu",
        city_ne="काठमाडौँ",
        street="Madan Bhandari Road, New Baneshwor",
        district="Kathmandu",
        state="Bagmati",
        zip="44600",
        latitude="27.691500",
        longitude="85.342000",
        phone="01-5550110",
        halls=(
            HallFacts("Hall 1", "grand", opens=(690, 570), formats=("2D", "3D"), cleaning=20),
            HallFacts("Hall 2", "classic", opens=(645, 600)),
            HallFacts("Gold Lounge", "lounge", opens=(840, 720), cleaning=25),
        ),
        rates=Rates(usual=350, zones={"PREMIUM": 450, "VIP": 750, "COUPLE": 900}),
    ),
    CinemaFacts(
        slug="patan-talkies-lalitpur",
        name="Patan Talkies",
        name_ne="पाटन टकिज",
        city="Lalitpur",
        city_ne="ललितपुर",
        street="Kumaripati",
        district="Lalitpur",
        state="Bagmati",
        zip="44700",
        latitude="27.669000",
        longitude="85.320600",
        phone="01-5550120",
        halls=(
            HallFacts("Hall 1", "family", opens=(630, 585)),
            HallFacts("Hall 2", "corner", opens=(735, 630)),
        ),
        rates=Rates(usual=300, zones={"PREMIUM": 400, "COUPLE": 650}),
    ),
    CinemaFacts(
        slug="phewa-screens-pokhara",
        name="Phewa Screens",
        name_ne="फेवा स्क्रिन्स",
        city="Pokhara",
        city_ne="पोखरा",
        street="Baidam Road, Lakeside",
        district="Kaski",
        state="Gandaki",
        zip="33700",
        latitude="28.209600",
        longitude="83.957000",
        phone="061-550130",
        halls=(
            HallFacts("Panorama", "panorama", opens=(675, 600), formats=("2D", "3D"), cleaning=20),
            HallFacts("Hall 2", "fan", opens=(780, 660)),
        ),
        rates=Rates(usual=280, zones={"PREMIUM": 380, "VIP": 550}),
    ),
    CinemaFacts(
        slug="koshi-chalchitra-biratnagar",
        name="Koshi Chalchitra Mandir",
        name_ne="कोशी चलचित्र मन्दिर",
        city="Biratnagar",
        city_ne="विराटनगर",
        street="Main Road",
        district="Morang",
        state="Koshi",
        zip="56613",
        latitude="26.452500",
        longitude="87.271800",
        phone="021-550140",
        halls=(
            HallFacts("Balcony Hall", "heritage", opens=(705, 660), cleaning=20),
            HallFacts("Upstairs", "compact", opens=(795, 675)),
        ),
        rates=Rates(usual=220, zones={"PREMIUM": 300}),
        lonely_seats=LonelySeats.LENIENT,
    ),
    CinemaFacts(
        slug=CONCERT_SLUG,
        name="Bhrikuti Concert Hall",
        name_ne="भृकुटी कन्सर्ट हल",
        city="Kathmandu",
        city_ne="काठमाडौँ",
        street="Bhrikutimandap",
        district="Kathmandu",
        state="Bagmati",
        zip="44600",
        latitude="27.701000",
        longitude="85.319000",
        phone="01-5550150",
        halls=(HallFacts("Main Auditorium", "concert-hall", opens=(0, 0), cleaning=60),),
        rates=Rates(usual=1500, zones={"VIP": 5000, "PREMIUM": 3000, "BOX": 4000, "GALLERY": 800}),
    ),
)

"""What exists: cinemas, halls and their layouts, movies, showtimes, prices. Slow data, changed by staff."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from showsewa import ids


class ConflictPolicy(models.TextChoices):
    """Who keeps a seat that two channels have sold."""

    IN_THE_HALL = "IN_THE_HALL", _("Who is in the hall: box office before online")
    FIRST_COMMIT = "FIRST_COMMIT", _("Whose sale reached us first")


class LonelySeats(models.TextChoices):
    """What a customer may do to the seat beside: leave it free with nobody free next to it, or not."""

    STRICT = "STRICT", _("Refused where the hall has another choice as good")
    LENIENT = "LENIENT", _("Refused where moving along the row helps; who comes alone sits anywhere")
    OFF = "OFF", _("Allowed")


class SeatType(models.TextChoices):
    STANDARD = "STANDARD", _("Standard")
    PREMIUM = "PREMIUM", _("Premium")
    VIP = "VIP", _("VIP")
    WHEELCHAIR = "WHEELCHAIR", _("Wheelchair")
    COMPANION = "COMPANION", _("Companion")
    RECLINER = "RECLINER", _("Recliner")
    SOFA = "SOFA", _("Sofa")


class Daypart(models.TextChoices):
    ANY = "ANY", _("Any time")
    MORNING = "MORNING", _("Before noon")
    MATINEE = "MATINEE", _("Noon to 5 pm")
    EVENING = "EVENING", _("After 5 pm")


@pghistory.track()
class Cinema(models.Model):
    """One place with halls. Its zone decides what "today" is, its currency what a price means."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    name = models.CharField(_("name"), max_length=255)
    name_ne = models.CharField(_("name in Nepali"), max_length=255, blank=True)
    slug = models.SlugField(max_length=80, unique=True)
    street = models.CharField(_("street"), max_length=255, blank=True)
    city = models.CharField(_("city"), max_length=80)
    city_ne = models.CharField(_("city in Nepali"), max_length=80, blank=True)
    district = models.CharField(_("district"), max_length=80, blank=True)
    state = models.CharField(_("province"), max_length=80, blank=True)
    zip = models.CharField(_("postal code"), max_length=16, blank=True)
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Kathmandu")
    currency = models.CharField(_("currency"), max_length=3, default="NPR")
    phone = models.CharField(_("phone"), max_length=24, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    image_keys = ArrayField(models.CharField(max_length=255), default=list, blank=True, help_text=_("Storage keys."))
    hold_minutes = models.PositiveSmallIntegerField(
        _("hold minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(2), MaxValueValidator(10)],
        help_text=_("How long chosen seats are kept; empty for the usual 5 minutes."),
    )
    lonely_seats = models.CharField(
        _("choices that leave a lonely seat"), max_length=7, choices=LonelySeats.choices, default=LonelySeats.OFF
    )
    companions_until_minutes = models.PositiveSmallIntegerField(
        _("companions' seats are anybody's from"),
        null=True,
        blank=True,
        help_text=_("Minutes before the start; empty for the usual two hours, 0 for never."),
    )
    conflict_policy = models.CharField(
        _("seat sold twice"), max_length=12, choices=ConflictPolicy.choices, default=ConflictPolicy.IN_THE_HALL
    )
    gateways = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("ways to pay"),
        default=list,
        blank=True,
        help_text=_("Empty: all that this site offers."),
    )
    pays_at_counter = models.BooleanField(
        _("pay at the counter later"),
        default=False,
        db_default=False,
        help_text=_("Who books on the website may pay here before the show."),
    )
    counter_minutes = models.PositiveSmallIntegerField(
        _("pay by (minutes before the show)"),
        default=30,
        db_default=30,
        validators=[MinValueValidator(10), MaxValueValidator(1440)],
        help_text=_("Seats that are not paid by then are free again."),
    )
    counter_seats = models.PositiveSmallIntegerField(
        _("most seats to pay at the counter"),
        default=4,
        db_default=4,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
    )
    refund_tiers = models.JSONField(
        _("refund rules"),
        null=True,
        blank=True,
        help_text=_("[[hours before the start, percent], ...]; empty for the usual ones."),
    )
    second_factor_above = models.DecimalField(
        _("refunds above this need a second factor"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    legal_name = models.CharField(_("legal name"), max_length=255, blank=True)
    pan = models.CharField(_("PAN"), max_length=20, blank=True)
    is_sandbox = models.BooleanField(
        _("sandbox"), default=False, help_text=_("For test keys; a live site sells none of its seats to people.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    staff = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="cinemas")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("cinema")
        verbose_name_plural = _("cinemas")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), Lower("city"), name="cinema_name_unique_in_city"),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90)) & Q(longitude__range=(-180, 180)), name="cinema_on_earth"
            ),
            models.CheckConstraint(
                condition=Q(hold_minutes=None) | Q(hold_minutes__range=(2, 10)), name="cinema_hold_minutes_2_to_10"
            ),
            models.CheckConstraint(condition=Q(lonely_seats__in=LonelySeats.values), name="cinema_lonely_seats_known"),
            models.CheckConstraint(
                condition=Q(counter_minutes__range=(10, 1440), counter_seats__range=(1, 10)), name="cinema_counter_sane"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}"


@pghistory.track()
class Hall(models.Model):
    """A room with a screen. Editing its seats makes a new layout version; sold showtimes keep theirs."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    cinema = models.ForeignKey(Cinema, on_delete=models.PROTECT, related_name="halls")
    name = models.CharField(_("name"), max_length=80)
    layout = models.ForeignKey(
        "HallLayout", null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("layout in use")
    )
    cleaning_minutes = models.PositiveSmallIntegerField(_("cleaning minutes"), default=15)

    class Meta:
        verbose_name = _("hall")
        verbose_name_plural = _("halls")
        ordering: ClassVar = ["cinema", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(F("cinema"), Lower("name"), name="hall_name_unique_in_cinema"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.cinema.name}"


class HallLayout(models.Model):
    """One version of a hall's seats, in the shape of `layout.dump`. Never changed: it is cached for ever."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    hall = models.ForeignKey(Hall, on_delete=models.CASCADE, related_name="layouts")
    version = models.PositiveIntegerField()
    seat_layout = models.JSONField(_("seat layout"))
    seat_count = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("hall layout")
        verbose_name_plural = _("hall layouts")
        ordering: ClassVar = ["hall", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hall", "version"], name="hall_layout_version_unique"),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="immutable", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.hall} v{self.version}"


class Seat(models.Model):
    """One chair of one layout version. `ordinal` is its place in the layout and in every state string."""

    layout = models.ForeignKey(HallLayout, on_delete=models.CASCADE, related_name="seats", db_index=False)
    ordinal = models.PositiveIntegerField()
    label = models.CharField(max_length=12)
    row_label = models.CharField(max_length=12)
    number = models.PositiveIntegerField(help_text="Place in the row, counted from its left end.")
    section = models.CharField(max_length=80)
    zone = models.CharField(max_length=80)
    seat_type = models.CharField(max_length=12, choices=SeatType.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["layout", "ordinal"], name="seat_ordinal_unique_in_layout"),
            models.UniqueConstraint(fields=["layout", "label"], name="seat_label_unique_in_layout"),
            models.CheckConstraint(condition=Q(seat_type__in=SeatType.values), name="seat_type_known"),
        ]

    def __str__(self) -> str:
        return self.label


@pghistory.track()
class Movie(models.Model):
    """What is shown: a film, or an event such as a concert. The database keeps its `words` for `search` beside this.

    made_by: the actor who made it over the API, and nobody but they (and staff) may change it there.
    """

    class Kind(models.TextChoices):
        MOVIE = "MOVIE", _("Movie")
        EVENT = "EVENT", _("Event")

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.MOVIE)
    title = models.CharField(_("title"), max_length=255)
    title_ne = models.CharField(_("title in Nepali"), max_length=255, blank=True)
    synopsis = models.TextField(_("synopsis"), blank=True)
    synopsis_ne = models.TextField(_("synopsis in Nepali"), blank=True)
    genres = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("genres"))
    languages = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("languages"))
    keywords = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("keywords"))
    people = models.TextField(_("cast and makers"), blank=True)
    runtime_minutes = models.PositiveSmallIntegerField(
        _("running time"), default=120, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    certificate = models.CharField(_("certificate"), max_length=8, blank=True)
    poster_key = models.CharField(_("poster"), max_length=255, blank=True, help_text=_("Storage key; empty: drawn."))
    metadata = models.JSONField(default=dict, blank=True)
    released_on = models.DateField(_("released"), null=True, blank=True)
    is_foreign = models.BooleanField(_("foreign film"), default=False, help_text=_("Some taxes are for these alone."))
    is_sandbox = models.BooleanField(
        _("sandbox"), default=False, help_text=_("Made with a test key; a live site shows it to nobody else.")
    )
    made_by = models.CharField(max_length=120, blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("movie")
        verbose_name_plural = _("movies")
        ordering: ClassVar = ["title"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(runtime_minutes__range=(1, 1440)), name="movie_runtime_1_to_1440"),
        ]

    def __str__(self) -> str:
        return self.title


class _TimeRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


@pghistory.track()
class Showtime(models.Model):
    """One showing. `busy_until` (end plus cleaning) keeps the next one out of the hall, by constraint."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    movie = models.ForeignKey(Movie, on_delete=models.PROTECT, related_name="showtimes", db_index=False)
    cinema = models.ForeignKey(Cinema, on_delete=models.PROTECT, related_name="showtimes", db_index=False)
    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="showtimes", db_index=False)
    layout = models.ForeignKey(HallLayout, on_delete=models.PROTECT, related_name="showtimes")
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    busy_until = models.DateTimeField(_("hall busy until"))
    format = models.CharField(_("format"), max_length=12, default="2D")
    language = models.CharField(_("language"), max_length=40, blank=True)
    subtitles = models.CharField(_("subtitles"), max_length=40, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("showtime")
        verbose_name_plural = _("showtimes")
        ordering: ClassVar = ["starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), busy_until__gte=F("ends_at")), name="showtime_ends_after_start"
            ),
            ExclusionConstraint(
                name="showtime_hall_not_double_used",
                expressions=[
                    ("hall", RangeOperators.EQUAL),
                    (_TimeRange("starts_at", "busy_until", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(cancelled_at=None),
            ),
        ]
        indexes: ClassVar = [
            # Both carry what searching reads of a showtime, so that it never visits the rows themselves.
            models.Index(
                fields=["cinema", "starts_at"],
                include=["movie", "language", "cancelled_at", "id"],
                name="showtime_by_cinema_and_start",
            ),
            models.Index(
                fields=["movie", "starts_at"],
                include=["cinema", "language", "cancelled_at", "id"],
                name="showtime_by_movie_and_start",
            ),
            # The opener of sales looks for what starts later, over all cinemas.
            models.Index(fields=["starts_at"], name="showtime_by_start"),
        ]

    def __str__(self) -> str:
        return f"{self.movie}, {timezone.localtime(self.starts_at):%a %d %b %H:%M}"


@pghistory.track()
class Price(models.Model):
    """What a seat of this zone and type costs at this showtime. An empty zone or type means any."""

    showtime = models.ForeignKey(Showtime, on_delete=models.CASCADE, related_name="prices", db_index=False)
    zone = models.CharField(_("zone"), max_length=80, blank=True)
    seat_type = models.CharField(_("seat type"), max_length=12, choices=SeatType.choices, blank=True)
    amount = models.DecimalField(_("price"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["showtime", "zone", "seat_type"], name="price_unique_in_showtime"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.zone or '*'}/{self.seat_type or '*'}: {self.amount}"


@pghistory.track()
class PriceCard(models.Model):
    """A cinema's usual prices, copied onto a showtime when it is scheduled without prices of its own."""

    cinema = models.ForeignKey(Cinema, on_delete=models.CASCADE, related_name="price_cards", db_index=False)
    zone = models.CharField(_("zone"), max_length=80, blank=True)
    seat_type = models.CharField(_("seat type"), max_length=12, choices=SeatType.choices, blank=True)
    daypart = models.CharField(_("time of day"), max_length=8, choices=Daypart.choices, default=Daypart.ANY)
    amount = models.DecimalField(_("price"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("usual price")
        verbose_name_plural = _("usual prices")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cinema", "zone", "seat_type", "daypart"], name="price_card_unique"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_card_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.zone or '*'}/{self.seat_type or '*'} {self.daypart}: {self.amount}"

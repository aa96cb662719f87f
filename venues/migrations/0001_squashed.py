"""Cinemas, halls and their layouts, movies, showtimes and prices."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import showsewa.ids
import venues.models


class Migration(migrations.Migration):
    initial = True

    # A database that has all of these is there already.
    replaces = [
        ("venues", name)
        for name in (
            "0001_initial",
            "0002_sandbox_and_conflict_policy",
            "0003_who_made_a_movie",
            "0005_ways_to_pay",
            "0006_pay_at_counter",
            "0007_search_speed",
            "0008_lonely_seats",
            "0009_lonely_seats_when_asked",
        )
    ]

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("showsewa", "__first__"),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Cinema",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("name_ne", models.CharField(blank=True, max_length=255, verbose_name="name in Nepali")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("street", models.CharField(blank=True, max_length=255, verbose_name="street")),
                ("city", models.CharField(max_length=80, verbose_name="city")),
                ("city_ne", models.CharField(blank=True, max_length=80, verbose_name="city in Nepali")),
                ("district", models.CharField(blank=True, max_length=80, verbose_name="district")),
                ("state", models.CharField(blank=True, max_length=80, verbose_name="province")),
                ("zip", models.CharField(blank=True, max_length=16, verbose_name="postal code")),
                (
                    "latitude",
                    models.DecimalField(
                        decimal_places=6,
                        max_digits=9,
                        validators=[
                            django.core.validators.MinValueValidator(-90),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="latitude",
                    ),
                ),
                (
                    "longitude",
                    models.DecimalField(
                        decimal_places=6,
                        max_digits=9,
                        validators=[
                            django.core.validators.MinValueValidator(-180),
                            django.core.validators.MaxValueValidator(180),
                        ],
                        verbose_name="longitude",
                    ),
                ),
                ("time_zone", models.CharField(default="Asia/Kathmandu", max_length=64, verbose_name="time zone")),
                ("currency", models.CharField(default="NPR", max_length=3, verbose_name="currency")),
                ("phone", models.CharField(blank=True, max_length=24, verbose_name="phone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "image_keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=255),
                        blank=True,
                        default=list,
                        help_text="Storage keys.",
                        size=None,
                    ),
                ),
                (
                    "hold_minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="How long chosen seats are kept; empty for the usual 5 minutes.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(10),
                        ],
                        verbose_name="hold minutes",
                    ),
                ),
                (
                    "lonely_seats",
                    models.CharField(
                        choices=[
                            ("STRICT", "Refused where the hall has another choice as good"),
                            ("LENIENT", "Refused where moving along the row helps; who comes alone sits anywhere"),
                            ("OFF", "Allowed"),
                        ],
                        default="OFF",
                        max_length=7,
                        verbose_name="choices that leave a lonely seat",
                    ),
                ),
                (
                    "companions_until_minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Minutes before the start; empty for the usual two hours, 0 for never.",
                        null=True,
                        verbose_name="companions' seats are anybody's from",
                    ),
                ),
                (
                    "conflict_policy",
                    models.CharField(
                        choices=[
                            ("IN_THE_HALL", "Who is in the hall: box office before online"),
                            ("FIRST_COMMIT", "Whose sale reached us first"),
                        ],
                        default="IN_THE_HALL",
                        max_length=12,
                        verbose_name="seat sold twice",
                    ),
                ),
                (
                    "gateways",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        help_text="Empty: all that this site offers.",
                        size=None,
                        verbose_name="ways to pay",
                    ),
                ),
                (
                    "pays_at_counter",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Who books on the website may pay here before the show.",
                        verbose_name="pay at the counter later",
                    ),
                ),
                (
                    "counter_minutes",
                    models.PositiveSmallIntegerField(
                        db_default=30,
                        default=30,
                        help_text="Seats that are not paid by then are free again.",
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="pay by (minutes before the show)",
                    ),
                ),
                (
                    "counter_seats",
                    models.PositiveSmallIntegerField(
                        db_default=4,
                        default=4,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10),
                        ],
                        verbose_name="most seats to pay at the counter",
                    ),
                ),
                (
                    "refund_tiers",
                    models.JSONField(
                        blank=True,
                        help_text="[[hours before the start, percent], ...]; empty for the usual ones.",
                        null=True,
                        verbose_name="refund rules",
                    ),
                ),
                (
                    "second_factor_above",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="refunds above this need a second factor",
                    ),
                ),
                ("legal_name", models.CharField(blank=True, max_length=255, verbose_name="legal name")),
                ("pan", models.CharField(blank=True, max_length=20, verbose_name="PAN")),
                (
                    "is_sandbox",
                    models.BooleanField(
                        default=False,
                        help_text="For test keys; a live site sells none of its seats to people.",
                        verbose_name="sandbox",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("staff", models.ManyToManyField(blank=True, related_name="cinemas", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "verbose_name": "cinema",
                "verbose_name_plural": "cinemas",
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        django.db.models.functions.text.Lower("city"),
                        name="cinema_name_unique_in_city",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                        name="cinema_on_earth",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("hold_minutes", None), ("hold_minutes__range", (2, 10)), _connector="OR"),
                        name="cinema_hold_minutes_2_to_10",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("lonely_seats__in", ["STRICT", "LENIENT", "OFF"])),
                        name="cinema_lonely_seats_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("counter_minutes__range", (10, 1440)), ("counter_seats__range", (1, 10))),
                        name="cinema_counter_sane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Movie",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(choices=[("MOVIE", "Movie"), ("EVENT", "Event")], default="MOVIE", max_length=5),
                ),
                ("title", models.CharField(max_length=255, verbose_name="title")),
                ("title_ne", models.CharField(blank=True, max_length=255, verbose_name="title in Nepali")),
                ("synopsis", models.TextField(blank=True, verbose_name="synopsis")),
                ("synopsis_ne", models.TextField(blank=True, verbose_name="synopsis in Nepali")),
                (
                    "genres",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="genres",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="languages",
                    ),
                ),
                (
                    "keywords",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="keywords",
                    ),
                ),
                ("people", models.TextField(blank=True, verbose_name="cast and makers")),
                (
                    "runtime_minutes",
                    models.PositiveSmallIntegerField(
                        default=120,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="running time",
                    ),
                ),
                ("certificate", models.CharField(blank=True, max_length=8, verbose_name="certificate")),
                (
                    "poster_key",
                    models.CharField(
                        blank=True, help_text="Storage key; empty: drawn.", max_length=255, verbose_name="poster"
                    ),
                ),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("released_on", models.DateField(blank=True, null=True, verbose_name="released")),
                (
                    "is_foreign",
                    models.BooleanField(
                        default=False, help_text="Some taxes are for these alone.", verbose_name="foreign film"
                    ),
                ),
                (
                    "is_sandbox",
                    models.BooleanField(
                        default=False,
                        help_text="Made with a test key; a live site shows it to nobody else.",
                        verbose_name="sandbox",
                    ),
                ),
                ("made_by", models.CharField(blank=True, editable=False, max_length=120)),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "movie",
                "verbose_name_plural": "movies",
                "ordering": ["title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("runtime_minutes__range", (1, 1440))), name="movie_runtime_1_to_1440"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MovieEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="venues.movie",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, serialize=False)),
                (
                    "kind",
                    models.CharField(choices=[("MOVIE", "Movie"), ("EVENT", "Event")], default="MOVIE", max_length=5),
                ),
                ("title", models.CharField(max_length=255, verbose_name="title")),
                ("title_ne", models.CharField(blank=True, max_length=255, verbose_name="title in Nepali")),
                ("synopsis", models.TextField(blank=True, verbose_name="synopsis")),
                ("synopsis_ne", models.TextField(blank=True, verbose_name="synopsis in Nepali")),
                (
                    "genres",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="genres",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="languages",
                    ),
                ),
                (
                    "keywords",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="keywords",
                    ),
                ),
                ("people", models.TextField(blank=True, verbose_name="cast and makers")),
                (
                    "runtime_minutes",
                    models.PositiveSmallIntegerField(
                        default=120,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="running time",
                    ),
                ),
                ("certificate", models.CharField(blank=True, max_length=8, verbose_name="certificate")),
                (
                    "poster_key",
                    models.CharField(
                        blank=True, help_text="Storage key; empty: drawn.", max_length=255, verbose_name="poster"
                    ),
                ),
                ("metadata", models.JSONField(blank=True, default=dict)),
                ("released_on", models.DateField(blank=True, null=True, verbose_name="released")),
                (
                    "is_foreign",
                    models.BooleanField(
                        default=False, help_text="Some taxes are for these alone.", verbose_name="foreign film"
                    ),
                ),
                (
                    "is_sandbox",
                    models.BooleanField(
                        default=False,
                        help_text="Made with a test key; a live site shows it to nobody else.",
                        verbose_name="sandbox",
                    ),
                ),
                ("made_by", models.CharField(blank=True, editable=False, max_length=120)),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PriceCard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cinema",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="price_cards",
                        to="venues.cinema",
                    ),
                ),
                ("zone", models.CharField(blank=True, max_length=80, verbose_name="zone")),
                (
                    "seat_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("STANDARD", "Standard"),
                            ("PREMIUM", "Premium"),
                            ("VIP", "VIP"),
                            ("WHEELCHAIR", "Wheelchair"),
                            ("COMPANION", "Companion"),
                            ("RECLINER", "Recliner"),
                            ("SOFA", "Sofa"),
                        ],
                        max_length=12,
                        verbose_name="seat type",
                    ),
                ),
                (
                    "daypart",
                    models.CharField(
                        choices=[
                            ("ANY", "Any time"),
                            ("MORNING", "Before noon"),
                            ("MATINEE", "Noon to 5 pm"),
                            ("EVENING", "After 5 pm"),
                        ],
                        default="ANY",
                        max_length=8,
                        verbose_name="time of day",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price",
                    ),
                ),
            ],
            options={
                "verbose_name": "usual price",
                "verbose_name_plural": "usual prices",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cinema", "zone", "seat_type", "daypart"), name="price_card_unique"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="price_card_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CinemaEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="venues.cinema",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, serialize=False)),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("name_ne", models.CharField(blank=True, max_length=255, verbose_name="name in Nepali")),
                ("slug", models.SlugField(db_index=False, max_length=80)),
                ("street", models.CharField(blank=True, max_length=255, verbose_name="street")),
                ("city", models.CharField(max_length=80, verbose_name="city")),
                ("city_ne", models.CharField(blank=True, max_length=80, verbose_name="city in Nepali")),
                ("district", models.CharField(blank=True, max_length=80, verbose_name="district")),
                ("state", models.CharField(blank=True, max_length=80, verbose_name="province")),
                ("zip", models.CharField(blank=True, max_length=16, verbose_name="postal code")),
                (
                    "latitude",
                    models.DecimalField(
                        decimal_places=6,
                        max_digits=9,
                        validators=[
                            django.core.validators.MinValueValidator(-90),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="latitude",
                    ),
                ),
                (
                    "longitude",
                    models.DecimalField(
                        decimal_places=6,
                        max_digits=9,
                        validators=[
                            django.core.validators.MinValueValidator(-180),
                            django.core.validators.MaxValueValidator(180),
                        ],
                        verbose_name="longitude",
                    ),
                ),
                ("time_zone", models.CharField(default="Asia/Kathmandu", max_length=64, verbose_name="time zone")),
                ("currency", models.CharField(default="NPR", max_length=3, verbose_name="currency")),
                ("phone", models.CharField(blank=True, max_length=24, verbose_name="phone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "image_keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=255),
                        blank=True,
                        default=list,
                        help_text="Storage keys.",
                        size=None,
                    ),
                ),
                (
                    "hold_minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="How long chosen seats are kept; empty for the usual 5 minutes.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(2),
                            django.core.validators.MaxValueValidator(10),
                        ],
                        verbose_name="hold minutes",
                    ),
                ),
                (
                    "lonely_seats",
                    models.CharField(
                        choices=[
                            ("STRICT", "Refused where the hall has another choice as good"),
                            ("LENIENT", "Refused where moving along the row helps; who comes alone sits anywhere"),
                            ("OFF", "Allowed"),
                        ],
                        default="OFF",
                        max_length=7,
                        verbose_name="choices that leave a lonely seat",
                    ),
                ),
                (
                    "companions_until_minutes",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Minutes before the start; empty for the usual two hours, 0 for never.",
                        null=True,
                        verbose_name="companions' seats are anybody's from",
                    ),
                ),
                (
                    "conflict_policy",
                    models.CharField(
                        choices=[
                            ("IN_THE_HALL", "Who is in the hall: box office before online"),
                            ("FIRST_COMMIT", "Whose sale reached us first"),
                        ],
                        default="IN_THE_HALL",
                        max_length=12,
                        verbose_name="seat sold twice",
                    ),
                ),
                (
                    "gateways",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        help_text="Empty: all that this site offers.",
                        size=None,
                        verbose_name="ways to pay",
                    ),
                ),
                (
                    "pays_at_counter",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Who books on the website may pay here before the show.",
                        verbose_name="pay at the counter later",
                    ),
                ),
                (
                    "counter_minutes",
                    models.PositiveSmallIntegerField(
                        db_default=30,
                        default=30,
                        help_text="Seats that are not paid by then are free again.",
                        validators=[
                            django.core.validators.MinValueValidator(10),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="pay by (minutes before the show)",
                    ),
                ),
                (
                    "counter_seats",
                    models.PositiveSmallIntegerField(
                        db_default=4,
                        default=4,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10),
                        ],
                        verbose_name="most seats to pay at the counter",
                    ),
                ),
                (
                    "refund_tiers",
                    models.JSONField(
                        blank=True,
                        help_text="[[hours before the start, percent], ...]; empty for the usual ones.",
                        null=True,
                        verbose_name="refund rules",
                    ),
                ),
                (
                    "second_factor_above",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        verbose_name="refunds above this need a second factor",
                    ),
                ),
                ("legal_name", models.CharField(blank=True, max_length=255, verbose_name="legal name")),
                ("pan", models.CharField(blank=True, max_length=20, verbose_name="PAN")),
                (
                    "is_sandbox",
                    models.BooleanField(
                        default=False,
                        help_text="For test keys; a live site sells none of its seats to people.",
                        verbose_name="sandbox",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PriceCardEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="venues.pricecard",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "cinema",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="venues.cinema",
                    ),
                ),
                ("zone", models.CharField(blank=True, max_length=80, verbose_name="zone")),
                (
                    "seat_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("STANDARD", "Standard"),
                            ("PREMIUM", "Premium"),
                            ("VIP", "VIP"),
                            ("WHEELCHAIR", "Wheelchair"),
                            ("COMPANION", "Companion"),
                            ("RECLINER", "Recliner"),
                            ("SOFA", "Sofa"),
                        ],
                        max_length=12,
                        verbose_name="seat type",
                    ),
                ),
                (
                    "daypart",
                    models.CharField(
                        choices=[
                            ("ANY", "Any time"),
                            ("MORNING", "Before noon"),
                            ("MATINEE", "Noon to 5 pm"),
                            ("EVENING", "After 5 pm"),
                        ],
                        default="ANY",
                        max_length=8,
                        verbose_name="time of day",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Hall",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "cinema",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="halls", to="venues.cinema"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("cleaning_minutes", models.PositiveSmallIntegerField(default=15, verbose_name="cleaning minutes")),
            ],
            options={
                "verbose_name": "hall",
                "verbose_name_plural": "halls",
                "ordering": ["cinema", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("cinema"),
                        django.db.models.functions.text.Lower("name"),
                        name="hall_name_unique_in_cinema",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HallLayout",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "hall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="layouts", to="venues.hall"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("seat_layout", models.JSONField(verbose_name="seat layout")),
                ("seat_count", models.PositiveIntegerField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "hall layout",
                "verbose_name_plural": "hall layouts",
                "ordering": ["hall", "-version"],
                "constraints": [models.UniqueConstraint(fields=("hall", "version"), name="hall_layout_version_unique")],
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "layout",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to="venues.halllayout",
                    ),
                ),
                ("ordinal", models.PositiveIntegerField()),
                ("label", models.CharField(max_length=12)),
                ("row_label", models.CharField(max_length=12)),
                ("number", models.PositiveIntegerField(help_text="Place in the row, counted from its left end.")),
                ("section", models.CharField(max_length=80)),
                ("zone", models.CharField(max_length=80)),
                (
                    "seat_type",
                    models.CharField(
                        choices=[
                            ("STANDARD", "Standard"),
                            ("PREMIUM", "Premium"),
                            ("VIP", "VIP"),
                            ("WHEELCHAIR", "Wheelchair"),
                            ("COMPANION", "Companion"),
                            ("RECLINER", "Recliner"),
                            ("SOFA", "Sofa"),
                        ],
                        max_length=12,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("layout", "ordinal"), name="seat_ordinal_unique_in_layout"),
                    models.UniqueConstraint(fields=("layout", "label"), name="seat_label_unique_in_layout"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "seat_type__in",
                                ["STANDARD", "PREMIUM", "VIP", "WHEELCHAIR", "COMPANION", "RECLINER", "SOFA"],
                            )
                        ),
                        name="seat_type_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Showtime",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "movie",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="showtimes",
                        to="venues.movie",
                    ),
                ),
                (
                    "cinema",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="showtimes",
                        to="venues.cinema",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="showtimes",
                        to="venues.hall",
                    ),
                ),
                (
                    "layout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="showtimes", to="venues.halllayout"
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="starts at")),
                ("ends_at", models.DateTimeField(verbose_name="ends at")),
                ("busy_until", models.DateTimeField(verbose_name="hall busy until")),
                ("format", models.CharField(default="2D", max_length=12, verbose_name="format")),
                ("language", models.CharField(blank=True, max_length=40, verbose_name="language")),
                ("subtitles", models.CharField(blank=True, max_length=40, verbose_name="subtitles")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled at")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "showtime",
                "verbose_name_plural": "showtimes",
                "ordering": ["starts_at"],
                "indexes": [
                    models.Index(
                        fields=["cinema", "starts_at"],
                        include=("movie", "language", "cancelled_at", "id"),
                        name="showtime_by_cinema_and_start",
                    ),
                    models.Index(
                        fields=["movie", "starts_at"],
                        include=("cinema", "language", "cancelled_at", "id"),
                        name="showtime_by_movie_and_start",
                    ),
                    models.Index(fields=["starts_at"], name="showtime_by_start"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("busy_until__gte", models.F("ends_at")), ("ends_at__gt", models.F("starts_at"))
                        ),
                        name="showtime_ends_after_start",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("cancelled_at", None)),
                        expressions=[
                            ("hall", "="),
                            (
                                venues.models._TimeRange(
                                    "starts_at", "busy_until", django.contrib.postgres.fields.ranges.RangeBoundary()
                                ),
                                "&&",
                            ),
                        ],
                        name="showtime_hall_not_double_used",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HallEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="venues.hall",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, serialize=False)),
                (
                    "cinema",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="venues.cinema",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "layout",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="venues.halllayout",
                        verbose_name="layout in use",
                    ),
                ),
                ("cleaning_minutes", models.PositiveSmallIntegerField(default=15, verbose_name="cleaning minutes")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "showtime",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prices",
                        to="venues.showtime",
                    ),
                ),
                ("zone", models.CharField(blank=True, max_length=80, verbose_name="zone")),
                (
                    "seat_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("STANDARD", "Standard"),
                            ("PREMIUM", "Premium"),
                            ("VIP", "VIP"),
                            ("WHEELCHAIR", "Wheelchair"),
                            ("COMPANION", "Companion"),
                            ("RECLINER", "Recliner"),
                            ("SOFA", "Sofa"),
                        ],
                        max_length=12,
                        verbose_name="seat type",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price",
                    ),
                ),
            ],
            options={
                "verbose_name": "price",
                "verbose_name_plural": "prices",
                "constraints": [
                    models.UniqueConstraint(fields=("showtime", "zone", "seat_type"), name="price_unique_in_showtime"),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="price_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShowtimeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="venues.showtime",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, serialize=False)),
                (
                    "movie",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="venues.movie",
                    ),
                ),
                (
                    "cinema",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="venues.cinema",
                    ),
                ),
                (
                    "hall",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="venues.hall",
                    ),
                ),
                (
                    "layout",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="venues.halllayout",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="starts at")),
                ("ends_at", models.DateTimeField(verbose_name="ends at")),
                ("busy_until", models.DateTimeField(verbose_name="hall busy until")),
                ("format", models.CharField(default="2D", max_length=12, verbose_name="format")),
                ("language", models.CharField(blank=True, max_length=40, verbose_name="language")),
                ("subtitles", models.CharField(blank=True, max_length=40, verbose_name="subtitles")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled at")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PriceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="venues.price",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                ("id", models.BigIntegerField()),
                (
                    "showtime",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="venues.showtime",
                    ),
                ),
                ("zone", models.CharField(blank=True, max_length=80, verbose_name="zone")),
                (
                    "seat_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("STANDARD", "Standard"),
                            ("PREMIUM", "Premium"),
                            ("VIP", "VIP"),
                            ("WHEELCHAIR", "Wheelchair"),
                            ("COMPANION", "Companion"),
                            ("RECLINER", "Recliner"),
                            ("SOFA", "Sofa"),
                        ],
                        max_length=12,
                        verbose_name="seat type",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="Hall",
            name="layout",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="venues.halllayout",
                verbose_name="layout in use",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="movie",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "venues_movieevent" ("certificate", "created_at", "genres", "id", "is_active", "is_foreign", "is_sandbox", "keywords", "kind", "languages", "made_by", "metadata", "people", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "poster_key", "released_on", "runtime_minutes", "synopsis", "synopsis_ne", "title", "title_ne") VALUES (NEW."certificate", NEW."created_at", NEW."genres", NEW."id", NEW."is_active", NEW."is_foreign", NEW."is_sandbox", NEW."keywords", NEW."kind", NEW."languages", NEW."made_by", NEW."metadata", NEW."people", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."poster_key", NEW."released_on", NEW."runtime_minutes", NEW."synopsis", NEW."synopsis_ne", NEW."title", NEW."title_ne"); RETURN NULL;',
                    hash="85c2f00d2189813b7f8f788af6656c53c93105f3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_331f7",
                    table="venues_movie",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="movie",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "venues_movieevent" ("certificate", "created_at", "genres", "id", "is_active", "is_foreign", "is_sandbox", "keywords", "kind", "languages", "made_by", "metadata", "people", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "poster_key", "released_on", "runtime_minutes", "synopsis", "synopsis_ne", "title", "title_ne") VALUES (NEW."certificate", NEW."created_at", NEW."genres", NEW."id", NEW."is_active", NEW."is_foreign", NEW."is_sandbox", NEW."keywords", NEW."kind", NEW."languages", NEW."made_by", NEW."metadata", NEW."people", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."poster_key", NEW."released_on", NEW."runtime_minutes", NEW."synopsis", NEW."synopsis_ne", NEW."title", NEW."title_ne"); RETURN NULL;',
                    hash="c85254b9755d236dc2cebdb99ee93fc55bb40adf",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_aee43",
                    table="venues_movie",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cinema",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "venues_cinemaevent" ("city", "city_ne", "companions_until_minutes", "conflict_policy", "counter_minutes", "counter_seats", "created_at", "currency", "district", "email", "gateways", "hold_minutes", "id", "image_keys", "is_active", "is_sandbox", "latitude", "legal_name", "lonely_seats", "longitude", "name", "name_ne", "pan", "pays_at_counter", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "refund_tiers", "second_factor_above", "slug", "state", "street", "time_zone", "zip") VALUES (NEW."city", NEW."city_ne", NEW."companions_until_minutes", NEW."conflict_policy", NEW."counter_minutes", NEW."counter_seats", NEW."created_at", NEW."currency", NEW."district", NEW."email", NEW."gateways", NEW."hold_minutes", NEW."id", NEW."image_keys", NEW."is_active", NEW."is_sandbox", NEW."latitude", NEW."legal_name", NEW."lonely_seats", NEW."longitude", NEW."name", NEW."name_ne", NEW."pan", NEW."pays_at_counter", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."refund_tiers", NEW."second_factor_above", NEW."slug", NEW."state", NEW."street", NEW."time_zone", NEW."zip"); RETURN NULL;',
                    hash="c01e4903bb92e2e656b3ff45c4fc9221d02061ac",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_be176",
                    table="venues_cinema",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cinema",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "venues_cinemaevent" ("city", "city_ne", "companions_until_minutes", "conflict_policy", "counter_minutes", "counter_seats", "created_at", "currency", "district", "email", "gateways", "hold_minutes", "id", "image_keys", "is_active", "is_sandbox", "latitude", "legal_name", "lonely_seats", "longitude", "name", "name_ne", "pan", "pays_at_counter", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "refund_tiers", "second_factor_above", "slug", "state", "street", "time_zone", "zip") VALUES (NEW."city", NEW."city_ne", NEW."companions_until_minutes", NEW."conflict_policy", NEW."counter_minutes", NEW."counter_seats", NEW."created_at", NEW."currency", NEW."district", NEW."email", NEW."gateways", NEW."hold_minutes", NEW."id", NEW."image_keys", NEW."is_active", NEW."is_sandbox", NEW."latitude", NEW."legal_name", NEW."lonely_seats", NEW."longitude", NEW."name", NEW."name_ne", NEW."pan", NEW."pays_at_counter", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."refund_tiers", NEW."second_factor_above", NEW."slug", NEW."state", NEW."street", NEW."time_zone", NEW."zip"); RETURN NULL;',
                    hash="c35ce80bd6dd2cdc7e91f9e7e4da6d212f817680",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4aeff",
                    table="venues_cinema",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="halllayout",
            trigger=pgtrigger.compiler.Trigger(
                name="immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="3163c3e38e6aee026f43f6c2c525f645285c4db8",
                    operation="UPDATE",
                    pgid="pgtrigger_immutable_a3551",
                    table="venues_halllayout",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hall",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "venues_hallevent" ("cinema_id", "cleaning_minutes", "id", "layout_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."cinema_id", NEW."cleaning_minutes", NEW."id", NEW."layout_id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="59830cb3a5bed8136edfd891e560309628ff89ed",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d882d",
                    table="venues_hall",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hall",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "venues_hallevent" ("cinema_id", "cleaning_minutes", "id", "layout_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."cinema_id", NEW."cleaning_minutes", NEW."id", NEW."layout_id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="5e35ec4d29214b9439222a6ff9ce70934da5f29f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_423a0",
                    table="venues_hall",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pricecard",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "venues_pricecardevent" ("amount", "cinema_id", "daypart", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "seat_type", "zone") VALUES (NEW."amount", NEW."cinema_id", NEW."daypart", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."seat_type", NEW."zone"); RETURN NULL;',
                    hash="514abb195347dbd169bd9921e7c2d876022ab422",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_89d6d",
                    table="venues_pricecard",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pricecard",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "venues_pricecardevent" ("amount", "cinema_id", "daypart", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "seat_type", "zone") VALUES (NEW."amount", NEW."cinema_id", NEW."daypart", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."seat_type", NEW."zone"); RETURN NULL;',
                    hash="fff72158582fdad9bdd3e950dc3236a283bde876",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d5358",
                    table="venues_pricecard",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="showtime",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "venues_showtimeevent" ("busy_until", "cancelled_at", "cinema_id", "created_at", "ends_at", "format", "hall_id", "id", "language", "layout_id", "movie_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "subtitles") VALUES (NEW."busy_until", NEW."cancelled_at", NEW."cinema_id", NEW."created_at", NEW."ends_at", NEW."format", NEW."hall_id", NEW."id", NEW."language", NEW."layout_id", NEW."movie_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_at", NEW."subtitles"); RETURN NULL;',
                    hash="602963b26e1a3f7c7c390764100bd6677234b9f6",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1ea9f",
                    table="venues_showtime",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="showtime",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "venues_showtimeevent" ("busy_until", "cancelled_at", "cinema_id", "created_at", "ends_at", "format", "hall_id", "id", "language", "layout_id", "movie_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "subtitles") VALUES (NEW."busy_until", NEW."cancelled_at", NEW."cinema_id", NEW."created_at", NEW."ends_at", NEW."format", NEW."hall_id", NEW."id", NEW."language", NEW."layout_id", NEW."movie_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_at", NEW."subtitles"); RETURN NULL;',
                    hash="5d1f2061cefffb65f51b55ff84e48e6468f024d7",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_61635",
                    table="venues_showtime",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="price",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "venues_priceevent" ("amount", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "seat_type", "showtime_id", "zone") VALUES (NEW."amount", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."seat_type", NEW."showtime_id", NEW."zone"); RETURN NULL;',
                    hash="948d28e55626a61e6bf0cab69ac48a1d9d982bed",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8d84b",
                    table="venues_price",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="price",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "venues_priceevent" ("amount", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "seat_type", "showtime_id", "zone") VALUES (NEW."amount", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."seat_type", NEW."showtime_id", NEW."zone"); RETURN NULL;',
                    hash="16657d1191df7a5d8af9c7bbcc196514244fc22a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_5069d",
                    table="venues_price",
                    when="AFTER",
                ),
            ),
        ),
    ]

"""Bookings and their tickets, prices, promos, reviews, and those who wait."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import showsewa.ids


class Migration(migrations.Migration):
    initial = True

    # A database that has all of these is there already.
    replaces = [
        ("bookings", name)
        for name in (
            "0001_initial",
            "0002_notice_facts",
            "0003_offers_and_moved_seats",
            "0004_kept",
            "0005_review",
            "0006_forgetting",
            "0007_fees",
            "0008_pay_at_counter",
            "0009_promo_rules",
            "0009_tax_rules_move_down",
            "0010_waiting",
            "0011_tickets_shared_and_votes",
            "0012_exchanges",
            "0013_favourites",
            "0014_promo_percent_or_amount",
            "0015_parties",
            "0016_language_with_digits",
        )
    ]

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("seatsync", "0001_squashed"),
        ("showsewa", "__first__"),
        ("venues", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="FeeRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cinema",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: everywhere.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fee_rules",
                        to="venues.cinema",
                        verbose_name="cinema",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("name_ne", models.CharField(blank=True, max_length=80, verbose_name="name in Nepali")),
                (
                    "sold_by",
                    models.CharField(
                        choices=[
                            ("WEB", "Our website"),
                            ("COUNTER", "Our counter"),
                            ("CHANNELS", "Channels with a key"),
                        ],
                        default="WEB",
                        max_length=8,
                        verbose_name="sold by",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        help_text="Only this channel's sales. Empty: all of that kind.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fee_rules",
                        to="seatsync.channel",
                        verbose_name="channel",
                    ),
                ),
                (
                    "per",
                    models.CharField(
                        choices=[("TICKET", "Ticket"), ("BOOKING", "Booking")],
                        default="TICKET",
                        max_length=7,
                        verbose_name="per",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="amount",
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Of the tickets' prices.",
                        max_digits=5,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="percentage",
                    ),
                ),
                (
                    "is_returned",
                    models.BooleanField(
                        default=False,
                        help_text="When we cancel the show or lose the seat, it is given back in any case.",
                        verbose_name="given back when the customer cancels",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
            ],
            options={
                "verbose_name": "fee",
                "verbose_name_plural": "fees",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gte", 0), ("amount__isnull", False), ("percent", None)),
                            models.Q(("amount", None), ("percent__isnull", False), ("percent__range", (0, 100))),
                            _connector="OR",
                        ),
                        name="fee_rule_amount_or_percent",
                        violation_error_message="Give either a percentage or an amount.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("channel", None), ("sold_by", "CHANNELS"), _connector="OR"),
                        name="fee_rule_channel_with_a_key",
                        violation_error_message="One channel goes with channels with a key.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                        name="fee_rule_days_in_order",
                        violation_error_message="The last day comes before the first.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromoCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                (
                    "is_single_use",
                    models.BooleanField(
                        default=False,
                        help_text="This code is then only the name of the rule: buyers type codes made for them, each good once.",
                        verbose_name="single-use codes",
                    ),
                ),
                (
                    "percent",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="percent",
                    ),
                ),
                (
                    "max_discount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Of a percentage, a booking.",
                        max_digits=12,
                        null=True,
                        verbose_name="largest discount",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="amount"),
                ),
                (
                    "minimum",
                    models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name="minimum purchase"),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="valid from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="valid until")),
                ("max_uses", models.PositiveIntegerField(blank=True, null=True, verbose_name="most uses")),
                (
                    "max_uses_person",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="A person is who has the same account, e-mail address or phone number.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="most uses a person",
                    ),
                ),
                ("used", models.PositiveIntegerField(default=0, editable=False, verbose_name="used")),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            choices=[
                                (1, "Monday"),
                                (2, "Tuesday"),
                                (3, "Wednesday"),
                                (4, "Thursday"),
                                (5, "Friday"),
                                (6, "Saturday"),
                                (7, "Sunday"),
                            ]
                        ),
                        blank=True,
                        default=list,
                        help_text="Of the show, by the clock of its cinema. None: every day.",
                        size=None,
                        verbose_name="weekdays",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "cinemas",
                    models.ManyToManyField(
                        blank=True, help_text="Empty: everywhere.", to="venues.cinema", verbose_name="cinemas"
                    ),
                ),
                (
                    "movies",
                    models.ManyToManyField(
                        blank=True, help_text="Empty: every movie.", to="venues.movie", verbose_name="movies"
                    ),
                ),
            ],
            options={
                "verbose_name": "promo code",
                "verbose_name_plural": "promo codes",
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Upper("code"), name="promo_code_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount", None), ("percent__isnull", False), ("percent__range", (1, 100))),
                            models.Q(("amount__gt", 0), ("amount__isnull", False), ("percent", None)),
                            _connector="OR",
                        ),
                        name="promo_code_percent_or_amount",
                        violation_error_message="Give either a percentage or an amount.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("max_discount", None),
                            models.Q(("max_discount__gt", 0), ("percent__isnull", False)),
                            _connector="OR",
                        ),
                        name="promo_code_cap_of_percentage",
                        violation_error_message="A largest discount belongs to a percentage.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("max_uses", None), ("used__lte", models.F("max_uses")), _connector="OR"),
                        name="promo_code_not_overused",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("max_uses_person", None), ("max_uses_person__gte", 1), _connector="OR"),
                        name="promo_code_person_limit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekdays__contained_by", [1, 2, 3, 4, 5, 6, 7])),
                        name="promo_code_weekdays_of_iso",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cinema",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tax_rules",
                        to="venues.cinema",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("name_ne", models.CharField(blank=True, max_length=80, verbose_name="name in Nepali")),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="percentage")),
                (
                    "applies_to",
                    models.CharField(
                        choices=[("ALL", "All shows"), ("FOREIGN", "Foreign films")],
                        default="ALL",
                        max_length=7,
                        verbose_name="applies to",
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[("INSIDE", "Inside the prices"), ("ON_TOP", "On top of the prices")],
                        db_default="INSIDE",
                        default="INSIDE",
                        max_length=6,
                        verbose_name="how",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
            ],
            options={
                "verbose_name": "tax rule",
                "verbose_name_plural": "tax rules",
                "db_table": "payments_taxrule",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percent__range", (0, 100))), name="tax_rule_percent_sane"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WaitingRoom",
            fields=[
                (
                    "showtime",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="waiting_room",
                        serialize=False,
                        to="venues.showtime",
                    ),
                ),
                (
                    "limit",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Who choose seats at once; empty for the usual number.",
                        null=True,
                        verbose_name="people at a time",
                    ),
                ),
                ("opened_at", models.DateTimeField(editable=False, null=True, verbose_name="open since")),
                (
                    "is_sold_out",
                    models.BooleanField(db_default=False, default=False, editable=False, verbose_name="sold out"),
                ),
                (
                    "last_number",
                    models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name="have come"),
                ),
                (
                    "front",
                    models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name="let in up to"),
                ),
                ("rate", models.FloatField(editable=False, null=True, verbose_name="let in a minute")),
                (
                    "free",
                    models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name="free seats"),
                ),
                (
                    "held",
                    models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name="held seats"),
                ),
                (
                    "advanced_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="last let in"
                    ),
                ),
            ],
            options={
                "verbose_name": "waiting room",
                "verbose_name_plural": "waiting rooms",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("front__lte", models.F("last_number"))), name="waiting_room_front_has_come"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Favourite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="favourites",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "movie",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="favourites",
                        to="venues.movie",
                    ),
                ),
                (
                    "cinema",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="favourites",
                        to="venues.cinema",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "favourite",
                "verbose_name_plural": "favourites",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cinema__isnull", False), ("movie", None)),
                            models.Q(("cinema", None), ("movie__isnull", False)),
                            _connector="OR",
                        ),
                        name="favourite_of_one_thing",
                    ),
                    models.UniqueConstraint(fields=("user", "movie"), name="favourite_movie_once"),
                    models.UniqueConstraint(fields=("user", "cinema"), name="favourite_cinema_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromoBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "promo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="bookings.promocode",
                        verbose_name="promo code",
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="codes")),
                ("note", models.CharField(blank=True, max_length=255, verbose_name="what for")),
                ("actor", models.CharField(max_length=120, verbose_name="made by")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="made"),
                ),
            ],
            options={
                "verbose_name": "batch of codes",
                "verbose_name_plural": "batches of codes",
            },
        ),
        migrations.CreateModel(
            name="FeeRuleEvent",
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
                        to="bookings.feerule",
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
                        blank=True,
                        db_constraint=False,
                        help_text="Empty: everywhere.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="venues.cinema",
                        verbose_name="cinema",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("name_ne", models.CharField(blank=True, max_length=80, verbose_name="name in Nepali")),
                (
                    "sold_by",
                    models.CharField(
                        choices=[
                            ("WEB", "Our website"),
                            ("COUNTER", "Our counter"),
                            ("CHANNELS", "Channels with a key"),
                        ],
                        default="WEB",
                        max_length=8,
                        verbose_name="sold by",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        help_text="Only this channel's sales. Empty: all of that kind.",
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="seatsync.channel",
                        verbose_name="channel",
                    ),
                ),
                (
                    "per",
                    models.CharField(
                        choices=[("TICKET", "Ticket"), ("BOOKING", "Booking")],
                        default="TICKET",
                        max_length=7,
                        verbose_name="per",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=12,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="amount",
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Of the tickets' prices.",
                        max_digits=5,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="percentage",
                    ),
                ),
                (
                    "is_returned",
                    models.BooleanField(
                        default=False,
                        help_text="When we cancel the show or lose the seat, it is given back in any case.",
                        verbose_name="given back when the customer cancels",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PromoCodeEvent",
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
                        to="bookings.promocode",
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
                ("code", models.CharField(max_length=40, verbose_name="code")),
                (
                    "is_single_use",
                    models.BooleanField(
                        default=False,
                        help_text="This code is then only the name of the rule: buyers type codes made for them, each good once.",
                        verbose_name="single-use codes",
                    ),
                ),
                (
                    "percent",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="percent",
                    ),
                ),
                (
                    "max_discount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="Of a percentage, a booking.",
                        max_digits=12,
                        null=True,
                        verbose_name="largest discount",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="amount"),
                ),
                (
                    "minimum",
                    models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name="minimum purchase"),
                ),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="valid from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="valid until")),
                ("max_uses", models.PositiveIntegerField(blank=True, null=True, verbose_name="most uses")),
                (
                    "max_uses_person",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="A person is who has the same account, e-mail address or phone number.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="most uses a person",
                    ),
                ),
                ("used", models.PositiveIntegerField(default=0, editable=False, verbose_name="used")),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            choices=[
                                (1, "Monday"),
                                (2, "Tuesday"),
                                (3, "Wednesday"),
                                (4, "Thursday"),
                                (5, "Friday"),
                                (6, "Saturday"),
                                (7, "Sunday"),
                            ]
                        ),
                        blank=True,
                        default=list,
                        help_text="Of the show, by the clock of its cinema. None: every day.",
                        size=None,
                        verbose_name="weekdays",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="TaxRuleEvent",
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
                        to="bookings.taxrule",
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
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="venues.cinema",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("name_ne", models.CharField(blank=True, max_length=80, verbose_name="name in Nepali")),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="percentage")),
                (
                    "applies_to",
                    models.CharField(
                        choices=[("ALL", "All shows"), ("FOREIGN", "Foreign films")],
                        default="ALL",
                        max_length=7,
                        verbose_name="applies to",
                    ),
                ),
                (
                    "how",
                    models.CharField(
                        choices=[("INSIDE", "Inside the prices"), ("ON_TOP", "On top of the prices")],
                        db_default="INSIDE",
                        default="INSIDE",
                        max_length=6,
                        verbose_name="how",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
            ],
            options={
                "db_table": "payments_taxruleevent",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Visitor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "room",
                    models.ForeignKey(
                        db_column="showtime_id",
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="visitors",
                        to="bookings.waitingroom",
                    ),
                ),
                ("owner", models.CharField(max_length=120)),
                ("number", models.PositiveIntegerField()),
                ("arrived_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("seen_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("admitted_at", models.DateTimeField(null=True)),
                ("entered_at", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("left_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "visitor of a waiting room",
                "verbose_name_plural": "visitors of waiting rooms",
                "indexes": [
                    models.Index(
                        condition=models.Q(("left_at", None), ("until", None)),
                        fields=["room", "number"],
                        name="visitor_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("left_at", None)), fields=["room", "until"], name="visitor_let_in"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("room", "owner"), name="visitor_unique"),
                    models.UniqueConstraint(fields=("room", "number"), name="visitor_number_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("admitted_at", None), ("until", None)),
                            models.Q(("admitted_at__isnull", False), ("until__isnull", False)),
                            _connector="OR",
                        ),
                        name="visitor_let_in_until",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PromoBatchCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
                        to="bookings.promobatch",
                        verbose_name="batch",
                    ),
                ),
                ("code", models.CharField(max_length=16, unique=True, verbose_name="code")),
            ],
            options={
                "verbose_name": "single-use code",
                "verbose_name_plural": "single-use codes",
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("token", models.CharField(editable=False, max_length=32, unique=True)),
                (
                    "showtime",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parties",
                        to="venues.showtime",
                        verbose_name="showtime",
                    ),
                ),
                (
                    "seat_labels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), size=None, verbose_name="seats"
                    ),
                ),
                ("expires_at", models.DateTimeField(verbose_name="open until")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="opened"
                    ),
                ),
            ],
            options={
                "verbose_name": "party",
                "verbose_name_plural": "parties",
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "reference",
                    models.CharField(editable=False, max_length=24, null=True, unique=True, verbose_name="reference"),
                ),
                (
                    "showtime",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bookings", to="venues.showtime"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("HELD", "Held"),
                            ("PENDING", "Waiting for payment"),
                            ("CONFIRMED", "Confirmed"),
                            ("CANCELLED", "Cancelled"),
                            ("EXPIRED", "Expired"),
                            ("REFUNDED", "Refunded"),
                        ],
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                (
                    "owner",
                    models.CharField(
                        help_text="Actor key of who holds it: user:, guest:, session:, channel:.", max_length=120
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="seatsync.channel",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("SHOWSEWA", "Our website"),
                            ("WALK_IN", "Box office"),
                            ("OTHER_PLATFORM", "Other platform"),
                            ("POS_SYSTEM", "Theatre's own system"),
                        ],
                        default="SHOWSEWA",
                        max_length=14,
                        verbose_name="source",
                    ),
                ),
                ("external_reference", models.CharField(blank=True, max_length=120, verbose_name="their reference")),
                (
                    "seat_labels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), size=None, verbose_name="seats"
                    ),
                ),
                ("subtotal", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="subtotal")),
                ("discount", models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name="discount")),
                (
                    "fee",
                    models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=12, verbose_name="fee"),
                ),
                (
                    "tax",
                    models.DecimalField(
                        db_default=0, decimal_places=2, default=0, max_digits=12, verbose_name="tax on top"
                    ),
                ),
                (
                    "fee_kept",
                    models.DecimalField(
                        db_default=0, decimal_places=2, default=0, max_digits=12, verbose_name="fee that stays"
                    ),
                ),
                ("total", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="total")),
                (
                    "kept",
                    models.DecimalField(
                        db_default=0,
                        decimal_places=2,
                        default=0,
                        max_digits=12,
                        verbose_name="kept of seats given back",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "promo",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="bookings.promocode",
                    ),
                ),
                (
                    "single_code",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="bookings.promobatchcode",
                    ),
                ),
                ("refund_policy", models.JSONField(default=dict, editable=False)),
                ("charges", models.JSONField(db_default={}, default=dict, editable=False)),
                (
                    "offered_to",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="offers",
                        to="bookings.booking",
                    ),
                ),
                (
                    "exchange_of",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="bookings.booking",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="bookings",
                        to="bookings.party",
                    ),
                ),
                ("party_name", models.CharField(blank=True, db_default="", default="", editable=False, max_length=40)),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=24, verbose_name="phone")),
                ("language", models.CharField(default="en", max_length=12, verbose_name="language")),
                ("payment_method", models.CharField(blank=True, max_length=12, verbose_name="payment method")),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                ("is_extended", models.BooleanField(default=False, editable=False)),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("CUSTOMER", "Cancelled by the customer"),
                            ("STAFF", "Cancelled by staff"),
                            ("CHANNEL", "Cancelled by the channel that sold it"),
                            ("SEAT_LOST", "A seat was sold elsewhere"),
                            ("SHOW_CANCELLED", "The show was cancelled"),
                            ("EXCHANGED", "Its seats are those of the exchanged booking"),
                        ],
                        max_length=14,
                        verbose_name="why it ended",
                    ),
                ),
                ("cancel_reason", models.CharField(blank=True, max_length=255, verbose_name="reason given")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("confirmed_at", models.DateTimeField(editable=False, null=True, verbose_name="confirmed")),
                ("cancelled_at", models.DateTimeField(editable=False, null=True, verbose_name="cancelled")),
            ],
            options={
                "verbose_name": "booking",
                "verbose_name_plural": "bookings",
                "permissions": [
                    ("sell_at_counter", "Can sell at the counter"),
                    ("cancel_booking", "Can cancel bookings"),
                    ("check_in", "Can check tickets in"),
                    ("handle_personal_data", "Can hand out and erase people's data"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["HELD", "PENDING"])),
                        fields=["expires_at"],
                        name="booking_due",
                    ),
                    models.Index(fields=["owner", "showtime"], name="booking_by_owner"),
                    models.Index(fields=["confirmed_at"], name="booking_by_confirmation"),
                    models.Index(
                        condition=models.Q(("exchange_of__isnull", False)),
                        fields=["exchange_of"],
                        name="booking_of_exchange",
                    ),
                    models.Index(
                        condition=models.Q(("party__isnull", False)), fields=["party"], name="booking_of_party"
                    ),
                    models.Index(
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("user", None), models.Q(("email", ""), _negated=True)),
                        name="booking_of_guest",
                    ),
                    models.Index(
                        condition=models.Q(("email", ""), ("name", ""), ("phone", ""), _negated=True),
                        fields=["id"],
                        name="booking_personal",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("expires_at__isnull", False), ("status__in", ["HELD", "PENDING"])),
                            models.Q(
                                models.Q(("status__in", ["HELD", "PENDING"]), _negated=True), ("expires_at", None)
                            ),
                            _connector="OR",
                        ),
                        name="booking_deadline_while_unpaid",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discount__gte", 0),
                            ("fee__gte", 0),
                            ("fee_kept__gte", 0),
                            ("tax__gte", 0),
                            (
                                "total",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("subtotal"), "-", models.F("discount")
                                        ),
                                        "+",
                                        models.F("fee"),
                                    ),
                                    "+",
                                    models.F("tax"),
                                ),
                            ),
                            ("total__gte", 0),
                        ),
                        name="booking_sum",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["HELD", "EXPIRED", "CANCELLED"]),
                            ("reference__isnull", False),
                            _connector="OR",
                        ),
                        name="booking_reference_once_confirmed",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("status", "CONFIRMED"), models.Q(("external_reference", ""), _negated=True)
                        ),
                        fields=("channel", "showtime", "external_reference"),
                        name="booking_external_reference_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("payment_method", "COUNTER"), ("status", "PENDING")),
                        fields=("owner", "showtime"),
                        name="booking_one_at_counter",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArchivedTicket",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="archived_tickets",
                        to="bookings.booking",
                    ),
                ),
                ("label", models.CharField(max_length=12)),
                ("price", models.DecimalField(decimal_places=2, max_digits=12)),
                ("discount", models.DecimalField(decimal_places=2, max_digits=12)),
                ("fee", models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=12)),
                ("tax", models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=12)),
                ("released_at", models.DateTimeField(null=True)),
                ("archived_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "archived ticket",
                "verbose_name_plural": "archived tickets",
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("done_at", models.DateTimeField(editable=False, null=True)),
                ("failed_at", models.DateTimeField(editable=False, null=True)),
                ("last_error", models.TextField(blank=True, editable=False)),
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "booking",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="bookings.booking",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("CONFIRMATION", "Confirmation"),
                            ("REMINDER", "Reminder"),
                            ("CANCELLATION", "Cancellation"),
                            ("REFUND", "Refund"),
                            ("LATE_PAYMENT", "Paid too late"),
                            ("SEATS_CHANGED", "Other seats"),
                            ("PAY_LATER", "To be paid at the counter"),
                            ("PAY_REMINDER", "Reminder to pay"),
                            ("NOT_PAID", "Not paid in time"),
                            ("SEATS_OFFERED", "Seats came free"),
                            ("EXCHANGED", "Seats exchanged"),
                        ],
                        max_length=13,
                        verbose_name="kind",
                    ),
                ),
                (
                    "medium",
                    models.CharField(
                        choices=[("EMAIL", "E-mail"), ("SMS", "SMS")], max_length=5, verbose_name="medium"
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=36)),
                ("facts", models.JSONField(blank=True, default=dict, editable=False)),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "permissions": [("resend_notice", "Can send a notice again")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None), ("failed_at", None)),
                        fields=["due_at"],
                        name="notice_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("booking", "kind", "medium", "about"), name="notice_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="PromoUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "promo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="bookings.promocode",
                        verbose_name="promo code",
                    ),
                ),
                (
                    "code",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="bookings.promobatchcode",
                        verbose_name="single-use code",
                    ),
                ),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promo_uses",
                        to="bookings.booking",
                        verbose_name="booking",
                    ),
                ),
                (
                    "persons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=262), default=list, editable=False, size=None
                    ),
                ),
                (
                    "counted_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="used"),
                ),
                ("returned_at", models.DateTimeField(null=True, verbose_name="given back")),
            ],
            options={
                "verbose_name": "use of a promo code",
                "verbose_name_plural": "uses of promo codes",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(("returned_at", None)), fields=["persons"], name="promo_use_persons"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("returned_at", None)), fields=("booking",), name="promo_use_one_a_booking"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("code__isnull", False), ("returned_at", None)),
                        fields=("code",),
                        name="promo_use_single",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "movie",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="venues.movie",
                    ),
                ),
                (
                    "cinema",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="venues.cinema",
                    ),
                ),
                (
                    "booking",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="bookings.booking",
                    ),
                ),
                ("author", models.CharField(editable=False, max_length=120)),
                ("name", models.CharField(blank=True, editable=False, max_length=40, verbose_name="name")),
                ("rating", models.PositiveSmallIntegerField(editable=False, verbose_name="rating")),
                ("text", models.TextField(blank=True, editable=False, max_length=2000, verbose_name="review")),
                ("hidden_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="hidden")),
                (
                    "hidden_reason",
                    models.CharField(blank=True, editable=False, max_length=255, verbose_name="why it is hidden"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="written"
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="changed"
                    ),
                ),
            ],
            options={
                "verbose_name": "review",
                "verbose_name_plural": "reviews",
                "permissions": [("hide_review", "Can hide reviews")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cinema__isnull", False), ("movie", None)),
                            models.Q(("cinema", None), ("movie__isnull", False)),
                            _connector="OR",
                        ),
                        name="review_of_one_thing",
                    ),
                    models.CheckConstraint(condition=models.Q(("rating__range", (1, 5))), name="review_rating_1_to_5"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hidden_at", None), ("hidden_reason", "")),
                            models.Q(("hidden_at__isnull", False), models.Q(("hidden_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="review_hidden_for_a_reason",
                    ),
                    models.UniqueConstraint(fields=("movie", "author"), name="review_unique_of_movie"),
                    models.UniqueConstraint(fields=("cinema", "author"), name="review_unique_of_cinema"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Standby",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "showtime",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="standbys",
                        to="venues.showtime",
                    ),
                ),
                ("owner", models.CharField(editable=False, max_length=120)),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=24, verbose_name="phone")),
                ("language", models.CharField(default="en", max_length=12, verbose_name="language")),
                (
                    "party",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(50),
                        ],
                        verbose_name="people",
                    ),
                ),
                ("zone", models.CharField(blank=True, max_length=80, verbose_name="part of the hall")),
                ("until", models.DateTimeField(verbose_name="waits until")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("WAITING", "Waiting"),
                            ("OFFERED", "Seats are held"),
                            ("TAKEN", "Seats were taken"),
                            ("LAPSED", "Seats were not taken in time"),
                            ("OVER", "The time is over"),
                            ("LEFT", "Left the list"),
                        ],
                        default="WAITING",
                        max_length=7,
                        verbose_name="status",
                    ),
                ),
                (
                    "offer",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="standby",
                        to="bookings.booking",
                        verbose_name="offer",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="since"
                    ),
                ),
                ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="ended")),
            ],
            options={
                "verbose_name": "waiting list entry",
                "verbose_name_plural": "waiting list",
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "WAITING")),
                        fields=["showtime", "created_at", "id"],
                        name="standby_line",
                    ),
                    models.Index(fields=["ended_at"], name="standby_ended"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["WAITING", "OFFERED"])),
                        fields=("showtime", "owner"),
                        name="standby_unique",
                    ),
                    models.CheckConstraint(condition=models.Q(("party__range", (1, 50))), name="standby_party"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("status__in", ["WAITING", "OFFERED"])),
                            models.Q(
                                models.Q(("status__in", ["WAITING", "OFFERED"]), _negated=True),
                                ("email", ""),
                                ("ended_at__isnull", False),
                                ("phone", ""),
                            ),
                            _connector="OR",
                        ),
                        name="standby_forgotten_when_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["WAITING", "OFFERED"]), _negated=True),
                            models.Q(("email", ""), ("phone", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="standby_can_be_told",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tickets", to="bookings.booking"
                    ),
                ),
                (
                    "show_seat",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="seatsync.showseat",
                    ),
                ),
                ("label", models.CharField(max_length=12, verbose_name="seat")),
                ("price", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="price")),
                ("discount", models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name="discount")),
                (
                    "fee",
                    models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=12, verbose_name="fee"),
                ),
                (
                    "tax",
                    models.DecimalField(
                        db_default=0, decimal_places=2, default=0, max_digits=12, verbose_name="tax on top"
                    ),
                ),
                (
                    "fee_kept",
                    models.DecimalField(
                        db_default=0, decimal_places=2, default=0, max_digits=12, verbose_name="fee that stays"
                    ),
                ),
                ("released_at", models.DateTimeField(editable=False, null=True)),
                ("checked_in_at", models.DateTimeField(editable=False, null=True, verbose_name="checked in")),
                (
                    "moved_to",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="bookings.ticket",
                    ),
                ),
                ("link_number", models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)),
            ],
            options={
                "verbose_name": "ticket",
                "verbose_name_plural": "tickets",
                "indexes": [
                    models.Index(
                        condition=models.Q(("moved_to__isnull", False)), fields=["moved_to"], name="ticket_moved_to"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("released_at", None)),
                        fields=("show_seat",),
                        name="ticket_one_live_per_seat",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discount__gte", 0), ("discount__lte", models.F("price")), ("price__gte", 0)
                        ),
                        name="ticket_price_sane",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fee__gte", 0),
                            ("fee_kept__gte", 0),
                            (
                                "fee_kept__lte",
                                django.db.models.expressions.CombinedExpression(models.F("fee"), "+", models.F("tax")),
                            ),
                            ("tax__gte", 0),
                        ),
                        name="ticket_fee_sane",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exchange",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exchanges",
                        to="bookings.booking",
                        verbose_name="booking",
                    ),
                ),
                (
                    "waiting",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exchange",
                        to="bookings.booking",
                        verbose_name="pays the difference",
                    ),
                ),
                (
                    "old_showtime",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="venues.showtime",
                        verbose_name="old showtime",
                    ),
                ),
                (
                    "new_showtime",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="venues.showtime",
                        verbose_name="new showtime",
                    ),
                ),
                (
                    "old_seats",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), size=None, verbose_name="old seats"
                    ),
                ),
                (
                    "new_seats",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), size=None, verbose_name="new seats"
                    ),
                ),
                ("difference", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="difference")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("actor", models.CharField(max_length=120, verbose_name="asked by")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="asked"
                    ),
                ),
                ("done_at", models.DateTimeField(editable=False, null=True, verbose_name="done")),
            ],
            options={
                "verbose_name": "exchange",
                "verbose_name_plural": "exchanges",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("difference__gt", 0), ("waiting__isnull", False)),
                            models.Q(("difference__lte", 0), ("done_at__isnull", False), ("waiting", None)),
                            _connector="OR",
                        ),
                        name="exchange_paid_first",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HelpfulVote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "review",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to="bookings.review",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "helpful vote",
                "verbose_name_plural": "helpful votes",
                "constraints": [models.UniqueConstraint(fields=("review", "user"), name="helpful_vote_once_a_person")],
            },
        ),
        migrations.CreateModel(
            name="ReviewEvent",
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
                        to="bookings.review",
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
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="venues.movie",
                    ),
                ),
                (
                    "cinema",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="venues.cinema",
                    ),
                ),
                (
                    "booking",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="bookings.booking",
                    ),
                ),
                ("author", models.CharField(editable=False, max_length=120)),
                ("name", models.CharField(blank=True, editable=False, max_length=40, verbose_name="name")),
                ("rating", models.PositiveSmallIntegerField(editable=False, verbose_name="rating")),
                ("text", models.TextField(blank=True, editable=False, max_length=2000, verbose_name="review")),
                ("hidden_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="hidden")),
                (
                    "hidden_reason",
                    models.CharField(blank=True, editable=False, max_length=255, verbose_name="why it is hidden"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="written"
                    ),
                ),
                (
                    "updated_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="changed"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="Party",
            name="host",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="hosts",
                to="bookings.booking",
                verbose_name="opened from",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="feerule",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "bookings_feeruleevent" ("amount", "channel_id", "cinema_id", "ends_on", "id", "is_returned", "name", "name_ne", "per", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sold_by", "starts_on") VALUES (NEW."amount", NEW."channel_id", NEW."cinema_id", NEW."ends_on", NEW."id", NEW."is_returned", NEW."name", NEW."name_ne", NEW."per", NEW."percent", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."sold_by", NEW."starts_on"); RETURN NULL;',
                    hash="e36ed4e46b12a1e9cdb0da9552c889cd0cd689a1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_bde9f",
                    table="bookings_feerule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="feerule",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "bookings_feeruleevent" ("amount", "channel_id", "cinema_id", "ends_on", "id", "is_returned", "name", "name_ne", "per", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sold_by", "starts_on") VALUES (NEW."amount", NEW."channel_id", NEW."cinema_id", NEW."ends_on", NEW."id", NEW."is_returned", NEW."name", NEW."name_ne", NEW."per", NEW."percent", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."sold_by", NEW."starts_on"); RETURN NULL;',
                    hash="8f3e0e979123841aa78814a956a93467e8e888a2",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_c0bd8",
                    table="bookings_feerule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="promocode",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "bookings_promocodeevent" ("amount", "code", "ends_at", "id", "is_active", "is_single_use", "max_discount", "max_uses", "max_uses_person", "minimum", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "used", "weekdays") VALUES (NEW."amount", NEW."code", NEW."ends_at", NEW."id", NEW."is_active", NEW."is_single_use", NEW."max_discount", NEW."max_uses", NEW."max_uses_person", NEW."minimum", NEW."percent", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_at", NEW."used", NEW."weekdays"); RETURN NULL;',
                    hash="1d44f8821384f59418adc0585478758ce522da6a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5e7a2",
                    table="bookings_promocode",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="promocode",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "bookings_promocodeevent" ("amount", "code", "ends_at", "id", "is_active", "is_single_use", "max_discount", "max_uses", "max_uses_person", "minimum", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_at", "used", "weekdays") VALUES (NEW."amount", NEW."code", NEW."ends_at", NEW."id", NEW."is_active", NEW."is_single_use", NEW."max_discount", NEW."max_uses", NEW."max_uses_person", NEW."minimum", NEW."percent", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_at", NEW."used", NEW."weekdays"); RETURN NULL;',
                    hash="b8036ac7fb4fa947a66ac6205968e1d2150c7429",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2d871",
                    table="bookings_promocode",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="review",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "bookings_reviewevent" ("author", "booking_id", "cinema_id", "created_at", "hidden_at", "hidden_reason", "id", "movie_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rating", "text", "updated_at") VALUES (NEW."author", NEW."booking_id", NEW."cinema_id", NEW."created_at", NEW."hidden_at", NEW."hidden_reason", NEW."id", NEW."movie_id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rating", NEW."text", NEW."updated_at"); RETURN NULL;',
                    hash="b4b02258ff52e9b1cab31183c6c6cb242993a060",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_baea7",
                    table="bookings_review",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="review",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "bookings_reviewevent" ("author", "booking_id", "cinema_id", "created_at", "hidden_at", "hidden_reason", "id", "movie_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rating", "text", "updated_at") VALUES (NEW."author", NEW."booking_id", NEW."cinema_id", NEW."created_at", NEW."hidden_at", NEW."hidden_reason", NEW."id", NEW."movie_id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rating", NEW."text", NEW."updated_at"); RETURN NULL;',
                    hash="91fdd9b5fdaefbe06668909c9e8e50f64b54e165",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_72e45",
                    table="bookings_review",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="taxrule",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "payments_taxruleevent" ("applies_to", "cinema_id", "ends_on", "how", "id", "name", "name_ne", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on") VALUES (NEW."applies_to", NEW."cinema_id", NEW."ends_on", NEW."how", NEW."id", NEW."name", NEW."name_ne", NEW."percent", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_on"); RETURN NULL;',
                    hash="212beba9c5f8a4164399f891209705cbae9f8e7d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_21127",
                    table="payments_taxrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="taxrule",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "payments_taxruleevent" ("applies_to", "cinema_id", "ends_on", "how", "id", "name", "name_ne", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on") VALUES (NEW."applies_to", NEW."cinema_id", NEW."ends_on", NEW."how", NEW."id", NEW."name", NEW."name_ne", NEW."percent", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_on"); RETURN NULL;',
                    hash="b1f1191aac2ed1d1868216fe4fb946d28dc31c67",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e0668",
                    table="payments_taxrule",
                    when="AFTER",
                ),
            ),
        ),
    ]

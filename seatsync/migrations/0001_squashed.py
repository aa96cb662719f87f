"""Seats of showtimes, their journal, and the channels that sell them."""

from decimal import Decimal

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import showsewa.ids


class Migration(migrations.Migration):
    initial = True

    # A database that has all of these is there already.
    replaces = [
        ("seatsync", name)
        for name in (
            "0001_initial",
            "0003_channels_contract",
            "0005_conflict_desk",
            "0005_files_of_sales",
            "0006_channel_notice",
            "0007_block_ends",
            "0008_last_word",
            "0009_crowded_shows",
            "0010_opening_notice",
            "0011_hand_on",
            "0012_language_with_digits",
        )
    ]

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("venues", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Channel",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("WEB", "Our website"),
                            ("COUNTER", "Our counter"),
                            ("THEATRE", "Theatre's own system"),
                            ("PLATFORM", "Outside platform"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "sources",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("SHOWSEWA", "Our website"),
                                ("WALK_IN", "Box office"),
                                ("OTHER_PLATFORM", "Other platform"),
                                ("POS_SYSTEM", "Theatre's own system"),
                            ],
                            max_length=14,
                        ),
                        size=None,
                        verbose_name="allowed sources",
                    ),
                ),
                (
                    "pricing",
                    models.CharField(
                        choices=[
                            ("LIST", "List price"),
                            ("MARKUP", "List price plus a percentage"),
                            ("NET", "List price less a percentage (what it owes us)"),
                        ],
                        default="LIST",
                        max_length=6,
                        verbose_name="pricing",
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="percentage",
                    ),
                ),
                ("contact", models.EmailField(blank=True, max_length=254, verbose_name="contact")),
                (
                    "silent_after_minutes",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Without a word from it for so long, staff are told. Empty: never.",
                        null=True,
                        verbose_name="silent after minutes",
                    ),
                ),
                ("file_columns", models.JSONField(blank=True, default=dict, editable=False)),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("cinemas", models.ManyToManyField(blank=True, related_name="channels", to="venues.cinema")),
            ],
            options={
                "verbose_name": "channel",
                "verbose_name_plural": "channels",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("percent", 0), ("pricing", "LIST")),
                            models.Q(models.Q(("pricing", "LIST"), _negated=True), ("percent__range", (0, 100))),
                            _connector="OR",
                        ),
                        name="channel_percent_sane",
                        violation_error_message="The list price takes no percentage; others one from 0 to 100.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShowInventory",
            fields=[
                (
                    "showtime",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="inventory",
                        serialize=False,
                        to="venues.showtime",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("price_version", models.PositiveIntegerField(default=1)),
                ("seat_count", models.PositiveIntegerField()),
                ("is_crowded", models.BooleanField(db_default=False, default=False, editable=False)),
                (
                    "opened_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "inventory",
                "verbose_name_plural": "inventories",
            },
        ),
        migrations.CreateModel(
            name="OpeningNotice",
            fields=[
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("done_at", models.DateTimeField(editable=False, null=True)),
                ("failed_at", models.DateTimeField(editable=False, null=True)),
                ("last_error", models.TextField(blank=True, editable=False)),
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "movie",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opening_notices",
                        to="venues.movie",
                    ),
                ),
                ("city", models.CharField(max_length=80, verbose_name="city")),
                (
                    "medium",
                    models.CharField(
                        choices=[("EMAIL", "E-mail"), ("SMS", "SMS")], max_length=5, verbose_name="medium"
                    ),
                ),
                ("address", models.CharField(max_length=254, verbose_name="address")),
                ("language", models.CharField(default="en", max_length=12, verbose_name="language")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "notice of sales",
                "verbose_name_plural": "notices of sales",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None), ("failed_at", None)),
                        fields=["due_at"],
                        name="opening_notice_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("address", "movie", "city"), name="opening_notice_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="SeatEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "showtime",
                    models.ForeignKey(
                        db_column="showtime_id",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="seatsync.showinventory",
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("HOLD", "held"),
                            ("BOOK", "booked"),
                            ("BOOK_HELD", "hold became a sale"),
                            ("HAND_ON", "held seat given to another hold"),
                            ("RELEASE", "released"),
                            ("BLOCK", "blocked"),
                            ("UNBLOCK", "unblocked"),
                            ("REPORT", "reported as sold"),
                            ("MOVE", "sold seat given to another sale"),
                            ("ALLOT", "given to a channel"),
                            ("RETURN", "taken back from a channel"),
                        ],
                        max_length=9,
                    ),
                ),
                ("changes", models.JSONField(help_text="[[seat label, from, to], ...]")),
                ("claim", models.UUIDField(null=True)),
                ("actor", models.CharField(max_length=120)),
                ("source", models.CharField(blank=True, max_length=14)),
                ("reference", models.CharField(blank=True, max_length=120)),
                ("reason", models.CharField(blank=True, max_length=255)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "seat event",
                "verbose_name_plural": "journal of seats",
                "constraints": [
                    models.UniqueConstraint(fields=("showtime", "version"), name="seat_event_version_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "action__in",
                                [
                                    "HOLD",
                                    "BOOK",
                                    "BOOK_HELD",
                                    "HAND_ON",
                                    "RELEASE",
                                    "BLOCK",
                                    "UNBLOCK",
                                    "REPORT",
                                    "MOVE",
                                    "ALLOT",
                                    "RETURN",
                                ],
                            )
                        ),
                        name="seat_event_action_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShowSeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "showtime",
                    models.ForeignKey(
                        db_column="showtime_id",
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="seatsync.showinventory",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="venues.seat"
                    ),
                ),
                ("label", models.CharField(max_length=12)),
                ("price", models.DecimalField(decimal_places=2, max_digits=12)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("AVAILABLE", "Available"),
                            ("HELD", "Held"),
                            ("BOOKED", "Booked"),
                            ("BLOCKED", "Blocked"),
                        ],
                        default="AVAILABLE",
                        max_length=9,
                    ),
                ),
                ("claim", models.UUIDField(null=True)),
                ("held_until", models.DateTimeField(null=True)),
                (
                    "allotted_to",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="seatsync.channel",
                    ),
                ),
            ],
            options={
                "verbose_name": "seat of a showtime",
                "verbose_name_plural": "seats of showtimes",
                "permissions": [("block_seats", "Can block and unblock seats")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "HELD")), fields=["showtime", "held_until"], name="show_seat_held"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("showtime", "label"), name="show_seat_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["AVAILABLE", "HELD", "BOOKED", "BLOCKED"])),
                        name="show_seat_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claim__isnull", False), ("status__in", ["HELD", "BOOKED"])),
                            models.Q(("claim__isnull", True), ("status__in", ["AVAILABLE", "BLOCKED"])),
                            _connector="OR",
                        ),
                        name="show_seat_claimed_when_taken",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("held_until__isnull", False), ("status", "HELD")),
                            models.Q(models.Q(("status", "HELD"), _negated=True), ("held_until", None)),
                            _connector="OR",
                        ),
                        name="show_seat_deadline_when_held",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("sequence", models.BigIntegerField(editable=False, null=True, unique=True)),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("seat.changed", "Seats changed"),
                            ("booking.confirmed", "Own booking confirmed"),
                            ("booking.changed", "Own booking has other seats"),
                            ("booking.cancelled", "Own booking cancelled"),
                            ("showtime.opened", "Showtime on sale"),
                            ("showtime.changed", "Showtime changed"),
                            ("showtime.cancelled", "Showtime cancelled"),
                            ("seat.conflict", "Own seat sold twice"),
                            ("conflict.solved", "Conflict solved"),
                            ("allotment.returned", "Allotted seats went back"),
                            ("webhook.test", "Test"),
                        ],
                        max_length=20,
                        verbose_name="type",
                    ),
                ),
                (
                    "cinema",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="venues.cinema",
                    ),
                ),
                (
                    "showtime",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="venues.showtime",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="seatsync.channel",
                    ),
                ),
                ("data", models.JSONField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "announcement",
                "verbose_name_plural": "announcements",
                "indexes": [
                    models.Index(fields=["created_at"], name="announcement_by_time"),
                    models.Index(condition=models.Q(("sequence", None)), fields=["id"], name="announcement_unnumbered"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allotment",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "showtime",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allotments",
                        to="seatsync.showinventory",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allotments",
                        to="seatsync.channel",
                    ),
                ),
                (
                    "seat_labels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), size=None, verbose_name="seats"
                    ),
                ),
                (
                    "percent",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="How it was asked for, when not seat by seat.",
                        null=True,
                        verbose_name="percentage",
                    ),
                ),
                (
                    "release_minutes",
                    models.PositiveIntegerField(default=120, verbose_name="goes back, minutes before the start"),
                ),
                ("release_at", models.DateTimeField(verbose_name="goes back")),
                ("released_at", models.DateTimeField(editable=False, null=True, verbose_name="went back")),
                ("actor", models.CharField(editable=False, max_length=120)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "allotment",
                "verbose_name_plural": "allotments",
                "indexes": [
                    models.Index(condition=models.Q(("released_at", None)), fields=["release_at"], name="allotment_due")
                ],
            },
        ),
        migrations.CreateModel(
            name="ChannelEvent",
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
                        to="seatsync.channel",
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
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("WEB", "Our website"),
                            ("COUNTER", "Our counter"),
                            ("THEATRE", "Theatre's own system"),
                            ("PLATFORM", "Outside platform"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "sources",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("SHOWSEWA", "Our website"),
                                ("WALK_IN", "Box office"),
                                ("OTHER_PLATFORM", "Other platform"),
                                ("POS_SYSTEM", "Theatre's own system"),
                            ],
                            max_length=14,
                        ),
                        size=None,
                        verbose_name="allowed sources",
                    ),
                ),
                (
                    "pricing",
                    models.CharField(
                        choices=[
                            ("LIST", "List price"),
                            ("MARKUP", "List price plus a percentage"),
                            ("NET", "List price less a percentage (what it owes us)"),
                        ],
                        default="LIST",
                        max_length=6,
                        verbose_name="pricing",
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="percentage",
                    ),
                ),
                ("contact", models.EmailField(blank=True, max_length=254, verbose_name="contact")),
                (
                    "silent_after_minutes",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Without a word from it for so long, staff are told. Empty: never.",
                        null=True,
                        verbose_name="silent after minutes",
                    ),
                ),
                ("file_columns", models.JSONField(blank=True, default=dict, editable=False)),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChannelKey",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="keys", to="seatsync.channel"
                    ),
                ),
                (
                    "prefix",
                    models.CharField(editable=False, help_text="Its first characters, to know it by.", max_length=20),
                ),
                ("hash", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("inventory:read", "Read seat maps"),
                                ("holds:write", "Hold seats"),
                                ("bookings:write", "Book and cancel"),
                                ("bookings:read", "Read own bookings"),
                                ("seatsync:write", "Report sales"),
                                ("seats:block", "Block seats"),
                                ("payments:refund", "Refund"),
                                ("catalog:write", "Create venues, halls, events and showtimes"),
                                ("reports:read", "Read reports"),
                                ("webhooks:manage", "Register webhooks and read the feed"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                        verbose_name="scopes",
                    ),
                ),
                (
                    "is_test",
                    models.BooleanField(
                        default=True, help_text="Reaches sandbox cinemas and no others.", verbose_name="test key"
                    ),
                ),
                (
                    "addresses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=43),
                        blank=True,
                        default=list,
                        help_text="IP addresses or networks (203.0.113.0/24). Empty: from anywhere.",
                        size=None,
                        verbose_name="from these addresses only",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                ("last_used_at", models.DateTimeField(editable=False, null=True, verbose_name="last used")),
            ],
            options={
                "verbose_name": "channel key",
                "verbose_name_plural": "channel keys",
            },
        ),
        migrations.CreateModel(
            name="ChannelNotice",
            fields=[
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("done_at", models.DateTimeField(editable=False, null=True)),
                ("failed_at", models.DateTimeField(editable=False, null=True)),
                ("last_error", models.TextField(blank=True, editable=False)),
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="seatsync.channel",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("WEBHOOK_DISABLED", "Webhook disabled")], max_length=16, verbose_name="kind"
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=36)),
                ("facts", models.JSONField(blank=True, default=dict, editable=False)),
            ],
            options={
                "verbose_name": "notice to a channel",
                "verbose_name_plural": "notices to channels",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None), ("failed_at", None)),
                        fields=["due_at"],
                        name="channel_notice_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reconciliations",
                        to="seatsync.channel",
                    ),
                ),
                (
                    "showtime",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="venues.showtime",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("API", "Sent by the channel"),
                            ("FILE", "Imported file"),
                            ("NIGHT", "Nightly report"),
                        ],
                        max_length=5,
                        verbose_name="origin",
                    ),
                ),
                ("theirs", models.PositiveIntegerField(verbose_name="seats they list")),
                ("ours", models.PositiveIntegerField(verbose_name="seats we have of them")),
                ("differences", models.JSONField(default=list, verbose_name="differences")),
                ("listed", models.JSONField(editable=False, null=True)),
                ("is_clean", models.BooleanField(default=False, verbose_name="agreed")),
                ("actor", models.CharField(editable=False, max_length=120)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "reconciliation",
                "verbose_name_plural": "reconciliations",
                "indexes": [
                    models.Index(fields=["channel", "-created_at"], name="reconciliation_by_channel"),
                    models.Index(
                        condition=models.Q(("listed__isnull", False)),
                        fields=["channel", "showtime"],
                        name="reconciliation_last_list",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SalesFile",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="seatsync.channel",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="file")),
                ("header", models.JSONField(editable=False)),
                ("lines", models.JSONField(editable=False)),
                ("columns", models.JSONField(default=dict, editable=False)),
                ("actor", models.CharField(editable=False, max_length=120)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "sales file",
                "verbose_name_plural": "sales files",
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="subscriptions", to="seatsync.channel"
                    ),
                ),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("seat.changed", "Seats changed"),
                                ("booking.confirmed", "Own booking confirmed"),
                                ("booking.changed", "Own booking has other seats"),
                                ("booking.cancelled", "Own booking cancelled"),
                                ("showtime.opened", "Showtime on sale"),
                                ("showtime.changed", "Showtime changed"),
                                ("showtime.cancelled", "Showtime cancelled"),
                                ("seat.conflict", "Own seat sold twice"),
                                ("conflict.solved", "Conflict solved"),
                                ("allotment.returned", "Allotted seats went back"),
                                ("webhook.test", "Test"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        help_text="Empty: all.",
                        size=None,
                        verbose_name="types",
                    ),
                ),
                (
                    "is_test",
                    models.BooleanField(
                        default=True, editable=False, help_text="Made by a test key: sandbox cinemas only."
                    ),
                ),
                ("secret_number", models.PositiveIntegerField(default=1, editable=False)),
                ("old_secret_until", models.DateTimeField(editable=False, null=True)),
                ("due_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("attempts", models.PositiveIntegerField(default=0, editable=False)),
                ("failing_since", models.DateTimeField(editable=False, null=True, verbose_name="failing since")),
                ("disabled_at", models.DateTimeField(editable=False, null=True, verbose_name="disabled")),
                ("disabled_reason", models.CharField(blank=True, editable=False, max_length=255)),
                (
                    "to_lose",
                    models.PositiveSmallIntegerField(
                        default=0, editable=False, help_text="Sandbox: deliveries to drop."
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "indexes": [
                    models.Index(condition=models.Q(("disabled_at", None)), fields=["due_at"], name="subscription_due")
                ],
            },
        ),
        migrations.CreateModel(
            name="Conflict",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conflicts", to="seatsync.showseat"
                    ),
                ),
                ("holder_claim", models.UUIDField(editable=False)),
                ("holder_source", models.CharField(editable=False, max_length=14)),
                ("holder_reference", models.CharField(blank=True, editable=False, max_length=120)),
                (
                    "holder_channel",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="seatsync.channel",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conflicts",
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
                        editable=False,
                        max_length=14,
                    ),
                ),
                ("reference", models.CharField(editable=False, max_length=120)),
                (
                    "reported_for",
                    models.DateTimeField(
                        editable=False, help_text="When the channel says it sold the seat.", null=True
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("OPEN", "Open"), ("SOLVED", "Solved")],
                        default="OPEN",
                        max_length=6,
                        verbose_name="status",
                    ),
                ),
                ("deadline_at", models.DateTimeField(editable=False, null=True, verbose_name="to be solved by")),
                (
                    "winner",
                    models.CharField(
                        blank=True,
                        choices=[("HOLDER", "Who had the seat"), ("REPORTER", "Who reported it")],
                        max_length=8,
                        verbose_name="who gets the seat",
                    ),
                ),
                (
                    "resolution",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("REBOOKED", "Another seat"),
                            ("REFUNDED", "The money back"),
                            ("ACCEPTED", "The platform sees to its own customer"),
                            ("GONE", "One of the two sales was cancelled"),
                            ("BY_HAND", "Solved by hand"),
                        ],
                        max_length=8,
                        verbose_name="what the other got",
                    ),
                ),
                ("tried_at", models.DateTimeField(editable=False, null=True)),
                ("asked_at", models.DateTimeField(editable=False, null=True, verbose_name="platform asked")),
                (
                    "answer",
                    models.CharField(blank=True, editable=False, max_length=8, verbose_name="the platform's answer"),
                ),
                (
                    "new_seat",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="seatsync.showseat",
                    ),
                ),
                ("decided_by", models.CharField(blank=True, editable=False, max_length=120, verbose_name="decided by")),
                ("note", models.TextField(blank=True, verbose_name="what was done")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("solved_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "conflict",
                "verbose_name_plural": "conflicts",
                "indexes": [
                    models.Index(condition=models.Q(("status", "OPEN")), fields=["created_at"], name="conflict_open"),
                    models.Index(fields=["holder_claim"], name="conflict_of_holder"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("channel", "reference", "seat"), name="conflict_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="ChannelKeyEvent",
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
                        to="seatsync.channelkey",
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
                    "channel",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="seatsync.channel",
                    ),
                ),
                (
                    "prefix",
                    models.CharField(editable=False, help_text="Its first characters, to know it by.", max_length=20),
                ),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("inventory:read", "Read seat maps"),
                                ("holds:write", "Hold seats"),
                                ("bookings:write", "Book and cancel"),
                                ("bookings:read", "Read own bookings"),
                                ("seatsync:write", "Report sales"),
                                ("seats:block", "Block seats"),
                                ("payments:refund", "Refund"),
                                ("catalog:write", "Create venues, halls, events and showtimes"),
                                ("reports:read", "Read reports"),
                                ("webhooks:manage", "Register webhooks and read the feed"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                        verbose_name="scopes",
                    ),
                ),
                (
                    "is_test",
                    models.BooleanField(
                        default=True, help_text="Reaches sandbox cinemas and no others.", verbose_name="test key"
                    ),
                ),
                (
                    "addresses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=43),
                        blank=True,
                        default=list,
                        help_text="IP addresses or networks (203.0.113.0/24). Empty: from anywhere.",
                        size=None,
                        verbose_name="from these addresses only",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Unannounced",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="seatsync.seatevent",
                    ),
                ),
            ],
            options={
                "verbose_name": "unannounced seat event",
                "verbose_name_plural": "unannounced seat events",
            },
        ),
        migrations.CreateModel(
            name="AllotmentEvent",
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
                        to="seatsync.allotment",
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
                    "showtime",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="seatsync.showinventory",
                    ),
                ),
                (
                    "channel",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="seatsync.channel",
                    ),
                ),
                (
                    "seat_labels",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), size=None, verbose_name="seats"
                    ),
                ),
                (
                    "percent",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="How it was asked for, when not seat by seat.",
                        null=True,
                        verbose_name="percentage",
                    ),
                ),
                (
                    "release_minutes",
                    models.PositiveIntegerField(default=120, verbose_name="goes back, minutes before the start"),
                ),
                ("release_at", models.DateTimeField(verbose_name="goes back")),
                ("released_at", models.DateTimeField(editable=False, null=True, verbose_name="went back")),
                ("actor", models.CharField(editable=False, max_length=120)),
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
            name="Delivery",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "subscription",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="seatsync.subscription",
                    ),
                ),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="seatsync.announcement",
                    ),
                ),
                ("sequence", models.BigIntegerField(editable=False)),
                ("is_replay", models.BooleanField(default=False, editable=False)),
                ("attempts", models.PositiveIntegerField(default=0, editable=False)),
                ("done_at", models.DateTimeField(editable=False, null=True, verbose_name="delivered")),
                ("tried_at", models.DateTimeField(editable=False, null=True, verbose_name="last try")),
                ("answer_status", models.PositiveSmallIntegerField(editable=False, null=True, verbose_name="answer")),
                ("answer_body", models.TextField(blank=True, editable=False, verbose_name="what they answered")),
                ("took_ms", models.PositiveIntegerField(editable=False, null=True)),
                ("last_error", models.CharField(blank=True, editable=False, max_length=500, verbose_name="error")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "webhook delivery",
                "verbose_name_plural": "webhook deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None)), fields=["subscription", "sequence"], name="delivery_open"
                    ),
                    models.Index(fields=["subscription", "-created_at"], name="delivery_log"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_replay", False)),
                        fields=("subscription", "announcement"),
                        name="delivery_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SubscriptionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="url_topics_disabled_at_disabled_reason_secret_number_events",
                        to="seatsync.subscription",
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
                ("url", models.URLField(max_length=500, verbose_name="address")),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("seat.changed", "Seats changed"),
                                ("booking.confirmed", "Own booking confirmed"),
                                ("booking.changed", "Own booking has other seats"),
                                ("booking.cancelled", "Own booking cancelled"),
                                ("showtime.opened", "Showtime on sale"),
                                ("showtime.changed", "Showtime changed"),
                                ("showtime.cancelled", "Showtime cancelled"),
                                ("seat.conflict", "Own seat sold twice"),
                                ("conflict.solved", "Conflict solved"),
                                ("allotment.returned", "Allotted seats went back"),
                                ("webhook.test", "Test"),
                            ],
                            max_length=20,
                        ),
                        blank=True,
                        default=list,
                        help_text="Empty: all.",
                        size=None,
                        verbose_name="types",
                    ),
                ),
                ("disabled_at", models.DateTimeField(editable=False, null=True, verbose_name="disabled")),
                ("disabled_reason", models.CharField(blank=True, editable=False, max_length=255)),
                ("secret_number", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BlockEnd",
            fields=[
                (
                    "seat",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="block_end",
                        serialize=False,
                        to="seatsync.showseat",
                    ),
                ),
                ("until", models.DateTimeField(verbose_name="until")),
            ],
            options={
                "verbose_name": "end of a block",
                "verbose_name_plural": "ends of blocks",
                "indexes": [models.Index(fields=["until"], name="block_end_due")],
            },
        ),
        migrations.CreateModel(
            name="ManagerNotice",
            fields=[
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("done_at", models.DateTimeField(editable=False, null=True)),
                ("failed_at", models.DateTimeField(editable=False, null=True)),
                ("last_error", models.TextField(blank=True, editable=False)),
                (
                    "conflict",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="manager_notice",
                        serialize=False,
                        to="seatsync.conflict",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice to managers",
                "verbose_name_plural": "notices to managers",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None), ("failed_at", None)),
                        fields=["due_at"],
                        name="manager_notice_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SeatReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="seatsync.channel",
                    ),
                ),
                (
                    "showtime",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="venues.showtime",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="seatsync.showseat",
                    ),
                ),
                (
                    "seat_name",
                    models.CharField(help_text="As the channel wrote it.", max_length=40, verbose_name="seat"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("AVAILABLE", "Available"),
                            ("HELD", "Held"),
                            ("BOOKED", "Booked"),
                            ("BLOCKED", "Blocked"),
                        ],
                        max_length=9,
                        verbose_name="status",
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
                        max_length=14,
                        verbose_name="source",
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=120, verbose_name="their reference")),
                ("sold_at", models.DateTimeField(null=True, verbose_name="their time")),
                ("is_backfill", models.BooleanField(default=False)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("applied", "Applied"),
                            ("applied_over_hold", "Applied over a hold"),
                            ("applied_over_payment", "Applied over a payment under way"),
                            ("applied_over_block", "Applied over a block"),
                            ("duplicate", "Known already"),
                            ("duplicate_suspect", "Probably known under another reference"),
                            ("stale", "Older than what we know"),
                            ("tombstone", "Cancelled before it was sold"),
                            ("conflict", "Sold twice"),
                            ("rejected", "Not possible"),
                            ("not_yours", "Another's sale"),
                            ("busy", "Seat was being changed"),
                        ],
                        max_length=24,
                        verbose_name="outcome",
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=32)),
                (
                    "conflict",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="seatsync.conflict",
                    ),
                ),
                (
                    "received_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="received"
                    ),
                ),
            ],
            options={
                "verbose_name": "reported seat",
                "verbose_name_plural": "reported seats",
                "indexes": [
                    models.Index(fields=["showtime", "channel", "seat"], name="seat_report_of_seat"),
                    models.Index(fields=["channel", "received_at"], name="seat_report_by_time"),
                    models.Index(fields=["seat", "channel", "reference", "-id"], name="seat_report_last_word"),
                    models.Index(
                        condition=models.Q(("outcome", "duplicate_suspect")),
                        fields=["received_at"],
                        name="seat_report_suspect",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="channel",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "seatsync_channelevent" ("contact", "file_columns", "id", "is_active", "kind", "name", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pricing", "silent_after_minutes", "sources") VALUES (NEW."contact", NEW."file_columns", NEW."id", NEW."is_active", NEW."kind", NEW."name", NEW."percent", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."pricing", NEW."silent_after_minutes", NEW."sources"); RETURN NULL;',
                    hash="c44d5274dc50c26d2547f3c1018c7c4dfad38b40",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_85a67",
                    table="seatsync_channel",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="channel",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "seatsync_channelevent" ("contact", "file_columns", "id", "is_active", "kind", "name", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "pricing", "silent_after_minutes", "sources") VALUES (NEW."contact", NEW."file_columns", NEW."id", NEW."is_active", NEW."kind", NEW."name", NEW."percent", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."pricing", NEW."silent_after_minutes", NEW."sources"); RETURN NULL;',
                    hash="f89b90890e0965a2fef4be14d4a25ae3eedb58ba",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3ef3d",
                    table="seatsync_channel",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="channelkey",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "seatsync_channelkeyevent" ("addresses", "channel_id", "created_at", "expires_at", "id", "is_test", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scopes") VALUES (NEW."addresses", NEW."channel_id", NEW."created_at", NEW."expires_at", NEW."id", NEW."is_test", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."prefix", NEW."revoked_at", NEW."scopes"); RETURN NULL;',
                    hash="5bae0a2e87df73985df9e80b3052dc025e5e8f7a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ef40a",
                    table="seatsync_channelkey",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="channelkey",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."addresses" IS DISTINCT FROM (NEW."addresses") OR OLD."channel_id" IS DISTINCT FROM (NEW."channel_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_test" IS DISTINCT FROM (NEW."is_test") OR OLD."prefix" IS DISTINCT FROM (NEW."prefix") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."scopes" IS DISTINCT FROM (NEW."scopes"))',
                    func='INSERT INTO "seatsync_channelkeyevent" ("addresses", "channel_id", "created_at", "expires_at", "id", "is_test", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scopes") VALUES (NEW."addresses", NEW."channel_id", NEW."created_at", NEW."expires_at", NEW."id", NEW."is_test", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."prefix", NEW."revoked_at", NEW."scopes"); RETURN NULL;',
                    hash="1137c2a2592458b7c3b897e080376ce5aa54389e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6c524",
                    table="seatsync_channelkey",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="seatreport",
            trigger=pgtrigger.compiler.Trigger(
                name="never_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="3d0e9c74bca0d917a9f8b5f5e933c57d75fa8466",
                    operation="UPDATE",
                    pgid="pgtrigger_never_changed_1e395",
                    table="seatsync_seatreport",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="seatevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="0b6703a616fa9df77239dcfb3b15920626b69d8e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_b12a1",
                    table="seatsync_seatevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allotment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "seatsync_allotmentevent" ("actor", "channel_id", "created_at", "id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "release_at", "release_minutes", "released_at", "seat_labels", "showtime_id") VALUES (NEW."actor", NEW."channel_id", NEW."created_at", NEW."id", NEW."percent", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."release_at", NEW."release_minutes", NEW."released_at", NEW."seat_labels", NEW."showtime_id"); RETURN NULL;',
                    hash="395a812c823f0d6f5bd3d981f9034a168df4cdf8",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a0190",
                    table="seatsync_allotment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="allotment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "seatsync_allotmentevent" ("actor", "channel_id", "created_at", "id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "release_at", "release_minutes", "released_at", "seat_labels", "showtime_id") VALUES (NEW."actor", NEW."channel_id", NEW."created_at", NEW."id", NEW."percent", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."release_at", NEW."release_minutes", NEW."released_at", NEW."seat_labels", NEW."showtime_id"); RETURN NULL;',
                    hash="f4352ad50069a267878f435a503d4aed70f2822b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_5fdc7",
                    table="seatsync_allotment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="subscription",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "seatsync_subscriptionevent" ("disabled_at", "disabled_reason", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "secret_number", "topics", "url") VALUES (NEW."disabled_at", NEW."disabled_reason", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."secret_number", NEW."topics", NEW."url"); RETURN NULL;',
                    hash="9c201751ba81e26f1995f994f24023504407d6c0",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_27bbf",
                    table="seatsync_subscription",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="subscription",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."disabled_at" IS DISTINCT FROM (NEW."disabled_at") OR OLD."disabled_reason" IS DISTINCT FROM (NEW."disabled_reason") OR OLD."secret_number" IS DISTINCT FROM (NEW."secret_number") OR OLD."topics" IS DISTINCT FROM (NEW."topics") OR OLD."url" IS DISTINCT FROM (NEW."url"))',
                    func='INSERT INTO "seatsync_subscriptionevent" ("disabled_at", "disabled_reason", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "secret_number", "topics", "url") VALUES (NEW."disabled_at", NEW."disabled_reason", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."secret_number", NEW."topics", NEW."url"); RETURN NULL;',
                    hash="c4d3945826cd552532156deeb3dbec3a2f1b3ffb",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_413c4",
                    table="seatsync_subscription",
                    when="AFTER",
                ),
            ),
        ),
    ]

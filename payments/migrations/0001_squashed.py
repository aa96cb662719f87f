"""Payments and refunds, vouchers, invoices and the books."""

import django.db.models.deletion
import django.db.models.functions.datetime
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
        ("payments", name)
        for name in (
            "0001_initial",
            "0002_seat_lost",
            "0003_figures_permission",
            "0004_the_books",
            "0005_day_books",
            "0006_buyers_of_invoices",
            "0007_tax_rules_move_down",
            "0008_gift_vouchers",
            "0009_invoices_of_exchanges",
        )
    ]

    dependencies = [
        ("bookings", "0001_squashed"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("showsewa", "__first__"),
        ("venues", "0001_squashed"),
    ]

    operations = [
        migrations.CreateModel(
            name="FakeCharge",
            fields=[
                ("reference", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("session", models.CharField(db_index=True, max_length=80)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                ("currency", models.CharField(max_length=3)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True),
                ),
            ],
            options={
                "verbose_name": "test charge",
            },
        ),
        migrations.CreateModel(
            name="FakeCheckout",
            fields=[
                ("session", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("payment_intent", models.CharField(max_length=80, unique=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                ("currency", models.CharField(max_length=3)),
                ("return_path", models.CharField(max_length=255)),
                (
                    "outcome",
                    models.CharField(
                        choices=[("OPEN", "open"), ("PAID", "paid"), ("DECLINED", "declined"), ("EXPIRED", "expired")],
                        default="OPEN",
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "test checkout",
            },
        ),
        migrations.CreateModel(
            name="FakeRefund",
            fields=[
                ("key", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("session", models.CharField(db_index=True, max_length=80)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "test refund",
            },
        ),
        migrations.CreateModel(
            name="SettlementFile",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("gateway", models.CharField(max_length=20, verbose_name="gateway")),
                ("day", models.DateField(verbose_name="day")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("name", models.CharField(max_length=120, verbose_name="file")),
                ("header", models.JSONField(default=list)),
                ("lines", models.JSONField(default=list)),
                ("columns", models.JSONField(default=dict)),
                ("actor", models.CharField(max_length=120)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("counted_at", models.DateTimeField(editable=False, null=True, verbose_name="counted")),
            ],
            options={
                "verbose_name": "settlement file",
                "verbose_name_plural": "settlement files",
            },
        ),
        migrations.CreateModel(
            name="FakeMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("done_at", models.DateTimeField(editable=False, null=True)),
                ("failed_at", models.DateTimeField(editable=False, null=True)),
                ("last_error", models.TextField(blank=True, editable=False)),
                ("event_id", models.CharField(max_length=80)),
                ("body", models.TextField()),
            ],
            options={
                "verbose_name": "test gateway message",
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None), ("failed_at", None)),
                        fields=["due_at"],
                        name="fake_message_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GatewayAccount",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "cinema",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gateway_accounts",
                        to="venues.cinema",
                    ),
                ),
                ("gateway", models.CharField(max_length=20, verbose_name="gateway")),
                ("merchant", models.CharField(blank=True, max_length=120, verbose_name="merchant code")),
                ("secrets", models.TextField(blank=True, editable=False)),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "verbose_name": "gateway account",
                "verbose_name_plural": "gateway accounts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cinema", "gateway"), name="gateway_account_unique", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GiftVoucher",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("last4", models.CharField(editable=False, max_length=4, verbose_name="last letters")),
                (
                    "cinema",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: everywhere.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vouchers",
                        to="venues.cinema",
                        verbose_name="where it is taken",
                    ),
                ),
                (
                    "sold_at",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vouchers_sold",
                        to="venues.cinema",
                        verbose_name="sold at",
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="good until")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("SOLD", "Sold"),
                            ("GOODWILL", "Goodwill"),
                            ("CONFLICT", "For seats that were sold twice"),
                        ],
                        max_length=8,
                        verbose_name="why",
                    ),
                ),
                ("tender", models.CharField(blank=True, max_length=20, verbose_name="paid by")),
                ("note", models.CharField(blank=True, max_length=255, verbose_name="note")),
                ("issued_by", models.CharField(editable=False, max_length=120, verbose_name="issued by")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="issued"
                    ),
                ),
                ("blocked_at", models.DateTimeField(editable=False, null=True, verbose_name="blocked")),
            ],
            options={
                "verbose_name": "gift voucher",
                "verbose_name_plural": "gift vouchers",
                "permissions": [
                    ("issue_giftvoucher", "Can give gift vouchers away"),
                    ("cancel_giftvoucher", "Can cancel what is left of gift vouchers"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("expires_on__isnull", False)),
                        fields=["expires_on"],
                        name="gift_voucher_to_expire",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", "SOLD"), ("sold_at__isnull", False), ("tender__gt", "")),
                            models.Q(models.Q(("reason", "SOLD"), _negated=True), ("tender", "")),
                            _connector="OR",
                        ),
                        name="gift_voucher_paid_if_sold",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cinema",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="venues.cinema"
                    ),
                ),
                ("fiscal_year", models.CharField(max_length=9)),
                ("kind", models.CharField(max_length=7)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "invoice counter",
                "constraints": [
                    models.UniqueConstraint(fields=("cinema", "fiscal_year", "kind"), name="invoice_counter_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="bookings.booking"
                    ),
                ),
                ("gateway", models.CharField(max_length=20, verbose_name="gateway")),
                ("session", models.CharField(max_length=120, verbose_name="gateway's session")),
                ("intent", models.CharField(blank=True, max_length=120, verbose_name="payment intent")),
                ("url", models.CharField(blank=True, editable=False, max_length=500)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("INITIATED", "Started"),
                            ("SUCCESS", "Paid"),
                            ("FAILED", "Failed"),
                            ("EXPIRED", "Expired"),
                            ("REFUNDED", "Refunded"),
                        ],
                        default="INITIATED",
                        max_length=9,
                        verbose_name="status",
                    ),
                ),
                ("gateway_reference", models.CharField(blank=True, max_length=120, verbose_name="gateway's reference")),
                ("trouble", models.CharField(blank=True, max_length=255, verbose_name="trouble")),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                (
                    "poll_at",
                    models.DateTimeField(
                        editable=False, help_text="When to ask the gateway next; empty: no more.", null=True
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("settled_at", models.DateTimeField(editable=False, null=True, verbose_name="settled")),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
                "permissions": [
                    ("refund_booking", "Can refund"),
                    ("view_figures", "Can see revenue, channels and other figures"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("poll_at__isnull", False)), fields=["poll_at"], name="payment_to_poll"
                    ),
                    models.Index(
                        condition=models.Q(("status__in", ["SUCCESS", "REFUNDED"])),
                        fields=["settled_at"],
                        name="payment_by_day_taken",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("gateway", "session"), name="payment_session_unique"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "INITIATED")),
                        fields=("booking",),
                        name="payment_one_open_per_booking",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="payment_amount_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("gateway", models.CharField(max_length=20, verbose_name="gateway")),
                ("day", models.DateField(verbose_name="day")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "our_payments",
                    models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name="our payments"),
                ),
                (
                    "our_refunds",
                    models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name="our refunds"),
                ),
                (
                    "their_payments",
                    models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name="their payments"),
                ),
                (
                    "their_refunds",
                    models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name="their refunds"),
                ),
                (
                    "their_fees",
                    models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name="their fees"),
                ),
                ("is_balanced", models.BooleanField(null=True, verbose_name="agrees")),
                ("counted_at", models.DateTimeField(null=True, verbose_name="counted")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "settlement",
                "verbose_name_plural": "settlements",
                "constraints": [
                    models.UniqueConstraint(fields=("gateway", "day", "currency"), name="settlement_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("gateway", models.CharField(max_length=20, verbose_name="gateway")),
                ("event_id", models.CharField(max_length=120, verbose_name="event")),
                ("body", models.TextField(verbose_name="body")),
                (
                    "received_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("processed_at", models.DateTimeField(editable=False, null=True, verbose_name="processed")),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("outcome", models.CharField(blank=True, max_length=255, verbose_name="outcome")),
            ],
            options={
                "verbose_name": "webhook event",
                "verbose_name_plural": "webhook events",
                "indexes": [
                    models.Index(
                        condition=models.Q(("processed_at", None)), fields=["received_at"], name="webhook_event_open"
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("gateway", "event_id"), name="webhook_event_unique")],
            },
        ),
        migrations.CreateModel(
            name="CashCount",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "cinema",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="venues.cinema"
                    ),
                ),
                (
                    "clerk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cash_counts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("float_amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="float")),
                ("counted", models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name="counted")),
                ("expected", models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name="expected")),
                ("report", models.JSONField(default=dict, editable=False)),
                ("note", models.CharField(blank=True, max_length=255, verbose_name="note")),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
            ],
            options={
                "verbose_name": "cash count",
                "verbose_name_plural": "cash counts",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)), fields=("clerk",), name="cash_count_one_open_per_clerk"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("counted", None), ("expected", None)),
                            models.Q(
                                ("closed_at__isnull", False), ("counted__isnull", False), ("expected__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="cash_count_closed_is_counted",
                    ),
                    models.CheckConstraint(condition=models.Q(("float_amount__gte", 0)), name="cash_count_float_sane"),
                ],
            },
        ),
        migrations.CreateModel(
            name="GatewayAccountEvent",
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
                        to="payments.gatewayaccount",
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
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="venues.cinema",
                    ),
                ),
                ("gateway", models.CharField(max_length=20, verbose_name="gateway")),
                ("merchant", models.CharField(blank=True, max_length=120, verbose_name="merchant code")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("done_at", models.DateTimeField(editable=False, null=True)),
                ("failed_at", models.DateTimeField(editable=False, null=True)),
                ("last_error", models.TextField(blank=True, editable=False)),
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="payments.payment"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
                ("percent", models.DecimalField(decimal_places=2, default=100, max_digits=5, verbose_name="percent")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("CANCELLED", "Booking cancelled"),
                            ("LATE", "Paid after the seats were gone"),
                            ("DOUBLE", "Paid twice"),
                            ("MISMATCH", "Wrong amount or currency"),
                            ("STAFF", "Given by staff"),
                            ("SEAT_LOST", "Seat sold twice"),
                            ("UNPAID", "The rest was not paid in time"),
                            ("EXCHANGED", "Other seats, which cost less"),
                        ],
                        max_length=9,
                        verbose_name="reason",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=255, verbose_name="note")),
                ("actor", models.CharField(max_length=120, verbose_name="asked by")),
                (
                    "gateway_reference",
                    models.CharField(blank=True, editable=False, max_length=120, verbose_name="gateway's reference"),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "refund",
                "verbose_name_plural": "refunds",
                "permissions": [("retry_refund", "Can try a refund again")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at", None), ("failed_at", None)),
                        fields=["due_at"],
                        name="refund_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="refund_amount_positive")
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "cinema",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="venues.cinema"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("INVOICE", "Invoice"), ("CREDIT", "Credit note")],
                        default="INVOICE",
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                ("fiscal_year", models.CharField(max_length=9, verbose_name="fiscal year")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoices", to="bookings.booking"
                    ),
                ),
                (
                    "original",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_notes",
                        to="payments.invoice",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_notes",
                        to="payments.refund",
                    ),
                ),
                (
                    "exchange",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoice",
                        to="bookings.exchange",
                    ),
                ),
                ("issued_at", models.DateTimeField(verbose_name="issued")),
                ("issued_on_bs", models.CharField(max_length=10, verbose_name="date (B.S.)")),
                ("seller", models.JSONField(help_text="Name, PAN and address of the cinema on that day.")),
                ("buyer", models.JSONField(help_text="Name and PAN, as far as given.")),
                (
                    "lines",
                    models.JSONField(help_text="[{text, textNe, quantity, price, discount, amount}], amounts as text."),
                ),
                ("taxes", models.JSONField(help_text="[{name, nameNe, percent, base, amount}], inside the total.")),
                ("total", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="total")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "invoice",
                "verbose_name_plural": "invoices",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cinema", "fiscal_year", "kind", "number"), name="invoice_number_unique"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("exchange", None), ("kind", "INVOICE")),
                        fields=("booking",),
                        name="invoice_one_per_booking",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "CREDIT"), ("refund__isnull", False)),
                        fields=("refund",),
                        name="invoice_one_per_refund",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("WRONG_AMOUNT", "Another amount than asked"),
                            ("UNPLACED", "Money for no payment of ours"),
                            ("REFUND_UNKNOWN", "Refund with unknown result"),
                            ("REFUND_BY_HAND", "Refund to be made by hand"),
                            ("SETTLEMENT", "Difference in a settlement"),
                        ],
                        max_length=14,
                        verbose_name="kind",
                    ),
                ),
                ("gateway", models.CharField(max_length=20, verbose_name="gateway")),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="payments.payment",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="payments.refund",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="payments.webhookevent",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name="amount")),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("detail", models.TextField(blank=True, verbose_name="what is known")),
                (
                    "status",
                    models.CharField(
                        choices=[("OPEN", "Open"), ("SOLVED", "Solved")],
                        default="OPEN",
                        max_length=6,
                        verbose_name="status",
                    ),
                ),
                (
                    "resolution",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("REFUNDED", "Given back"),
                            ("ACCEPTED", "Accepted as payment"),
                            ("BY_HAND", "Done by hand"),
                        ],
                        max_length=8,
                        verbose_name="how it ended",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="what was done")),
                ("decided_by", models.CharField(blank=True, editable=False, max_length=120, verbose_name="decided by")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("solved_at", models.DateTimeField(editable=False, null=True, verbose_name="solved")),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "indexes": [
                    models.Index(condition=models.Q(("status", "OPEN")), fields=["created_at"], name="case_open")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "payment", "refund", "message"), name="case_unique", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RefundEvent",
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
                        to="payments.refund",
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
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("done_at", models.DateTimeField(editable=False, null=True)),
                ("failed_at", models.DateTimeField(editable=False, null=True)),
                ("last_error", models.TextField(blank=True, editable=False)),
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, serialize=False)),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="payments.payment",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
                ("percent", models.DecimalField(decimal_places=2, default=100, max_digits=5, verbose_name="percent")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("CANCELLED", "Booking cancelled"),
                            ("LATE", "Paid after the seats were gone"),
                            ("DOUBLE", "Paid twice"),
                            ("MISMATCH", "Wrong amount or currency"),
                            ("STAFF", "Given by staff"),
                            ("SEAT_LOST", "Seat sold twice"),
                            ("UNPAID", "The rest was not paid in time"),
                            ("EXCHANGED", "Other seats, which cost less"),
                        ],
                        max_length=9,
                        verbose_name="reason",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=255, verbose_name="note")),
                ("actor", models.CharField(max_length=120, verbose_name="asked by")),
                (
                    "gateway_reference",
                    models.CharField(blank=True, editable=False, max_length=120, verbose_name="gateway's reference"),
                ),
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
            name="VoucherEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "voucher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="payments.giftvoucher"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ISSUE", "Issued"),
                            ("SPEND", "Spent"),
                            ("RETURN", "Came back"),
                            ("EXPIRE", "Expired"),
                            ("CORRECT", "Corrected"),
                        ],
                        max_length=7,
                        verbose_name="what",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
                (
                    "payment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voucher_entry",
                        to="payments.payment",
                    ),
                ),
                (
                    "refund",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="voucher_entry",
                        to="payments.refund",
                    ),
                ),
                ("actor", models.CharField(max_length=120, verbose_name="by")),
                ("note", models.CharField(blank=True, max_length=255, verbose_name="note")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name="when"
                    ),
                ),
            ],
            options={
                "verbose_name": "line of a gift voucher",
                "verbose_name_plural": "lines of gift vouchers",
                "indexes": [models.Index(fields=["at"], name="voucher_entry_by_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gt", 0), ("kind__in", ["ISSUE", "RETURN"])),
                            models.Q(("amount__lt", 0), ("kind__in", ["SPEND", "EXPIRE"])),
                            models.Q(("kind", "CORRECT"), models.Q(("amount", 0), _negated=True)),
                            _connector="OR",
                        ),
                        name="voucher_entry_signed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "SPEND"), ("payment__isnull", False), ("refund", None)),
                            models.Q(("kind", "RETURN"), ("payment", None), ("refund__isnull", False)),
                            models.Q(
                                models.Q(("kind__in", ["SPEND", "RETURN"]), _negated=True),
                                ("payment", None),
                                ("refund", None),
                            ),
                            _connector="OR",
                        ),
                        name="voucher_entry_of_its_cause",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "ISSUE")),
                        fields=("voucher",),
                        name="voucher_entry_one_issue_per_voucher",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceBuyer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="buyers", to="payments.invoice"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("pan", models.CharField(blank=True, max_length=20, verbose_name="PAN")),
                ("actor", models.CharField(max_length=120)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "buyer of an invoice",
                "verbose_name_plural": "buyers of invoices",
            },
        ),
        migrations.CreateModel(
            name="InvoiceCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="copies", to="payments.invoice"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="copy")),
                ("actor", models.CharField(max_length=120)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "print of an invoice",
                "verbose_name_plural": "prints of invoices",
                "constraints": [models.UniqueConstraint(fields=("invoice", "number"), name="invoice_copy_unique")],
            },
        ),
        migrations.CreateModel(
            name="SettlementLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "settlement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="payments.settlement"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("PAYMENT", "Payment"), ("REFUND", "Refund")], max_length=7, verbose_name="kind"
                    ),
                ),
                ("reference", models.CharField(max_length=120, verbose_name="gateway's reference")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
                ("fee", models.DecimalField(decimal_places=2, default=0, max_digits=12, verbose_name="fee")),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlement_lines",
                        to="payments.payment",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlement_lines",
                        to="payments.refund",
                    ),
                ),
                (
                    "difference",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("MISSING_HERE", "Not in our books"),
                            ("MISSING_THERE", "Not in their list"),
                            ("AMOUNT", "Another amount"),
                            ("FEE", "Listed without their fee"),
                        ],
                        max_length=16,
                        verbose_name="difference",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="payments.case",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=255, verbose_name="explanation")),
                (
                    "explained_by",
                    models.CharField(blank=True, editable=False, max_length=120, verbose_name="explained by"),
                ),
                ("explained_at", models.DateTimeField(editable=False, null=True, verbose_name="explained")),
            ],
            options={
                "verbose_name": "settlement line",
                "verbose_name_plural": "settlement lines",
                "constraints": [
                    models.UniqueConstraint(fields=("settlement", "kind", "reference"), name="settlement_line_unique")
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="gatewayaccount",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "payments_gatewayaccountevent" ("cinema_id", "gateway", "id", "is_active", "merchant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."cinema_id", NEW."gateway", NEW."id", NEW."is_active", NEW."merchant", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="a074446322de804783b69031c9a5b84ec45b039e",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_04a07",
                    table="payments_gatewayaccount",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="gatewayaccount",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."cinema_id" IS DISTINCT FROM (NEW."cinema_id") OR OLD."gateway" IS DISTINCT FROM (NEW."gateway") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."merchant" IS DISTINCT FROM (NEW."merchant"))',
                    func='INSERT INTO "payments_gatewayaccountevent" ("cinema_id", "gateway", "id", "is_active", "merchant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."cinema_id", NEW."gateway", NEW."id", NEW."is_active", NEW."merchant", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="70a581dc39f1357564b3f8d826bcadca836abb36",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9fd1e",
                    table="payments_gatewayaccount",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invoicebuyer",
            trigger=pgtrigger.compiler.Trigger(
                name="never_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="b635663e71761ad0edf2fb61f420bdfbe4ae46a5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_never_changed_49102",
                    table="payments_invoicebuyer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invoicebuyer",
            trigger=pgtrigger.compiler.Trigger(
                name="before_the_first_print",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    PERFORM FROM payments_invoice WHERE id = NEW.invoice_id FOR NO KEY UPDATE;\n                    IF EXISTS (SELECT FROM payments_invoicecopy WHERE invoice_id = NEW.invoice_id) THEN\n                        RAISE EXCEPTION 'this invoice was printed'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_buyer_before_print';\n                    END IF;\n                    RETURN NEW;",
                    hash="1963239f107a7a19e32254dd96703669b28b5354",
                    operation="INSERT",
                    pgid="pgtrigger_before_the_first_print_5ff70",
                    table="payments_invoicebuyer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invoicecopy",
            trigger=pgtrigger.compiler.Trigger(
                name="never_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="322d869c35de4f457c5f5d8ec5a9b23063d764ee",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_never_changed_912c9",
                    table="payments_invoicecopy",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="refund",
            trigger=pgtrigger.compiler.Trigger(
                name="never_above_paid",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE paid numeric; back numeric;",
                    func="\n                    SELECT amount INTO paid FROM payments_payment WHERE id = NEW.payment_id FOR NO KEY UPDATE;\n                    SELECT sum(amount) INTO back FROM payments_refund WHERE payment_id = NEW.payment_id;\n                    IF back > paid THEN\n                        RAISE EXCEPTION 'refunds of % exceed the payment of %', back, paid\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_never_above_paid';\n                    END IF;\n                    RETURN NULL;",
                    hash="56cfa7de206f579d24aed4d15fef94528b06540f",
                    operation='INSERT OR UPDATE OF "amount", "payment_id"',
                    pgid="pgtrigger_never_above_paid_af4b2",
                    table="payments_refund",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="refund",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "payments_refundevent" ("actor", "amount", "attempts", "created_at", "done_at", "due_at", "failed_at", "gateway_reference", "id", "last_error", "note", "payment_id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."actor", NEW."amount", NEW."attempts", NEW."created_at", NEW."done_at", NEW."due_at", NEW."failed_at", NEW."gateway_reference", NEW."id", NEW."last_error", NEW."note", NEW."payment_id", NEW."percent", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reason"); RETURN NULL;',
                    hash="4a1dc5e244d6e6ce9dcb2dac45f5accb89aabc3e",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_eff19",
                    table="payments_refund",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="refund",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "payments_refundevent" ("actor", "amount", "attempts", "created_at", "done_at", "due_at", "failed_at", "gateway_reference", "id", "last_error", "note", "payment_id", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."actor", NEW."amount", NEW."attempts", NEW."created_at", NEW."done_at", NEW."due_at", NEW."failed_at", NEW."gateway_reference", NEW."id", NEW."last_error", NEW."note", NEW."payment_id", NEW."percent", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reason"); RETURN NULL;',
                    hash="a1d91e6158fb991f9fb4a92a538bb4d07fdc8a9e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1c17b",
                    table="payments_refund",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invoice",
            trigger=pgtrigger.compiler.Trigger(
                name="never_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="870bd59a618172900798a00a6d44718f2d82ef72",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_never_changed_b684c",
                    table="payments_invoice",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="voucherentry",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f91ea7360b0892563e77726e1f20c21c339a9f85",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f9a2e",
                    table="payments_voucherentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="voucherentry",
            trigger=pgtrigger.compiler.Trigger(
                name="never_below_zero",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE worth numeric;",
                    func="\n                    PERFORM FROM payments_giftvoucher WHERE id = NEW.voucher_id FOR NO KEY UPDATE;\n                    SELECT sum(amount) INTO worth FROM payments_voucherentry WHERE voucher_id = NEW.voucher_id;\n                    IF worth < 0 THEN\n                        RAISE EXCEPTION 'voucher % would be worth %', NEW.voucher_id, worth\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'voucher_never_below_zero';\n                    END IF;\n                    RETURN NULL;",
                    hash="a6f01f7d745fb6196bbbc0327c69412896bb3db2",
                    operation="INSERT",
                    pgid="pgtrigger_never_below_zero_e6126",
                    table="payments_voucherentry",
                    when="AFTER",
                ),
            ),
        ),
    ]

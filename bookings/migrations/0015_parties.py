"""Parties: a hold whose seats friends claim and pay for themselves."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import showsewa.ids


class Migration(migrations.Migration):
    dependencies = [("bookings", "0014_promo_percent_or_amount"), ("venues", "0009_lonely_seats_when_asked")]

    operations = [
        migrations.CreateModel(
            name="Party",
            fields=[
                (
                    "id",
                    models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
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
                    "host",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hosts",
                        to="bookings.booking",
                        verbose_name="opened from",
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
            options={"verbose_name": "party", "verbose_name_plural": "parties"},
        ),
        migrations.AddField(
            model_name="booking",
            name="party",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="bookings",
                to="bookings.party",
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="party_name",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=40),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(condition=models.Q(("party__isnull", False)), fields=["party"], name="booking_of_party"),
        ),
    ]

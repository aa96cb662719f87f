"""Who wants to be told when tickets of a movie are on sale."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

import showsewa.ids


class Migration(migrations.Migration):
    dependencies = [("seatsync", "0009_crowded_shows"), ("venues", "0007_search_speed")]

    operations = [
        migrations.CreateModel(
            name="OpeningNotice",
            fields=[
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("done_at", models.DateTimeField(editable=False, null=True)),
                ("failed_at", models.DateTimeField(editable=False, null=True)),
                ("last_error", models.TextField(blank=True, editable=False)),
                (
                    "id",
                    models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("city", models.CharField(max_length=80, verbose_name="city")),
                (
                    "medium",
                    models.CharField(
                        choices=[("EMAIL", "E-mail"), ("SMS", "SMS")], max_length=5, verbose_name="medium"
                    ),
                ),
                ("address", models.CharField(max_length=254, verbose_name="address")),
                ("language", models.CharField(default="en", max_length=5, verbose_name="language")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "movie",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opening_notices",
                        to="venues.movie",
                    ),
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
    ]

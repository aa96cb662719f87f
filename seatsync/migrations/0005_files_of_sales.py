"""Their whole list, for the night to compare with; and files of sales between the steps of an import."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

import showsewa.ids


class Migration(migrations.Migration):
    dependencies = [("seatsync", "0004_own_channels")]

    operations = [
        migrations.CreateModel(
            name="SalesFile",
            fields=[
                ("id", models.UUIDField(default=showsewa.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120, verbose_name="file")),
                ("header", models.JSONField(editable=False)),
                ("lines", models.JSONField(editable=False)),
                ("columns", models.JSONField(default=dict, editable=False)),
                ("actor", models.CharField(editable=False, max_length=120)),
                ("created_at", models.DateTimeField(db_default=Now(), editable=False)),
                (
                    "channel",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="seatsync.channel",
                    ),
                ),
            ],
            options={"verbose_name": "sales file", "verbose_name_plural": "sales files"},
        ),
        migrations.AddField(
            model_name="reconciliation",
            name="listed",
            field=models.JSONField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="reconciliation",
            index=models.Index(
                condition=models.Q(("listed__isnull", False)),
                fields=["channel", "showtime"],
                name="reconciliation_last_list",
            ),
        ),
    ]

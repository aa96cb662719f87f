"""The desk of conflicts: where the loser sits instead, and the mail to managers about one that stays open."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("seatsync", "0005_files_of_sales")]

    operations = [
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
        migrations.AddField(
            model_name="conflict",
            name="new_seat",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="seatsync.showseat",
            ),
        ),
    ]

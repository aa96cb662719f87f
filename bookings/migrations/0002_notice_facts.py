"""Notices carry the sums they speak of."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bookings", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="notice",
            name="facts",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
    ]

"""An account remembers which digits its owner reads."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("showsewa", "0001_squashed"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="digits",
            field=models.CharField(blank=True, db_default="", default="", max_length=4, verbose_name="digits"),
        ),
    ]

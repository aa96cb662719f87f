from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("seatsync", "0011_hand_on")]

    operations = [
        migrations.AlterField(
            model_name="openingnotice",
            name="language",
            field=models.CharField(default="en", max_length=12, verbose_name="language"),
        ),
    ]

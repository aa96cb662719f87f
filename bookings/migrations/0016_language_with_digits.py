from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("bookings", "0015_parties")]

    operations = [
        migrations.AlterField(
            model_name="booking",
            name="language",
            field=models.CharField(default="en", max_length=12, verbose_name="language"),
        ),
        migrations.AlterField(
            model_name="standby",
            name="language",
            field=models.CharField(default="en", max_length=12, verbose_name="language"),
        ),
    ]

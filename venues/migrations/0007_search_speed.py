"""Indexes of showtimes that carry all that searching reads of them, in place of those that led to the rows."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("venues", "0006_pay_at_counter")]

    operations = [
        migrations.AddIndex(
            model_name="showtime",
            index=models.Index(
                fields=["cinema", "starts_at"],
                include=("movie", "language", "cancelled_at", "id"),
                name="showtime_by_cinema_and_start",
            ),
        ),
        migrations.AddIndex(
            model_name="showtime",
            index=models.Index(
                fields=["movie", "starts_at"],
                include=("cinema", "language", "cancelled_at", "id"),
                name="showtime_by_movie_and_start",
            ),
        ),
        migrations.RemoveIndex(model_name="showtime", name="showtime_by_cinema"),
        migrations.AlterField(
            model_name="showtime",
            name="movie",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="showtimes",
                to="venues.movie",
            ),
        ),
    ]

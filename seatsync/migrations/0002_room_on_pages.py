"""Room on each page for the updated version of a row, so that a sale does not move it to another page."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("seatsync", "0001_squashed")]
    replaces: ClassVar = [("seatsync", "0002_room_for_updates")]

    operations: ClassVar = [
        migrations.RunSQL(
            "ALTER TABLE seatsync_showseat SET (fillfactor = 80)",
            "ALTER TABLE seatsync_showseat RESET (fillfactor)",
        ),
        migrations.RunSQL(
            "ALTER TABLE seatsync_showinventory SET (fillfactor = 50)",
            "ALTER TABLE seatsync_showinventory RESET (fillfactor)",
        ),
    ]

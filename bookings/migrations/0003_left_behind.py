"""Find what may have left money behind by an index of just that, and not in all that was ever sold."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("bookings", "0002_check_ins")]

    operations = [
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                fields=["created_at"], condition=Q(status="EXPIRED", reference__isnull=False), name="booking_unpaid"
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                fields=["created_at"],
                condition=Q(status="EXPIRED", payment_method="COUNTER"),
                name="booking_unpaid_at_counter",
            ),
        ),
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                fields=["cancelled_at"],
                condition=Q(status="CANCELLED", ending__in=["SEAT_LOST", "SHOW_CANCELLED"]),
                name="booking_lost",
            ),
        ),
    ]

"""A held seat may be given to another hold, and the journal says so."""

from django.db import migrations, models

ACTIONS = [
    ("HOLD", "held"),
    ("BOOK", "booked"),
    ("BOOK_HELD", "hold became a sale"),
    ("HAND_ON", "held seat given to another hold"),
    ("RELEASE", "released"),
    ("BLOCK", "blocked"),
    ("UNBLOCK", "unblocked"),
    ("REPORT", "reported as sold"),
    ("MOVE", "sold seat given to another sale"),
    ("ALLOT", "given to a channel"),
    ("RETURN", "taken back from a channel"),
]


class Migration(migrations.Migration):
    dependencies = [("seatsync", "0010_opening_notice")]

    operations = [
        migrations.AlterField(
            model_name="seatevent", name="action", field=models.CharField(choices=ACTIONS, max_length=9)
        ),
        migrations.RemoveConstraint(model_name="seatevent", name="seat_event_action_known"),
        migrations.AddConstraint(
            model_name="seatevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("action__in", [action for action, _told in ACTIONS])),
                name="seat_event_action_known",
            ),
        ),
    ]

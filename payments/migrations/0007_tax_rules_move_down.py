import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    """Tax rules go to bookings, where prices are quoted. Their tables stay as they are."""

    dependencies = [
        ("payments", "0006_buyers_of_invoices"),
    ]

    operations = [
        # They write into the history under names made of the app's.
        pgtrigger.migrations.RemoveTrigger(model_name="taxrule", name="insert_insert"),
        pgtrigger.migrations.RemoveTrigger(model_name="taxrule", name="update_update"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="taxruleevent", name="pgh_obj"),
                migrations.RemoveField(model_name="taxruleevent", name="cinema"),
                migrations.RemoveField(model_name="taxruleevent", name="pgh_context"),
                migrations.DeleteModel(name="TaxRule"),
                migrations.DeleteModel(name="TaxRuleEvent"),
            ],
        ),
    ]

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


def _rename(apps, old, new):
    """Permissions and admin's history keep hold of the model under its new name."""
    types = apps.get_model("contenttypes", "ContentType").objects
    for model in ("taxrule", "taxruleevent"):
        if not types.filter(app_label=new, model=model).exists():
            types.filter(app_label=old, model=model).update(app_label=new)


def take_names(apps, schema_editor):
    _rename(apps, "payments", "bookings")


def leave_names(apps, schema_editor):
    _rename(apps, "bookings", "payments")


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0008_pay_at_counter"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("payments", "0007_tax_rules_move_down"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("venues", "0006_pay_at_counter"),
    ]

    operations = [
        # The tables are there, with the names they got in payments.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="TaxRule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=80, verbose_name="name")),
                        ("name_ne", models.CharField(blank=True, max_length=80, verbose_name="name in Nepali")),
                        ("percent", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="percentage")),
                        (
                            "applies_to",
                            models.CharField(
                                choices=[("ALL", "All shows"), ("FOREIGN", "Foreign films")],
                                default="ALL",
                                max_length=7,
                                verbose_name="applies to",
                            ),
                        ),
                        ("starts_on", models.DateField(verbose_name="from")),
                        ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                        (
                            "cinema",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tax_rules",
                                to="venues.cinema",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "tax rule",
                        "verbose_name_plural": "tax rules",
                        "db_table": "payments_taxrule",
                    },
                ),
                migrations.CreateModel(
                    name="TaxRuleEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        ("id", models.BigIntegerField()),
                        ("name", models.CharField(max_length=80, verbose_name="name")),
                        ("name_ne", models.CharField(blank=True, max_length=80, verbose_name="name in Nepali")),
                        ("percent", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="percentage")),
                        (
                            "applies_to",
                            models.CharField(
                                choices=[("ALL", "All shows"), ("FOREIGN", "Foreign films")],
                                default="ALL",
                                max_length=7,
                                verbose_name="applies to",
                            ),
                        ),
                        ("starts_on", models.DateField(verbose_name="from")),
                        ("ends_on", models.DateField(blank=True, null=True, verbose_name="until")),
                        (
                            "cinema",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="venues.cinema",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="events",
                                to="bookings.taxrule",
                            ),
                        ),
                    ],
                    options={
                        "db_table": "payments_taxruleevent",
                        "abstract": False,
                    },
                ),
                migrations.AddConstraint(
                    model_name="taxrule",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("percent__range", (0, 100))), name="tax_rule_percent_sane"
                    ),
                ),
            ]
        ),
        migrations.AddField(
            model_name="taxrule",
            name="how",
            field=models.CharField(
                choices=[("INSIDE", "Inside the prices"), ("ON_TOP", "On top of the prices")],
                db_default="INSIDE",
                default="INSIDE",
                max_length=6,
                verbose_name="how",
            ),
        ),
        migrations.AddField(
            model_name="taxruleevent",
            name="how",
            field=models.CharField(
                choices=[("INSIDE", "Inside the prices"), ("ON_TOP", "On top of the prices")],
                db_default="INSIDE",
                default="INSIDE",
                max_length=6,
                verbose_name="how",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="taxrule",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "payments_taxruleevent" ("applies_to", "cinema_id", "ends_on", "how", "id", "name", "name_ne", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on") VALUES (NEW."applies_to", NEW."cinema_id", NEW."ends_on", NEW."how", NEW."id", NEW."name", NEW."name_ne", NEW."percent", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."starts_on"); RETURN NULL;',
                    hash="212beba9c5f8a4164399f891209705cbae9f8e7d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_21127",
                    table="payments_taxrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="taxrule",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "payments_taxruleevent" ("applies_to", "cinema_id", "ends_on", "how", "id", "name", "name_ne", "percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "starts_on") VALUES (NEW."applies_to", NEW."cinema_id", NEW."ends_on", NEW."how", NEW."id", NEW."name", NEW."name_ne", NEW."percent", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."starts_on"); RETURN NULL;',
                    hash="b1f1191aac2ed1d1868216fe4fb946d28dc31c67",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e0668",
                    table="payments_taxrule",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunPython(take_names, leave_names),
    ]

"""What an account remembers of its owner."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("showsewa", "0001_initial"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="user",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="user",
            name="update_update",
        ),
        migrations.AddField(
            model_name="user",
            name="city",
            field=models.CharField(blank=True, db_default="", default="", max_length=80, verbose_name="city"),
        ),
        migrations.AddField(
            model_name="user",
            name="party",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="how many you are"),
        ),
        migrations.AddField(
            model_name="user",
            name="wants_openings",
            field=models.BooleanField(db_default=True, default=True, verbose_name="sales of favourite movies"),
        ),
        migrations.AddField(
            model_name="user",
            name="wants_reminders",
            field=models.BooleanField(db_default=True, default=True, verbose_name="reminders"),
        ),
        migrations.AddField(
            model_name="user",
            name="wants_sms",
            field=models.BooleanField(db_default=True, default=True, verbose_name="SMS"),
        ),
        migrations.AddField(
            model_name="userevent",
            name="wants_openings",
            field=models.BooleanField(db_default=True, default=True, verbose_name="sales of favourite movies"),
        ),
        migrations.AddField(
            model_name="userevent",
            name="wants_reminders",
            field=models.BooleanField(db_default=True, default=True, verbose_name="reminders"),
        ),
        migrations.AddField(
            model_name="userevent",
            name="wants_sms",
            field=models.BooleanField(db_default=True, default=True, verbose_name="SMS"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "showsewa_userevent" ("date_joined", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "wants_openings", "wants_reminders", "wants_sms") VALUES (NEW."date_joined", NEW."email", NEW."first_name", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."language", NEW."last_name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."wants_openings", NEW."wants_reminders", NEW."wants_sms"); RETURN NULL;',
                    hash="d8a5d63e5c1167fe7bdcb381fe53722539909a6c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_86389",
                    table="showsewa_user",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."date_joined" IS DISTINCT FROM (NEW."date_joined") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."wants_openings" IS DISTINCT FROM (NEW."wants_openings") OR OLD."wants_reminders" IS DISTINCT FROM (NEW."wants_reminders") OR OLD."wants_sms" IS DISTINCT FROM (NEW."wants_sms"))',
                    func='INSERT INTO "showsewa_userevent" ("date_joined", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "language", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "wants_openings", "wants_reminders", "wants_sms") VALUES (NEW."date_joined", NEW."email", NEW."first_name", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."language", NEW."last_name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."wants_openings", NEW."wants_reminders", NEW."wants_sms"); RETURN NULL;',
                    hash="20b664e65cf71020accf580c465ed73d4283ceac",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6a67e",
                    table="showsewa_user",
                    when="AFTER",
                ),
            ),
        ),
    ]

"""`manage.py sync_roles`: make the groups equal to showsewa/roles.py. To be run after every migrate."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from showsewa import roles


class Command(BaseCommand):
    help = "Make the permission groups equal to the roles of showsewa/roles.py."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        known = {
            f"{one.content_type.app_label}.{one.codename}": one
            for one in Permission.objects.select_related("content_type")
        }
        for role, names in roles.PERMISSIONS.items():
            missing = sorted(set(names) - set(known))
            if missing:
                raise CommandError(f"{role}: there is no permission {', '.join(missing)}. Has everything migrated?")
            group, _is_new = Group.objects.get_or_create(name=role)
            group.permissions.set([known[name] for name in names])
            if options["verbosity"] > 1:
                self.stdout.write(f"{role}: {len(names)} permissions")

"""The website and the counter are channels too; keys made before there were two kinds keep the kind of their prefix."""

import uuid
from typing import Any, ClassVar

from django.db import migrations

_OWN = [
    ("00000000-0000-7000-8000-000000000001", "Website", "WEB", ["SHOWSEWA"]),
    ("00000000-0000-7000-8000-000000000002", "Counter", "COUNTER", ["WALK_IN"]),
]


def make(apps: Any, _schema: Any) -> None:
    channels = apps.get_model("seatsync", "Channel").objects
    for key, name, kind, sources in _OWN:
        channels.get_or_create(id=uuid.UUID(key), defaults={"name": name, "kind": kind, "sources": sources})
    apps.get_model("seatsync", "ChannelKey").objects.filter(prefix__startswith="ssk_live").update(is_test=False)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("seatsync", "0002_room_on_pages")]
    replaces: ClassVar = [("seatsync", "0004_own_channels")]

    operations: ClassVar = [migrations.RunPython(make, migrations.RunPython.noop)]

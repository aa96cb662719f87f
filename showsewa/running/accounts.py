"""As whom the servers run. PostgreSQL refuses root, so root hands them to an existing, unprivileged user."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .console import Trouble


@dataclass(frozen=True)
class Account:
    """An unprivileged user and group to switch to."""

    uid: int
    gid: int

    @property
    def switch(self) -> dict[str, Any]:
        """Keywords for subprocess: become this user and leave root's groups behind."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can(self, *argv: str | Path) -> bool:
        """Try it as that user: folder modes, ACLs and mount options all have their say."""
        try:
            done = subprocess.run([str(part) for part in argv], cwd="/", capture_output=True, **self.switch)
        except OSError:
            return False
        return done.returncode == 0


def for_servers(data: Path) -> Account | None:
    """None: stay who we are. Root goes on as the owner of data that exists, else as `postgres`, else as `nobody`."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise Trouble(
        "PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody' to hand it to.\n"
        "Run this as an ordinary user, or point DATABASE_URL and REDIS_URL at servers of your own."
    )

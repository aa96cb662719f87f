"""Notices jobs that live and do nothing: Celery workers are known to fall silent once their broker has come back.

It asks the site's own health, in a thread that starts no process; the supervisor acts on what it found.
"""

import http.client
import json
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

LOOK_EVERY = 5.0  # seconds
PATIENCE = 30.0  # seconds of bad news, on top of those after which health calls a job late


@dataclass
class Watchdog:
    """health: the URL to ask. late_since: since when it has spoken of late jobs without a break."""

    health: str
    late_since: float | None = None

    def start(self) -> None:
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def has_lost_patience(self, now: float) -> bool:
        return self.late_since is not None and now - self.late_since > PATIENCE

    def forgive(self) -> None:
        self.late_since = None

    def look(self, now: float) -> None:
        """Silence of the site itself, or of its database, says nothing about the jobs."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(self.health, timeout=5) as answer:
                is_late = json.load(answer).get("queue") in ("late", "silent")
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError):
            is_late = False
        if not is_late:
            self.late_since = None
        elif self.late_since is None:
            self.late_since = now

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_EVERY)
            self.look(time.monotonic())

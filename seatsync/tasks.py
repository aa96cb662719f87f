"""The alarm clock's hands in seatsync. Tasks take no arguments: they read what is due."""

import logging
from datetime import datetime

from celery import shared_task

from seatsync import opening
from showsewa.heartbeats import beat

logger = logging.getLogger(__name__)


@shared_task(name="seatsync.tasks.open_sales")
def open_sales() -> int:
    """JOB-4: put what has been scheduled on sale."""
    return beat("open_sales", _open_sales)


def _open_sales(now: datetime) -> int:
    waiting = opening.unopened(now=now)
    return opening.open_sales(waiting) if waiting else 0

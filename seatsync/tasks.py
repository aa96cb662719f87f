"""The alarm clock's hands in seatsync. Tasks take no arguments: they read what is due."""

import logging
from datetime import datetime

from celery import shared_task

from seatsync import allotting, announcing, blocking, delivering, letters, opening, overdue
from seatsync.models import ChannelNotice, ManagerNotice
from showsewa import promises
from showsewa.heartbeats import beat

logger = logging.getLogger(__name__)


@shared_task(name="seatsync.tasks.open_sales")
def open_sales() -> int:
    """JOB-4: put what has been scheduled on sale."""
    return beat("open_sales", _open_sales)


@shared_task(name="seatsync.tasks.end_blocks")
def end_blocks() -> int:
    """Blocks that were to end by now."""
    return beat("end_blocks", lambda now: blocking.end_due(now=now))


@shared_task(name="seatsync.tasks.announce")
def announce() -> int:
    """Give what happened its place in the feed."""
    return beat("announce", lambda now: announcing.number())


@shared_task(name="seatsync.tasks.deliver")
def deliver() -> int:
    """JOB-8: send the webhooks that are due."""
    return beat("deliver", lambda now: delivering.deliver_due())


@shared_task(name="seatsync.tasks.send_channel_notices")
def send_channel_notices() -> int:
    """Mails to the people behind channels."""
    return beat("send_channel_notices", lambda now: promises.keep(ChannelNotice, letters.send, now=now))


@shared_task(name="seatsync.tasks.purge_announcements")
def purge_announcements() -> int:
    """Forget what was announced a month ago."""
    return beat("purge_announcements", lambda now: announcing.purge(now=now))


@shared_task(name="seatsync.tasks.return_allotments")
def return_allotments() -> int:
    """JOB-9: give seats back to everybody whose channel has had its time."""
    return beat("return_allotments", lambda now: allotting.return_due(now=now))


def _open_sales(now: datetime) -> int:
    waiting = opening.unopened(now=now)
    return opening.open_sales(waiting) if waiting else 0


@shared_task(name="seatsync.tasks.warn_managers")
def warn_managers() -> int:
    """Conflicts that are open past their deadline: one mail each."""
    return beat("warn_managers", lambda now: promises.keep(ManagerNotice, overdue.send, now=now))

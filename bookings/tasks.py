"""The alarm clock's hands in bookings. Tasks take no arguments: they read what is due."""

from datetime import datetime

from celery import shared_task

from bookings import dispatch, openings
from bookings.models import Notice
from bookings.services import endings, importing, nightly, parties, reconciling, rooms, standbys
from bookings.services import openings as asked
from payments.services import expiring
from seatsync.models import OpeningNotice
from showsewa import answers, promises
from showsewa.heartbeats import beat


@shared_task(name="bookings.tasks.expire_bookings")
def expire_bookings() -> int:
    """JOB-1 and JOB-2: end holds and unpaid bookings whose time is over."""
    return beat("expire_bookings", lambda now: expiring.expire_due(now=now))


@shared_task(name="bookings.tasks.send_notices")
def send_notices() -> int:
    """JOB-7: send the e-mails and SMS that are due."""
    return beat("send_notices", lambda now: promises.keep(Notice, dispatch.send, now=now))


@shared_task(name="bookings.tasks.tell_of_sales")
def tell_of_sales() -> int:
    """Tell those who wait for a movie's tickets that they are on sale."""
    return beat("tell_of_sales", _tell_of_sales)


def _tell_of_sales(now: datetime) -> int:
    asked.wake(now=now)
    return promises.keep(OpeningNotice, openings.send, now=now)


@shared_task(name="bookings.tasks.offer_seats")
def offer_seats() -> int:
    """Seats that came free go to the first on the waiting list whom they fit."""
    return beat("offer_seats", lambda now: standbys.offer_seats(now=now))


@shared_task(name="bookings.tasks.archive")
def archive() -> int:
    """JOB-3: move the tickets of bookings that ended unused a month ago."""
    return beat("archive", lambda now: endings.archive_tickets(now=now))


@shared_task(name="bookings.tasks.reconcile")
def reconcile() -> int:
    """Compare what each channel has last said with what we have, and forget comparisons that are old."""
    return beat("reconcile", _reconcile)


def _reconcile(now: datetime) -> int:
    reconciling.purge(now=now)
    return nightly.compare(now=now)


@shared_task(name="bookings.tasks.purge")
def purge() -> int:
    """Holds that never became a booking, answers whose key nobody will send again, imports given up half-way, and who
    waited for a show that has begun, or shared its seats.
    """
    return beat("purge", lambda now: _purge(now) + _purge_shows(now))


def _purge_shows(now: datetime) -> int:
    return rooms.purge(now=now) + standbys.purge(now=now) + parties.purge(now=now)


def _purge(now: datetime) -> int:
    return endings.purge_holds(now=now) + answers.purge(now=now) + importing.purge(now=now) + asked.purge(now=now)

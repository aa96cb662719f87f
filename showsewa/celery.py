"""The alarm clock: argument-less tasks, each rung every so often. What is due stands in the database."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "showsewa.settings")

app = Celery("showsewa")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Celery would close the connection around each task: seven new ones a second, each dearer than what it is for.
app.conf.CELERY_DB_REUSE_MAX = 100_000


@task_prerun.connect
def _leave_broken_connections(**_told: object) -> None:
    """As Django does between two requests: what met an error is tried, and opened anew when it is dead."""
    close_old_connections()


# task -> seconds between two rings (or a crontab in UTC) and why.
BEAT = {
    "bookings.tasks.expire_bookings": 5,  # JOB-1, JOB-2: a lapsed hold shows as free at once; this tidies its row
    "bookings.tasks.send_notices": 2,  # JOB-7
    "bookings.tasks.tell_of_sales": 10,  # who asked to be told when tickets are on sale
    "bookings.tasks.offer_seats": 2,  # seats that came free, to the waiting list: before others see them, mostly
    "bookings.tasks.archive": crontab(hour=21, minute=15),  # JOB-3: 03:00 in Kathmandu
    "bookings.tasks.purge": 3600,  # holds that never became a booking, answers no retry will ask for
    "bookings.tasks.reconcile": crontab(hour=20, minute=45),  # 02:30 in Kathmandu
    "payments.tasks.send_refunds": 2,
    "payments.tasks.poll_payments": 15,  # JOB-6
    "payments.tasks.process_inbox": 10,  # events whose first processing was cut short
    "payments.tasks.count_settlements": crontab(hour=0, minute=45),  # 06:30 in Kathmandu: gateways' lists are out
    "payments.tasks.expire_vouchers": crontab(hour=18, minute=30),  # 00:15 in Kathmandu
    "payments.tasks.forget": crontab(hour=21, minute=45),  # 03:30 in Kathmandu
    "payments.tasks.care_for_cases": 5,  # refunds given up, wrong sums nobody decided on
    "payments.tasks.solve_conflicts": 3,  # seats sold twice, as far as policy can decide
    "seatsync.tasks.warn_managers": 10,  # conflicts open past their deadline
    "payments.tasks.issue_invoices": 5,  # in the order of confirmation, apart from the sale
    "payments.tasks.issue_old_invoices": 3600,  # those the one above could not get to for a day
    "payments.tasks.send_fake_messages": 1,  # the test gateway's own webhooks
    "seatsync.tasks.open_sales": 2,  # JOB-4
    "seatsync.tasks.return_allotments": 15,  # JOB-9
    "seatsync.tasks.end_blocks": 5,
    "seatsync.tasks.announce": 1,  # what is not numbered is in no feed
    "seatsync.tasks.deliver": 1,  # JOB-8
    "seatsync.tasks.send_channel_notices": 10,
    "seatsync.tasks.purge_announcements": 3600,
}


def _apart(every: float | crontab, place: int) -> float | crontab:
    """A little longer for each: in step they would all ring at once, and take both cores of a small machine from those
    who buy, for a third of every second.
    """
    return every if isinstance(every, crontab) else every * (1 + place / 200)


app.conf.beat_schedule = {
    name: {"task": name, "schedule": _apart(every, place), "options": {"expires": 60}}
    for place, (name, every) in enumerate(BEAT.items())
}

"""A day of the books: from midnight to midnight by the office clock, for a gateway's list is of all cinemas at once."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


def bounds(first: date, last: date | None = None) -> tuple[datetime, datetime]:
    """When a day (or the days to `last`, that one included) begins and has ended."""
    zone = ZoneInfo(settings.ADMIN_TIME_ZONE)
    start = datetime.combine(first, time(), zone)
    return start, datetime.combine((last or first) + timedelta(days=1), time(), zone)


def today(now: datetime) -> date:
    return now.astimezone(ZoneInfo(settings.ADMIN_TIME_ZONE)).date()

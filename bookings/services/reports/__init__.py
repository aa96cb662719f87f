"""Sales reported by a theatre's POS or a platform. They have happened: never refused, never written over another.

RELIABILITY E decides seat by seat. A report is one transaction: `desk` locks and reads, `deciding` says what becomes
of each line, `writing` does it, `consoling` sees to who lost a seat, and each line is kept as a SeatReport.
"""

from bookings.services.reports.applying import NOT_ALL, ReportRefused, apply, keep_refused
from bookings.services.reports.lines import SUCCESS, Result, SeatUpdate
from seatsync.models import Outcome

__all__ = ["NOT_ALL", "SUCCESS", "Outcome", "ReportRefused", "Result", "SeatUpdate", "apply", "keep_refused"]

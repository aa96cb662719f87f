"""The ack log against the database: whatever was acknowledged must be there, as it was acknowledged."""

import email
import time
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from showsewa.authentication import from_session_token
from tests.faults.shoppers import WATCHER, Acks
from tests.faults.site import Site

Ack = dict[str, Any]

# What is still owed, though its time has come: promises, messages, swept holds, and money the gateway has and we not.
_OWED = """
    SELECT 'notice ' || kind || ', ' || attempts || ' tries ' || last_error FROM bookings_notice
        WHERE done_at IS NULL AND failed_at IS NULL AND kind <> 'REMINDER'
    UNION ALL SELECT 'refund, ' || attempts || ' tries ' || last_error FROM payments_refund
        WHERE done_at IS NULL AND failed_at IS NULL
    UNION ALL SELECT 'message, ' || attempts || ' tries ' || last_error FROM payments_fakemessage
        WHERE done_at IS NULL AND failed_at IS NULL
    UNION ALL SELECT 'webhook event ' || event_id FROM payments_webhookevent WHERE processed_at IS NULL
    UNION ALL SELECT 'unswept ' || status FROM bookings_booking
        WHERE status IN ('HELD', 'PENDING') AND expires_at < now() - interval '20 seconds'
    UNION ALL SELECT 'money at the gateway, payment ' || p.status FROM payments_payment p
        JOIN payments_fakecheckout c USING (session)
        WHERE c.outcome = 'PAID' AND p.status NOT IN ('SUCCESS', 'REFUNDED')"""


def quiet(site: Site, *, within: float = 120) -> float:
    """Wait until nothing is owed and return the seconds that took."""
    began = time.monotonic()
    while owed := [row[0] for row in site.sql(_OWED)]:
        waited = time.monotonic() - began
        assert waited < within, f"after {within} s still owed: {owed[:10]} ({len(owed)} in all)"
        time.sleep(0.3)
    return time.monotonic() - began


class Ledger:
    """Reads both once; `differences` says where they disagree."""

    def __init__(self, site: Site, acks: Acks) -> None:
        self.site = site
        self.acks: dict[str, list[Ack]] = defaultdict(list)
        for ack in acks.read():
            self.acks[ack["kind"]].append(ack)
        named = "id, status, reference, seat_labels, total, email, external_reference, showtime_id, channel_id, phone"
        rows = site.sql(f"SELECT {named} FROM bookings_booking")
        columns = named.split(", ")
        self.bookings = {str(row[0]): dict(zip(columns, row, strict=True)) for row in rows}
        self.by_reference = defaultdict(list)
        for booking in self.bookings.values():
            self.by_reference[str(booking["showtime_id"]), booking["external_reference"]].append(booking)
        self.live: dict[str, set[str]] = defaultdict(set)
        for booking_id, label in site.sql("SELECT booking_id, label FROM bookings_ticket WHERE released_at IS NULL"):
            self.live[str(booking_id)].add(label)
        self.events = {
            (str(showtime), version): (action, {change[0] for change in changes}, str(claim))
            for showtime, version, action, changes, claim in site.sql(
                "SELECT showtime_id, version, action, changes, claim FROM seatsync_seatevent"
            )
        }
        self.by_claim: dict[tuple[str, str], list[set[str]]] = defaultdict(list)
        for action, labels, claim in self.events.values():
            self.by_claim[claim, action].append(labels)
        # Seats sold twice, which the cinema's rule gave to the other sale.
        self.moved: dict[str, set[str]] = defaultdict(set)
        self.reported: dict[str, set[str]] = defaultdict(set)
        for (showtime, _version), (action, labels, _claim) in self.events.items():
            if action == "REPORT":
                self.reported[showtime] |= labels
            if action == "MOVE":
                self.moved[showtime] |= labels
        self.payments = defaultdict(list)
        for booking, payment, intent, amount, status in site.sql(
            "SELECT booking_id, id, intent, amount, status FROM payments_payment"
        ):
            self.payments[str(booking)].append((payment, intent, amount, status))
        self.refunds = defaultdict(list)
        for payment, amount, done, sent in site.sql(
            "SELECT r.payment_id, r.amount, r.done_at, f.amount FROM payments_refund r"
            " LEFT JOIN payments_fakerefund f ON f.key = r.id::text"
        ):
            self.refunds[payment].append((amount, done, sent))
        self.conflicts = {str(row[0]) for row in site.sql("SELECT id FROM seatsync_conflict")}
        self.cancelling = {ack["id"] for ack in self.acks["cancelling"]}
        self.freeing = {ack["reference"] for ack in self.acks["freeing"]}

    def differences(self) -> list[str]:
        kinds = ("held", "opened", "paid", "charged", "cancelled", "reported", "freed", "counter", "blocked")
        found = [f"{kind} {ack}: {wrong}" for kind in kinds for ack in self.acks[kind] for wrong in self._of(kind, ack)]
        return found + list(self._doubled())

    def _of(self, kind: str, ack: Ack) -> Iterator[str]:
        if "id" in ack and ack["id"] not in self.bookings:
            yield "no such booking"
            return
        yield from getattr(self, f"_{kind}")(ack)

    def _held(self, ack: Ack) -> Iterator[str]:
        if set(ack["seats"]) not in self.by_claim[ack["id"], "HOLD"]:
            yield "the journal knows no such hold"

    def _opened(self, ack: Ack) -> Iterator[str]:
        booking = self.bookings[ack["id"]]
        if (booking["reference"], booking["email"]) != (ack["reference"], ack["email"]):
            yield f"the booking is {booking}"
        if booking["total"] != Decimal(str(ack["amount"])):
            yield f"the total is {booking['total']}"
        if ack["intent"] not in [intent for _id, intent, _amount, _status in self.payments[ack["id"]]]:
            yield "no such payment"

    def _paid(self, ack: Ack) -> Iterator[str]:
        booking, live = self.bookings[ack["id"]], self.live[ack["id"]]
        moved = self.moved[str(booking["showtime_id"])]
        sold = set().union(*self.by_claim[ack["id"], "BOOK_HELD"])
        # Who lost a seat to somebody in the hall sits elsewhere, on as many seats.
        is_whole = len(live) == len(sold) and live == set(booking["seat_labels"]) and sold - live <= moved
        is_kept = booking["status"] == "CONFIRMED" and is_whole
        if not is_kept and not (booking["status"] == "CANCELLED" and ack["id"] in self.cancelling):
            yield f"the booking is {booking['status']} with {live}"
        if booking["reference"] != ack["reference"]:
            yield f"the booking is {booking}"
        if not sold:
            yield "the journal knows no such sale"
        # A hold may have lost a seat to a sale reported from elsewhere, which its confirmed amount then left out.
        if lost := set(ack["seats"]) - sold - self.reported[str(booking["showtime_id"])]:
            yield f"{lost} went to nobody"

    def _charged(self, ack: Ack) -> Iterator[str]:
        """Money taken at the gateway's page: each charge bought the seats or was given back, by refunds sent."""
        booking = self.bookings[ack["id"]]
        taken = [payment for payment in self.payments[ack["id"]] if payment[3] in ("SUCCESS", "REFUNDED")]
        back = sum(amount for payment in taken for amount, _done, _sent in self.refunds[payment[0]])
        kept = sum(amount for _id, _intent, amount, _status in taken) - back
        if len(taken) != ack["times"]:
            yield f"{len(taken)} payments for {ack['times']} charges"
        if kept != (booking["total"] if booking["status"] == "CONFIRMED" else 0):
            yield f"{kept} kept for a booking that is {booking['status']}"

    def _cancelled(self, ack: Ack) -> Iterator[str]:
        if self.bookings[ack["id"]]["status"] != "CANCELLED":
            yield f"the booking is {self.bookings[ack['id']]['status']}"
        refunds = [refund for payment in self.payments[ack["id"]] for refund in self.refunds[payment[0]]]
        if sum(amount for amount, _done, _sent in refunds) != Decimal(str(ack["refund"])):
            yield f"refunds are {refunds}"
        if any(done is None or sent != amount for amount, done, sent in refunds):
            yield f"not sent: {refunds}"

    def _reported(self, ack: Ack) -> Iterator[str]:
        own = self.by_reference[ack["showtime"], ack["reference"]]
        applied = {line["seatNumber"] for line in ack["results"] if line["outcome"].startswith("applied")}
        if applied and not any(applied in self.by_claim[str(booking["id"]), "REPORT"] for booking in own):
            yield "the journal knows no such report"
        if ack["reference"] not in self.freeing:
            kept = {label for booking in own for label in self.live[str(booking["id"])]}
            won = {label for booking in own for labels in self.by_claim[str(booking["id"]), "MOVE"] for label in labels}
            if kept - (won - applied) != applied:
                yield f"has {kept}"
        for line in ack["results"]:
            conflict = line.get("conflictId")
            if conflict and conflict not in self.conflicts:
                yield f"conflict {conflict} is lost"

    def _freed(self, ack: Ack) -> Iterator[str]:
        gone = {line["seatNumber"] for line in ack["results"] if line["outcome"] in ("applied", "duplicate")}
        own = self.by_reference[ack["showtime"], ack["reference"]]
        if left := gone & {label for booking in own for label in self.live[str(booking["id"])]}:
            yield f"still has {left}"

    def _counter(self, ack: Ack) -> Iterator[str]:
        booking = self.bookings[ack["id"]]
        there = booking["status"], booking["reference"], booking["total"], self.live[ack["id"]]
        if there != ("CONFIRMED", ack["reference"], Decimal(str(ack["total"])), set(ack["seats"])):
            yield f"the booking is {booking}"

    def _blocked(self, ack: Ack) -> Iterator[str]:
        action, labels, _claim = self.events.get((ack["showtime"], ack["version"]), ("", set(), ""))
        if (action, labels) != ("BLOCK", set(ack["seats"])):
            yield f"the journal says {action} {labels}"

    def _doubled(self) -> Iterator[str]:
        """A request sent again under its key must not have been done twice."""
        yield from (
            f"{count} holds of one shopper: {owner}"
            for owner, count in self.site.sql(
                "SELECT owner, count(*) FROM bookings_booking WHERE owner LIKE 'session:%%' AND owner <> %s GROUP BY 1"
                " HAVING count(*) > 1",
                from_session_token(WATCHER).key,
            )
        )
        yield from (
            f"{count} counter sales with one key: {phone}"
            for phone, count in self.site.sql(
                "SELECT phone, count(*) FROM bookings_booking WHERE phone LIKE '98%%' AND source = 'WALK_IN'"
                " GROUP BY 1 HAVING count(*) > 1"
            )
        )


def unmailed(site: Site) -> tuple[list[str], float]:
    """Sales that no mail in the mailbox confirms, and the longest that one took from the sale to its mail."""
    sent = _mails(Path(site.facts["mailbox"]))
    rows = site.sql(
        "SELECT n.id, b.reference, extract(epoch FROM b.confirmed_at) FROM bookings_booking b JOIN bookings_notice n"
        " ON n.booking_id = b.id AND n.kind = 'CONFIRMATION' AND n.medium = 'EMAIL'"
        " WHERE b.status = 'CONFIRMED' AND b.email LIKE '%%@faults.example'"
    )
    missing = [reference for notice, reference, _at in rows if notice.hex not in sent]
    longest = max((sent[notice.hex] - float(at) for notice, _ref, at in rows if notice.hex in sent), default=0.0)
    return missing, longest


def _mails(mailbox: Path) -> dict[str, float]:
    """The notice each mail keeps, by its Message-ID -> when it was first written."""
    found: dict[str, float] = {}
    for path in mailbox.glob("*.eml"):
        with path.open("rb") as file:
            name = str(email.message_from_bytes(file.read(2000))["Message-ID"]).strip("<>").partition("@")[0]
        found[name] = min(found.get(name, float("inf")), path.stat().st_mtime)
    return found

"""The words of the seat page's scripts, in the reader's language."""

from functools import lru_cache
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from showsewa import numerals
from venues import drawing
from venues.models import SeatType

_SAID = {
    "seatName": _("Row {row}, seat {number}, {type}, {price}, {status}"),
    "row": _("Row {row}"),
    "aisle": _("aisle"),
    "around": _("{screen}: in front of row {row}."),
    "is_free": _("available"),
    "is_chosen": _("chosen"),
    "is_mine": _("held for you"),
    "is_held": _("held by others"),
    "is_sold": _("sold"),
    "is_blocked": _("not for sale"),
    "chooseSeats": _("Choose your seats"),
    "holdOne": _("Hold this seat"),
    "holdMany": _("Hold these {count} seats"),
    "changeTo": _("Change to these {count}"),
    "continue": _("Continue"),
    "remove": _("Let go of seat {seat}"),
    "close": _("Close"),
    "chose": _("{seat} chosen. {count} in all, {total}."),
    "letGo": _("{seat} let go. {count} left."),
    "cannot": _("{seat} is {status}."),
    "full": _("At most {most} seats at a time."),
    "addSeat": _("Add seat {seat}"),
    "companionFree": _("Seat {seat} beside it is for the person who comes along."),
    "companionAlone": _("Seat {seat} is for the companion of whoever sits in {other}."),
    "justSold": _("{seat} was just sold. Near it is free:"),
    "justHeld": _("Somebody has just taken {seat}. Near it is free:"),
    "justBlocked": _("{seat} was just taken off sale. Near it is free:"),
    "lostHeld": _(
        "Your seat {seat} is sold now. If you did not pay for it in another window, "
        "it was sold at the cinema itself, and you have not been charged."
    ),
    "soldCounter": _("{seats} was just sold at the counter."),
    "soldCounterMany": _("{seats} were just sold at the counter."),
    "soldElsewhere": _("{seats} was just sold elsewhere."),
    "soldElsewhereMany": _("{seats} were just sold elsewhere."),
    "keptInstead": _("We keep {seats} for you until {until}."),
    "friendTook": _("A friend has taken {seats}."),
    "friendGave": _("A friend has given {seats} back."),
    "takeIt": _("Take it"),
    "noThanks": _("No, thanks"),
    "lookAtBooking": _("Look at your booking"),
    "mine": _("My bookings"),
    "and": _("{first} and {last}"),
    "take": _("{seat} for {price}"),
    "conflictOne": _("Somebody was quicker: {seats} is taken. Nothing was held. Near it is free:"),
    "conflictMany": _("Somebody was quicker: {seats} are taken. Nothing was held. Near the first is free:"),
    "expired": _("The time for your seats is over, and they are on sale again. If they are free, hold them again."),
    "gaveBack": _("Your seats are on sale again."),
    "twoMinutes": _("Two minutes left to hold your seats."),
    "secondsLeft": _("{seconds} seconds left to hold your seats."),
    "is_proposed": _("suggested"),
    "proposal": _("Suggested for {count}: {seats}, {total}."),
    "proposalApart": _("No {count} seats are left side by side. Suggested: {seats}, {total}."),
    "noProposal": _("There are no {count} such seats left."),
    "tellMe": _("Tell me when seats come free"),
    "bestGone": _("Somebody was quicker. These are the best seats now."),
    "takeInstead": _("Take {seats}"),
    "whyTOGETHER": _("side by side"),
    "whyACCESSIBLE": _("place for a wheelchair"),
    "whyNEAR": _("near each other (not so many are free side by side)"),
    "whyBEST_ROW": _("in the best rows"),
    "whyMIDDLE": _("in the middle"),
    "whyNOBODY_ALONE": _("no single seat left over"),
    "why": _("Why these: {reasons}. View {view} of 100."),
    "hintV": _("best view"),
    "hintG": _("good view"),
    "hintF": _("close to the screen"),
    "hintS": _("seen from the side"),
    "hintB": _("far back"),
    "offline": _("There is no connection. Please try again; you will not hold seats twice."),
    "reload": _("This page has become too old. Please reload it."),
    "failed": _("That did not work. Please try again."),
    "live": _("Live"),
    "slow": _("Refreshing every 10 seconds"),
}


@lru_cache(maxsize=8)
def of(language: str) -> str:
    """As JSON, ready to stand in a page. language: only the key; the words are those of the language now active."""
    said = {key: numerals.said(words) for key, words in _SAID.items()}
    return script_json(said | {f"type{letter}": str(SeatType(kind).label) for kind, letter in drawing.LETTER.items()})


def script_json(data: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    return orjson.dumps(data).decode().replace("<", "\\u003c")

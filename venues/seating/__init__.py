"""Good seats, pure: which are the best for a party, which choice leaves a lonely seat, and what would mend it.

The one owner of "good": `hall` reads a layout once, the rest works on it and a state string of the feed.
"""

from venues.seating.choosing import Choice, Reason, best, reasons
from venues.seating.gaps import lonely, mended
from venues.seating.halls import FREE, TAKEN, Hall, Hint, hall
from venues.seating.near import alike, near

__all__ = [
    "FREE",
    "TAKEN",
    "Choice",
    "Hall",
    "Hint",
    "Reason",
    "alike",
    "best",
    "hall",
    "lonely",
    "mended",
    "near",
    "reasons",
]

"""The settings of those who wait: for their turn in a rush, and for seats of a show that is sold out."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Waiting:
    """limit: so many people choose seats of one show at a time, more wait for their turn; 0: nobody ever waits.

    turn: seconds that whoever is let in has to choose. unseen: nobody unheard of for so many seconds is let in (they
    keep their number); longer than a page waits between two looks, of which `looks` are the shortest and the longest.
    every: seconds between two times that people are let in.
    offer_minutes: how long seats that came free are held for the first on the waiting list. most: entries of one list.
    """

    limit: int
    turn: float
    unseen: float
    looks: tuple[float, float]
    every: float
    offer_minutes: float
    most: int


def read(env: Any) -> Waiting:
    return Waiting(
        limit=env.int("WAITING_ROOM_LIMIT", default=300),
        turn=env.float("WAITING_ROOM_TURN_SECONDS", default=300),
        unseen=env.float("WAITING_ROOM_UNSEEN_SECONDS", default=75),
        looks=(3.0, env.float("WAITING_ROOM_LOOK_SECONDS", default=20)),
        every=env.float("WAITING_ROOM_EVERY_SECONDS", default=1.0),
        offer_minutes=env.float("WAITING_LIST_OFFER_MINUTES", default=15),
        most=env.int("WAITING_LIST_MOST", default=1000),
    )

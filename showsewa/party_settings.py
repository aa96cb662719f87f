"""The settings of parties: holds whose seats friends claim and pay for themselves."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Party:
    """minutes: how long friends have, from its opening. before_show: at the latest so many minutes before the start,
    so that what nobody paid can still be sold.
    """

    minutes: float
    before_show: float


def read(env: Any) -> Party:
    return Party(
        minutes=env.float("PARTY_MINUTES", default=30), before_show=env.float("PARTY_ENDS_BEFORE_MINUTES", default=15)
    )

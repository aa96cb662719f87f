"""A cinema's refund rules as people write them: one line a step, hours before the start and what comes back. Pure."""

import re
from collections.abc import Sequence
from itertools import pairwise

from django.utils.translation import gettext as _

# "24 h: 100 %", "24: 100", "24 100"; what stands between the two numbers is decoration.
_LINE = re.compile(r"\s*(\d{1,4})\s*h?\s*[:,;=\s]\s*(\d{1,3})\s*%?\s*", re.IGNORECASE)
MOST_STEPS = 10
LONGEST_HOURS = 24 * 60


class Faulty(ValueError):
    """faults: one sentence each, with the line it speaks of."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = list(faults)


def read(text: str, *, closing_hours: float) -> list[list[int]] | None:
    """[[hours, percent], ...], the most hours first; None for an empty text, which means the usual rules.

    closing_hours: up to when customers may cancel at all. Raises: Faulty.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines:
        return None
    faults: list[str] = []
    steps: list[list[int]] = []
    for number, line in lines:
        found = _LINE.fullmatch(line)
        if found is None:
            said = _("Line %(line)d: write hours and percent, as in “24 h: 100 %%”.")
            faults.append(said % {"line": number})
            continue
        step = [int(found[1]), int(found[2])]
        faults += [f"{_('Line %(line)d:') % {'line': number}} {fault}" for fault in _of_step(step, closing_hours)]
        steps.append(step)
    steps.sort(reverse=True)
    faults += [] if faults else _of_all(steps)
    if faults:
        raise Faulty(faults)
    return steps


def write(tiers: Sequence[list[int]] | None) -> str:
    """The other way round."""
    return "\n".join(f"{hours} h: {percent} %" for hours, percent in sorted(tiers or [], reverse=True))


def _of_step(step: Sequence[int], closing_hours: float) -> list[str]:
    hours, percent = step
    faults = []
    if percent > 100:
        faults.append(_("at most 100 % can come back."))
    if hours > LONGEST_HOURS:
        faults.append(_("at most %(hours)d hours before the start.") % {"hours": LONGEST_HOURS})
    if hours < closing_hours:
        said = _("customers may cancel until %(hours)g hours before the start, so this would never apply.")
        faults.append(said % {"hours": closing_hours})
    return faults


def _of_all(steps: Sequence[Sequence[int]]) -> list[str]:
    """steps: the most hours first."""
    faults = []
    if len(steps) > MOST_STEPS:
        faults.append(_("At most %(most)d lines.") % {"most": MOST_STEPS})
    for (hours, percent), (next_hours, next_percent) in pairwise(steps):
        if hours == next_hours:
            faults.append(_("%(hours)d hours are named twice.") % {"hours": hours})
        elif next_percent > percent:
            said = _("Who cancels %(later)d hours before would get more than who cancels %(sooner)d hours before.")
            faults.append(said % {"later": next_hours, "sooner": hours})
    return faults

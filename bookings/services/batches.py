"""Batches of single-use promo codes: made many at a time, and listed for who hands them out."""

import secrets
from collections.abc import Iterator

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from bookings import promos
from bookings.models import PromoCode
from bookings.models.promos import PromoBatch, PromoBatchCode, PromoUse
from showsewa.actors import Actor
from showsewa.refusals import Invalid
from showsewa.transactions import use_case

MOST = 10_000
COLUMNS = ("code", "promo", "batch", "made", "used", "booking")
LIVE_USES = Prefetch("uses", queryset=PromoUse.objects.filter(returned_at=None).select_related("booking"))


@use_case
def make(*, promo: PromoCode, size: int, note: str, actor: Actor) -> PromoBatch:
    """New codes under a rule that is for such. Refuses: Invalid."""
    if not promo.is_single_use:
        raise Invalid(_("This promo code is one for everybody: it has no single-use codes."))
    if not 1 <= size <= MOST:
        raise Invalid(_("Make between 1 and %(most)d codes at a time.") % {"most": MOST})
    batch = PromoBatch.objects.create(promo=promo, size=size, note=note, actor=actor.key)
    codes: set[str] = set()
    while len(codes) < size:
        codes.add("".join(secrets.choice(promos.ALPHABET) for _sign in range(promos.CODE_LENGTH)))
    # Two batches with the same code (one in 10^10) fail here, and nothing was made.
    PromoBatchCode.objects.bulk_create([PromoBatchCode(batch=batch, code=code) for code in codes], batch_size=1000)
    return batch


def listed(batch: PromoBatch) -> Iterator[tuple[object, ...]]:
    """A row a code, as COLUMNS names them, with the booking that carries it."""
    for code in batch.codes.order_by("pk").prefetch_related(LIVE_USES):
        use = next(iter(code.uses.all()), None)
        used = (use.counted_at, use.booking.reference) if use else (None, None)
        yield (str(code), batch.promo.code, batch.pk, batch.created_at, *used)

"""Who calls in the security matrix, and what there is to reach: RELIABILITY C in the cast's words."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from bookings.models import Ticket
from seatsync import announcing
from seatsync.models import Channel, ChannelKey, Conflict, Delivery, ShowSeat, Subscription
from showsewa import ids
from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api
from tests.payments import gifts

# An anonymous; C2 another customer; Sx staff of another cinema; Tx another channel here; Tv a channel of another
# cinema; Rv, Ex a revoked and an expired key.
STRANGERS = ("An", "C2", "Sx", "Tx", "Tv", "Rv", "Ex")


@dataclass
class World:
    """callers: the strangers, and whose things these are: asha and ramesh (customers), devi (manager), till (the
    theatre's POS).
    """

    stage: cast.Stage
    callers: dict[str, Api] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.things[name]


def make() -> World:
    stage = cast.make_stage()
    elsewhere = cast.make_stage(name="Rara Cinema")
    world = World(stage)
    asha, devi = (
        cast.make_user("asha@example.com"),
        cast.make_user("devi@example.com", role="admin", cinemas=(stage.cinema,)),
    )
    far = cast.make_channel("Far", kind="THEATRE", sources=["WALK_IN"], cinemas=(elsewhere.cinema,))
    gone, late = _platform("Gone", stage), _platform("Late", stage)
    ChannelKey.objects.filter(channel=gone[0]).update(revoked_at=timezone.now())
    ChannelKey.objects.filter(channel=late[0]).update(expires_at=timezone.now() - timedelta(days=1))
    world.callers = {
        "asha": signed_in(asha),
        "devi": signed_in(devi),
        "till": Api(cast.till(stage)),
        "ramesh": signed_in(cast.make_user("ramesh@example.com")),
        "An": Api(),
        "C2": signed_in(cast.make_user("bikash@example.com")),
        "Sx": signed_in(cast.make_user("sunita@example.com", role="manager", cinemas=(elsewhere.cinema,))),
        "Tx": Api(_platform("Moviepass", stage)[1]),
        "Tv": Api(far[1]),
        "Rv": Api(gone[1]),
        "Ex": Api(late[1]),
    }
    world.things = _things(world, asha)
    return world


def _things(world: World, asha: User) -> dict[str, str]:
    stage, asha_calls = world.stage, world.callers["asha"]
    held = _held(asha_calls, stage.path, "A1")
    till_sale = _report(world.callers["till"], stage, "C5", "POS-1")
    another = cast.make_showtime(stage.hall, stage.movie, starts_at=timezone.now() + timedelta(days=2))
    bought = _bought(asha_calls, str(another.pk), "B1")
    later = cast.make_showtime(stage.hall, stage.movie, starts_at=timezone.now() + timedelta(days=3))
    pending = purchase.confirm(asha_calls, _held(asha_calls, str(later.pk), "B1"))
    ramesh = world.callers["ramesh"]
    shared = ramesh.post(f"/bookings/{_held(ramesh, str(later.pk), 'C1', 'C2')}/party").json()
    return {
        "showtime": stage.path,
        "movie": str(stage.movie.pk),
        "cinema": str(stage.cinema.pk),
        "hall": str(stage.hall.pk),
        "asha": str(asha.pk),
        "hold": held,
        "sale": bought,
        "ticket": str(Ticket.objects.get(booking=bought).pk),
        "till_sale": till_sale,
        "conflict": _lost(stage),
        "compared": _compared(world),
        "pending": pending["bookingId"],
        "intent": pending["paymentIntentId"],
        "session": purchase.session_of(pending),
        "voucher": gifts.sell(stage).code,
        "pair": _held(ramesh, str(another.pk), "C1", "C2"),
        "party": shared["token"],
    } | _hook(world)


def _hook(world: World) -> dict[str, str]:
    """The till's webhook, and a delivery to it."""
    till = Channel.objects.get(name="Till")
    hook = Subscription.objects.create(channel=till, url="https://till.example/hook")
    announcing.number()
    return {"hook": str(hook.pk), "delivery": str(Delivery.objects.filter(subscription=hook)[0].pk)}


def signed_in(user: User, **client: Any) -> Api:
    api = Api(client=Client(raise_request_exception=False, **client))
    api.client.force_login(user)
    return api


def _platform(name: str, stage: cast.Stage) -> Any:
    return cast.make_channel(name, kind="PLATFORM", sources=["OTHER_PLATFORM"], cinemas=(stage.cinema,))


def _held(api: Api, showtime: str, *seats: str) -> str:
    return api.post("/bookings/hold", {"showtimeId": showtime, "seatIds": list(seats)}).json()["holdId"]


def _bought(api: Api, showtime: str, seat: str) -> str:
    held = _held(api, showtime, seat)
    assert purchase.pay(api, purchase.confirm(api, held)).status_code == 200
    return held


def _compared(world: World) -> str:
    """The till's list of sales against ours."""
    answer = world.callers["till"].post("/seat-sync/reconcile", {"showtimeId": world.stage.path, "sales": []})
    compared: str = answer.json()["reconciliationId"]
    return compared


def _lost(stage: cast.Stage) -> str:
    """A seat the till sold as the second, and has been asked about."""
    conflict = Conflict.objects.create(
        seat=ShowSeat.objects.get(showtime=stage.showtime.pk, label="C4"), holder_claim=ids.uuid7(),
        holder_source="SHOWSEWA", channel=Channel.objects.get(name="Till"), source="WALK_IN", reference="POS-9",
        winner=Conflict.Winner.HOLDER, asked_at=timezone.now(),
    )  # fmt: skip
    return str(conflict.pk)


def _report(api: Api, stage: cast.Stage, seat: str, reference: str) -> str:
    line = {"seatNumber": seat, "status": "BOOKED", "bookingSource": "WALK_IN", "bookingReference": reference}
    answer = api.post("/seat-sync/bulk-update", {"showtimeId": stage.path, "seatUpdates": [line]})
    assert answer.status_code == 200, answer.content
    return reference

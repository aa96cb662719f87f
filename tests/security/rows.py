"""The matrix itself: a row for each route and method, what each kind of caller is answered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.security import bodies
from tests.security.world import World

Status = int | tuple[int, ...]


def same(status: Status) -> dict[str, Status]:
    return dict.fromkeys(("An", "C2", "Sx", "Tx", "Tv"), status)


PUBLIC_URL = "https://93.184.215.14/hook"  # no name to look up

DEAD_KEYS: dict[str, Status] = {"Rv": 401, "Ex": 401}

# Anybody may look; a key that is dead is told so even where none is needed.
PUBLIC = same(200) | DEAD_KEYS
# What is not yours is not found, or not even asked for by a key without the scope.
NOT_FOUND = same(404) | DEAD_KEYS
# Whoever has the link, but no key: that is another seller.
OF_PEOPLE = same(200) | {"Tx": 404, "Tv": 404} | DEAD_KEYS
# For keys of the cinema and for its staff: nobody else is let in, and other cinemas' are not found.
KEYS_AND_STAFF = {"An": 401, "C2": 403, "Sx": 404, "Tx": 200, "Tv": 404} | DEAD_KEYS


@dataclass(frozen=True)
class Row:
    method: str
    route: str
    own: str = ""
    ok: Status = 200
    strangers: dict[str, Status] = field(default_factory=dict)
    make_path: Callable[[World], str] | None = None
    make_body: Callable[[World], Any] | None = None
    is_open_to_all: bool = False  # takes neither cookie nor key for an answer

    def path(self, world: World) -> str:
        return "/" + (self.make_path(world) if self.make_path else self.route)

    def body(self, world: World) -> Any:
        return self.make_body(world) if self.make_body else (None if self.method == "GET" else {})

    def expected(self) -> dict[str, tuple[int, ...]]:
        cells = self.strangers | ({self.own: self.ok} if self.own else {})
        return {who: status if isinstance(status, tuple) else (status,) for who, status in cells.items()}


def of(template: str) -> Callable[[World], str]:
    """A path with the world's things in it: "bookings/{hold}"."""
    return lambda world: template.format(**world.things)


# For staff of the cinema; keys have no business there.
OF_STAFF = {"An": 401, "C2": 403, "Sx": 404, "Tx": 403, "Tv": 403} | DEAD_KEYS
# A channel compares its own sales: staff have the desk for that.
OWN_LIST = {"An": 401, "C2": 403, "Sx": 403, "Tx": 200, "Tv": 404} | DEAD_KEYS
_COMPARISON = "seat-sync/reconciliations/<uuid:reconciliation_id>"


ROOM, LIST = "showtimes/<uuid:showtime_id>/waiting-room", "showtimes/<uuid:showtime_id>/waiting-list"
# People wait; keys sell without it.
WAITERS = {"C2": 200, "Sx": 200, "Tx": 403, "Tv": 403} | DEAD_KEYS
_LIST_OF = of("showtimes/{showtime}/waiting-list")


# Who holds, buys and pays: only whose it is. A guest's or another's is not found.
MAPS = [
    Row("GET", f"showtimes/<uuid:showtime_id>/{what}", "asha", 200, PUBLIC, of(f"showtimes/{{showtime}}/{what}"))
    for what in ("state", "seats", "prices", "inventory", "best")
]
CANCELS = [
    Row(method, "bookings/<uuid:booking_id>/cancel", "asha", 200, NOT_FOUND, of("bookings/{sale}/cancel"))
    for method in ("POST", "PUT", "PATCH")
]
WEBHOOKS = [
    Row("POST", route, "", 200, same(400) | {"Rv": 400, "Ex": 400}, of(path), is_open_to_all=True)
    for route, path in [
        ("payments/webhook", "payments/webhook"),
        ("payments/webhook/<slug:gateway>", "payments/webhook/fake"),
    ]
]
RESERVED = {"An": 422, "C2": 201, "Sx": 201, "Tx": 201, "Tv": 404} | DEAD_KEYS
EVENT, SHOW = "events/<uuid:event_id>/seats", "seats/shows/<uuid:show_id>"
DIALECTS = [
    Row("GET", EVENT, "asha", 200, PUBLIC, of("events/{showtime}/seats")),
    Row("POST", f"{EVENT}/reserve", "asha", 201, RESERVED, of("events/{showtime}/seats/reserve"), bodies.ordering),
    Row("POST", f"{EVENT}/confirm", "asha", 200, NOT_FOUND, of("events/{movie}/seats/confirm"), bodies.ordered),
    Row("POST", "orders/<uuid:order_id>/pay", "asha", 200, NOT_FOUND, of("orders/{hold}/pay")),
    Row(
        "POST",
        "showtimes/<uuid:showtime_id>/seats/reserve",
        "asha",
        201,
        RESERVED,
        of("showtimes/{showtime}/seats/reserve"),
        bodies.ordering,
    ),
    Row(
        "POST",
        "bookings/<uuid:booking_id>/preparePayment",
        "asha",
        200,
        NOT_FOUND,
        of("bookings/{hold}/preparePayment"),
        bodies.told_the_price,
    ),
    Row("GET", SHOW, "asha", 200, PUBLIC, of("seats/shows/{showtime}")),
    Row("GET", f"{SHOW}/available", "asha", 200, PUBLIC, of("seats/shows/{showtime}/available")),
    Row("POST", "bookings/hold-seats", "asha", 201, RESERVED, None, bodies.holding_seats),
    Row(
        "GET",
        "bookings/user/<str:user_id>",
        "asha",
        200,
        {"An": 401, "C2": 403, "Sx": 403, "Tx": 200, "Tv": 200} | DEAD_KEYS,
        of("bookings/user/{asha}"),
    ),
]
STAFF_OR_KEY = {"An": 401, "C2": 403, "Sx": 404, "Tx": 403, "Tv": 404} | DEAD_KEYS


HELPFUL = "reviews/<uuid:review_id>/helpful"


MOVIE, THEATRE, ONE_SHOW = "movies/<uuid:movie_id>", "theatres/<uuid:theatre_id>", "shows/<uuid:show_id>"
CATALOGUE = [
    Row("GET", "search/shows", "asha", 200, PUBLIC, of("search/shows?city=Kathmandu")),
    Row("GET", "seats/screens/<uuid:screen_id>", "asha", 200, PUBLIC, of("seats/screens/{hall}")),
    *(Row("GET", route, "asha", 200, PUBLIC) for route in ("movies", "theatres", "shows")),
    Row("GET", MOVIE, "asha", 200, PUBLIC, of("movies/{movie}")),
    Row("GET", THEATRE, "asha", 200, PUBLIC, of("theatres/{cinema}")),
    Row("GET", ONE_SHOW, "asha", 200, PUBLIC, of("shows/{showtime}")),
    Row("GET", "reviews", "asha", 200, PUBLIC, of("reviews?itemType=movie&itemId={movie}")),
    Row("POST", "reviews", "asha", 403, same(403) | DEAD_KEYS, None, bodies.review),
    *(
        # Of a review there is none; who may and who may not is in tests/bookings/test_helpful.py.
        Row(method, HELPFUL, "asha", 404, same(404) | {"Tx": 403, "Tv": 403} | DEAD_KEYS, of("reviews/{movie}/helpful"))
        for method in ("POST", "DELETE")
    ),
    *(
        Row(method, ROOM, "asha", 200, WAITERS | {"An": 422}, of("showtimes/{showtime}/waiting-room"))
        for method in ("GET", "POST", "DELETE")
    ),
    Row("POST", LIST, "asha", 409, WAITERS | {"An": 422, "C2": 409, "Sx": 409}, _LIST_OF, bodies.waiting),
    *(
        Row(method, LIST, "asha", 404, WAITERS | {"An": 422, "C2": 404, "Sx": 404}, _LIST_OF)
        for method in ("GET", "DELETE")
    ),
    Row("POST", "movies", "till", 201, STAFF_OR_KEY | {"Sx": 201, "Tx": 201, "Tv": 201}, None, bodies.movie),
    Row("POST", "theatres", "till", 201, STAFF_OR_KEY | {"Sx": 403, "Tx": 201, "Tv": 201}, None, bodies.venue),
    Row("POST", "shows", "till", 201, STAFF_OR_KEY | {"Tx": 201}, None, bodies.show),
    # movies are everybody's: staff of any cinema may mend one, keys only what they made
    *(
        Row(method, MOVIE, "devi", 200, STAFF_OR_KEY | {"Sx": 200, "Tv": 403}, of("movies/{movie}"), bodies.movie)
        for method in ("PUT", "PATCH")
    ),
    Row("DELETE", MOVIE, "devi", 409, STAFF_OR_KEY | {"Sx": 409, "Tv": 403}, of("movies/{movie}")),
    Row("PUT", THEATRE, "till", 200, STAFF_OR_KEY | {"Tx": 200}, of("theatres/{cinema}"), bodies.venue),
    Row("PATCH", THEATRE, "till", 200, STAFF_OR_KEY | {"Tx": 200}, of("theatres/{cinema}")),
    Row("DELETE", THEATRE, "till", 409, STAFF_OR_KEY | {"Tx": 409}, of("theatres/{cinema}")),
    Row("PUT", ONE_SHOW, "till", 409, STAFF_OR_KEY | {"Tx": 409}, of("shows/{showtime}"), bodies.moving),
    Row("PATCH", ONE_SHOW, "till", 200, STAFF_OR_KEY | {"Tx": 200}, of("shows/{showtime}")),
    Row("DELETE", ONE_SHOW, "till", 409, STAFF_OR_KEY | {"Tx": 409}, of("shows/{showtime}")),
]

# Staff and keys count their own sales; another cinema's are not found, here asked for by name.
REPORTS = [
    Row("GET", f"reports/{name}", "devi", 200, KEYS_AND_STAFF, of(f"reports/{name}?cinema={{cinema}}"))
    for name in ("daily-bookings", "popular-movies", "channels", "occupancy", "health")
]

# A channel's own and nobody else's; staff manage them at the desk.
OWN_KEY = {"An": 401, "C2": 403, "Sx": 403, "Tx": 404, "Tv": 404} | DEAD_KEYS
ANY_KEY = OWN_KEY | {"Tx": 200, "Tv": 200}
HOOK = "webhooks/<uuid:webhook_id>"
HOOKS = [
    Row("GET", "webhook-events", "till", 200, ANY_KEY),
    Row("GET", "webhooks", "till", 200, ANY_KEY),
    Row("POST", "webhooks", "till", 201, ANY_KEY | {"Tx": 201, "Tv": 201}, None, lambda world: {"url": PUBLIC_URL}),
    Row("GET", HOOK, "till", 200, OWN_KEY, of("webhooks/{hook}")),
    Row("PATCH", HOOK, "till", 200, OWN_KEY, of("webhooks/{hook}"), lambda world: {"topics": []}),
    Row("DELETE", HOOK, "till", 200, OWN_KEY, of("webhooks/{hook}")),
    Row("POST", f"{HOOK}/rotate", "till", 200, OWN_KEY, of("webhooks/{hook}/rotate")),
    Row("POST", f"{HOOK}/test", "till", 202, OWN_KEY, of("webhooks/{hook}/test")),
    Row("POST", f"{HOOK}/replay", "till", 202, OWN_KEY, of("webhooks/{hook}/replay"), lambda world: {"after": 0}),
    Row("GET", f"{HOOK}/deliveries", "till", 200, OWN_KEY, of("webhooks/{hook}/deliveries")),
    Row(
        "POST",
        f"{HOOK}/deliveries/<uuid:delivery_id>/replay",
        "till",
        202,
        OWN_KEY,
        of("webhooks/{hook}/deliveries/{delivery}/replay"),
    ),
    Row("GET", "showtimes/<uuid:showtime_id>/events", "till", 200, KEYS_AND_STAFF, of("showtimes/{showtime}/events")),
]

ROWS: list[Row] = [
    # maps and lists
    *MAPS,
    Row(
        "GET", "seat-sync/availability/<uuid:showtime_id>", "till", 200, PUBLIC, of("seat-sync/availability/{showtime}")
    ),
    Row("GET", "movies/now-showing", "asha", 200, PUBLIC),
    Row("GET", "showtimes/movie/<uuid:movie_id>", "asha", 200, PUBLIC, of("showtimes/movie/{movie}")),
    *CATALOGUE,
    # reports, blocks, records
    Row("POST", "seat-sync/bulk-update", "till", 200, STAFF_OR_KEY | {"Sx": 403}, None, bodies.report),
    Row("POST", "seat-sync/block", "till", 200, STAFF_OR_KEY | {"Tx": 200}, None, bodies.blocking),
    Row("POST", "seat-sync/block", "devi", 200, {}, None, bodies.blocking),
    Row("POST", "seat-sync/unblock", "till", 409, STAFF_OR_KEY | {"Tx": 409}, None, bodies.blocking),
    Row("GET", "seat-sync/conflicts", "till", 200, {"An": 401, "C2": 403, "Sx": 200, "Tx": 200, "Tv": 200} | DEAD_KEYS),
    Row(
        "POST",
        "seat-sync/conflicts/<uuid:conflict_id>/answer",
        "till",
        200,
        {"An": 401, "C2": 403, "Sx": 403, "Tx": 404, "Tv": 404} | DEAD_KEYS,
        of("seat-sync/conflicts/{conflict}/answer"),
        lambda world: {"answer": "rejected"},
    ),
    Row("POST", "seat-sync/reconcile", "till", 200, OWN_LIST, None, bodies.comparing),
    Row("POST", "seat-sync/reconcile/batch", "till", 200, OWN_LIST, None, bodies.comparing_several),
    Row("GET", "seat-sync/checksum/<uuid:showtime_id>", "till", 200, OWN_LIST, of("seat-sync/checksum/{showtime}")),
    Row("GET", "seat-sync/reconciliations", "till", 200, OWN_LIST | {"Sx": 200, "Tv": 200}),
    Row("GET", _COMPARISON, "till", 200, OWN_LIST | {"Sx": 404, "Tx": 404}, of("seat-sync/reconciliations/{compared}")),
    Row("GET", _COMPARISON, "devi", 200, {}, of("seat-sync/reconciliations/{compared}")),
    Row("GET", "seat-sync/events/<uuid:showtime_id>", "till", 200, KEYS_AND_STAFF, of("seat-sync/events/{showtime}")),
    # catalogue
    Row(
        "POST",
        "venue",
        "till",
        201,
        {"An": 401, "C2": 403, "Sx": 403, "Tx": 201, "Tv": 201} | DEAD_KEYS,
        None,
        bodies.venue,
    ),
    Row(
        "POST",
        "venue/<uuid:venue_id>/hall",
        "till",
        201,
        STAFF_OR_KEY | {"Tx": 201},
        of("venue/{cinema}/hall"),
        bodies.hall,
    ),
    Row(
        "POST",
        "events",
        "till",
        201,
        {"An": 401, "C2": 403, "Sx": 201, "Tx": 201, "Tv": 201} | DEAD_KEYS,
        None,
        bodies.event,
    ),
    Row(
        "POST",
        "events/<uuid:event_id>/showtimes",
        "till",
        201,
        STAFF_OR_KEY | {"Tx": 201},
        of("events/{movie}/showtimes"),
        bodies.showtime,
    ),
    # holding and buying
    Row(
        "POST",
        "bookings/hold",
        "asha",
        201,
        {"An": 422, "C2": 201, "Sx": 201, "Tx": 201, "Tv": 404} | DEAD_KEYS,
        None,
        bodies.seats,
    ),
    Row(
        "POST",
        "bookings/hold/best",
        "asha",
        201,
        {"An": 422, "C2": 201, "Sx": 201, "Tx": 201, "Tv": 404} | DEAD_KEYS,
        None,
        bodies.a_party,
    ),
    Row("DELETE", "bookings/hold/<uuid:hold_id>", "asha", 200, NOT_FOUND, of("bookings/hold/{hold}")),
    Row("POST", "bookings/hold/<uuid:hold_id>/extend", "asha", 200, NOT_FOUND, of("bookings/hold/{hold}/extend")),
    Row(
        "DELETE",
        "bookings/holds/<str:user_id>",
        "asha",
        200,
        {"An": 200, "C2": 403, "Sx": 403, "Tx": 200, "Tv": 200} | DEAD_KEYS,
        of("bookings/holds/{asha}"),
    ),
    Row("POST", "bookings/<uuid:hold_id>/party", "ramesh", 201, NOT_FOUND, of("bookings/{pair}/party")),
    Row("GET", "parties/<slug:token>", "ramesh", 200, OF_PEOPLE, of("parties/{party}")),
    Row(
        "POST",
        "parties/<slug:token>/claim",
        "ramesh",
        409,
        OF_PEOPLE | {"An": 422, "C2": 201, "Sx": 201},
        of("parties/{party}/claim"),
        bodies.claiming,
    ),
    Row(
        "POST",
        "parties/<slug:token>/give-back",
        "ramesh",
        409,
        OF_PEOPLE | {"An": 422, "C2": 404, "Sx": 404},
        of("parties/{party}/give-back"),
    ),
    Row("POST", "pricing/calculate", "asha", 200, NOT_FOUND, None, bodies.known_hold),
    Row("POST", "bookings/confirm", "asha", 201, NOT_FOUND, None, bodies.confirming),
    Row("POST", "bookings", "asha", 201, NOT_FOUND, None, bodies.confirming),
    Row("GET", "bookings/<uuid:booking_id>", "asha", 200, NOT_FOUND, of("bookings/{sale}")),
    *CANCELS,
    Row("GET", "bookings/<uuid:booking_id>/exchange", "asha", 200, NOT_FOUND, of("bookings/{sale}/exchange")),
    Row(
        "POST",
        "bookings/<uuid:booking_id>/exchange",
        "asha",
        200,
        NOT_FOUND,
        of("bookings/{sale}/exchange"),
        bodies.trying,
    ),
    Row("PUT", "bookings/<uuid:booking_id>/confirm", "asha", 200, NOT_FOUND, of("bookings/{sale}/confirm")),
    # money
    Row("POST", "payments/process", "asha", 200, {}, None, bodies.paying),
    Row("POST", "payments/process", "", 200, NOT_FOUND, None, bodies.guessing),
    Row("POST", "payments/initiate", "asha", 201, NOT_FOUND, None, bodies.initiating),
    Row(
        "POST",
        "bookings/<uuid:booking_id>/voucher",
        "asha",
        200,
        NOT_FOUND,
        of("bookings/{pending}/voucher"),
        bodies.spending,
    ),
    Row(
        "POST",
        "payments/simulate/<slug:session>",
        "asha",
        200,
        same(200) | {"Rv": 401, "Ex": 401},
        of("payments/simulate/{session}"),
        lambda world: {"result": "success"},
        is_open_to_all=True,
    ),
    *WEBHOOKS,
    Row(
        "POST",
        "payments/refund/<uuid:booking_id>",
        "asha",
        202,
        NOT_FOUND | {"An": 401, "Tx": 403, "Tv": 403},
        of("payments/refund/{sale}"),
    ),
    Row("GET", "payments/status/<uuid:booking_id>", "asha", 200, NOT_FOUND, of("payments/status/{sale}")),
    *REPORTS,
    # the door
    Row("GET", "showtimes/<uuid:showtime_id>/tickets", "devi", 200, OF_STAFF, of("showtimes/{showtime}/tickets")),
    Row("POST", "tickets/check-in", "devi", 422, OF_STAFF, None, bodies.at_the_door),
    Row(
        "POST",
        "tickets/<uuid:ticket_id>/check-in/undo",
        "devi",
        409,
        OF_STAFF,
        of("tickets/{ticket}/check-in/undo"),
        lambda world: {"reason": "Scanned by mistake"},
    ),
    # the other seeds' spellings
    *DIALECTS,
    *HOOKS,
    # who a key is, and what it was given
    Row("GET", "channel", "till", 200, {"An": 401, "C2": 403, "Sx": 403, "Tx": 200, "Tv": 200} | DEAD_KEYS),
    Row("GET", "allotments", "till", 200, {"An": 401, "C2": 403, "Sx": 200, "Tx": 200, "Tv": 200} | DEAD_KEYS),
    # operations
    Row("GET", "health", "asha", (200, 503), {"An": (200, 503)}),
    Row("GET", "schema", "asha", 200, {"An": 200}),
    Row("GET", "_noop", "asha", 200, {"An": 200}),
]

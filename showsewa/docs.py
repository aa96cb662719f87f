"""Edge: the API explained. OpenAPI document, Swagger UI and ReDoc from our own files, and every problem there is."""

from collections.abc import Iterator
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from showsewa.refusals import Refusal

# Said before any view is asked, or by DRF itself: no refusal of ours.
_OTHERS = {
    "BODY_TOO_LARGE": 413,
    "INTERNAL": 500,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_ACCEPTABLE": 406,
    "UNSUPPORTED_ENCODING": 415,
    "UNSUPPORTED_MEDIA_TYPE": 415,
}
# To a caller. A refusal that is not here is explained by its docstring.
_MEANINGS = {
    "ADDRESS_NOT_ALLOWED": "This key may be used from other addresses only.",
    "ALLOTMENT_RETURNED": "These seats have gone back to everybody already.",
    "ADDRESS_REFUSED": "Webhooks do not go to this address: it must be https and reachable from anywhere.",
    "ALREADY_CANCELLED": "This booking was cancelled before.",
    "ALREADY_CHECKED_IN": "Somebody is in with this ticket: see checkedInAt and checkedInBy.",
    "ALREADY_EXTENDED": "A hold is extended once.",
    "ALREADY_SOLVED": "Somebody has decided this meanwhile.",
    "AMOUNT_TOO_LARGE": "More than can be given back: see refundable.",
    "BODY_TOO_LARGE": "The body is larger than 256 kB.",
    "BUSY": "Somebody else is changing the same seats. Nothing was changed; try again after Retry-After.",
    "CANCEL_WINDOW_CLOSED": "It is too near the start to cancel.",
    "COMPANION_RULE": "A companion's seat is sold with the wheelchair's place beside it: see mended.",
    "CONFLICT": "Somebody was quicker. Nothing was changed; read again and decide.",
    "COUNTER_LIMIT": "More seats or bookings than one may have to be paid at the counter.",
    "COUNTER_NOT_OFFERED": "This booking cannot be paid at the counter, or the show is too near: pay online.",
    "EXCHANGE_CHANGED": "The booking was changed while its difference was paid. The money goes back.",
    "EXCHANGE_LIMIT": "This booking was exchanged as often as one may be.",
    "EXCHANGE_OPEN": "New seats wait for the difference already: pay or cancel the booking in bookingId.",
    "EXCHANGE_SEAT_COUNT": "Seats are exchanged one for one: name as many as the booking has.",
    "FORBIDDEN": "You are known, and may not do this: see neededScope for a key.",
    "HALL_EXISTS": "The venue has a hall of this name.",
    "HOLDER_LIMIT": "Too many people hold seats of this show from one address: try again after Retry-After.",
    "HOLD_EXPIRED": "The time to pay is over and the seats are no longer yours. Hold again.",
    "HOLD_LIMIT": "You have as many holds as one may have. Let one go or pay for it.",
    "IDEMPOTENCY_IN_FLIGHT": "The first request with this key is still being worked on: try again after Retry-After.",
    "IDEMPOTENCY_KEY_REUSED": "This key was used with another body.",
    "INTERNAL": "A fault of ours. It has been written down under the request's id.",
    "IN_PARTY": "These seats are shared with friends: pay for them or give them up before choosing others.",
    "INVALID_STATE": "The booking is past (or not yet at) the state this needs: see bookingStatus.",
    "INVOICE_PRINTED": "The invoice was printed, and what it says is fixed.",
    "LAYOUT_INVALID": "The hall layout has faults: errors points at each (at most 100), total counts them.",
    "MAIL_UNAVAILABLE": "The mail with a code could not be sent. Try again after Retry-After.",
    "MALFORMED": "The body is not the JSON object this needs.",
    "METHOD_NOT_ALLOWED": "This address does not know this method.",
    "NOTHING_TO_FIX": "Nothing of this comparison is left to be fixed.",
    "NO_PLACE": "Take a place in the waiting room first.",
    "NOTHING_TO_EXCHANGE": "These are the seats the booking has.",
    "NOTHING_TO_REFUND": "Nothing was paid, or all of it was given back.",
    "NOT_ACCEPTABLE": "The API speaks application/json.",
    "NOT_FOUND": "There is no such thing, or it is not yours to know of.",
    "NOT_CHECKED_IN": "Nobody is in with this ticket: there is nothing to undo.",
    "NOT_EXCHANGEABLE": "Sold over a counter or by another seller, and exchanged there.",
    "NOT_ON_SALE": "Seats of this showtime cannot be had: sales are not open, or it was cancelled.",
    "NOT_PAID": "No verified payment covers this booking.",
    "PAID_AT_COUNTER": "It was paid at the counter, where the buyer brings the tickets to have the money back.",
    "PAYMENT_UNDER_REVIEW": "Another sum than asked for came in: a person decides, or it goes back by itself.",
    "ORPHAN_SEAT": "The choice leaves a lonely seat where another as good would not: see lonely and mended.",
    "NO_SEATS_LEFT": "Friends have claimed every seat of this hold: nothing is left to pay.",
    "OWN_PARTY": "Whoever shared the seats does not claim them: what is left is theirs to pay.",
    "OWN_REVIEW": "One's own review cannot be found helpful.",
    "OVERLAP": "The hall is in use at that time, running time and cleaning counted: see showtimeId.",
    "PARTY_CLOSED": "Whoever shared these seats is paying for the rest: nothing can be claimed or given back.",
    "PARTY_OPEN": "The hold is shared already: see partyUrl.",
    "PARTY_OVER": "The time of this party is over, or its seats were given up.",
    "PARTY_TOO_SMALL": "A hold of two seats or more can be shared.",
    "RATE_LIMITED": "Too many requests: try again after Retry-After.",
    "SANDBOX_UNKNOWN": "X-Sandbox or X-Sandbox-Clock says something the sandbox cannot do.",
    "SEATS_FREE": "Nobody has to wait: there are free seats for so many.",
    "SEAT_CLAIMED": "Another friend was quicker: takenBy names who has which seat.",
    "SEAT_LIMIT": "More seats than one hold may have.",
    "SEAT_UNAVAILABLE": "Somebody else has these seats: conflicts names them.",
    "SECOND_FACTOR_REQUIRED": "Staff give back more than limit at the desk only, with their second factor.",
    "SECOND_FACTOR_WRONG": "This code is wrong, over, or was used before.",
    "SESSION_TOKEN_REQUIRED": "Say who you are: sign in, send a key, or bring a sessionToken of your own.",
    "SIGN_IN_FIRST": "Only people with an account count here: sign in.",
    "SHOW_OVER": "The show is over.",
    "SHOW_STARTED": "The show has begun.",
    "TICKET_CANCELLED": "This ticket was cancelled.",
    "TICKET_MOVED": "The holder has another seat and a new code: see newSeat and show.",
    "TICKET_NOT_PAID": "The booking of this ticket is not paid for yet.",
    "TICKET_REFUNDED": "This ticket was given back, and its money goes or went back.",
    "TICKET_SOLD_AGAIN": "This ticket is void, and its seat is somebody else's now.",
    "TOO_MANY_KEYS": "A channel has at most two live keys of a kind.",
    "TOO_MANY_WEBHOOKS": "A channel has as many webhooks as it may have. Delete one first.",
    "UNAUTHORIZED": "Sign in, or send a key that is not expired or revoked.",
    "UNAVAILABLE": "The service is away for a moment. Nothing was changed; try again after Retry-After.",
    "UNSUPPORTED_ENCODING": "Send the body without a content encoding.",
    "UNSUPPORTED_MEDIA_TYPE": "Send the body as application/json.",
    "VALIDATION_FAILED": "A rule refuses the input: errors says where and why.",
    "VENUE_EXISTS": "The city has a venue of this name.",
    "WAITING_LIST_FULL": "As many wait for seats of this show as may.",
    "WAITING_ROOM": "Many want seats of this show: take a place at waitingRoom, and hold when it is your turn.",
    "PAYMENT_OPEN": "Another payment of this booking is open: pay there, or try again after Retry-After.",
    "VOUCHER_BLOCKED": "This gift voucher was cancelled.",
    "VOUCHER_CURRENCY": "This gift voucher is in another currency: see currency.",
    "VOUCHER_ELSEWHERE": "This gift voucher is taken at one cinema only: see cinema.",
    "VOUCHER_EMPTY": "Nothing is left on this gift voucher.",
    "VOUCHER_EXPIRED": "This gift voucher is over: see expiredOn.",
    "VOUCHER_ISSUED": "This gift voucher was issued already; its code is shown once.",
    "VOUCHER_UNKNOWN": "No gift voucher has this code. Guesses are counted.",
    "WEBHOOK_DISABLED": "This webhook is disabled: enable it first.",
    "WRONG_SHOW": "This ticket is for another show: see show.",
}


class Schema(SpectacularAPIView):
    """Made once: neither routes nor fields change while the process runs."""

    _made: dict[str, Any] | None = None

    def _get_schema_response(self, request: Request) -> Response:
        if Schema._made is None:
            Schema._made = self.generator_class().get_schema(request=None, public=True)
        return Response(Schema._made)


class Swagger(SpectacularSwaggerSplitView):
    url = "/api/schema"


# ReDoc styles itself by <style> elements it makes as it goes, and searches in a worker; scripts stay as strict.
@method_decorator(csp_update({"style-src": [UNSAFE_INLINE], "worker-src": [SELF, "blob:"]}), name="dispatch")
class Redoc(SpectacularRedocView):
    url = "/api/schema"


def problems(request: HttpRequest) -> HttpResponse:
    """Where `type` of a problem document leads."""
    statuses = _OTHERS | {kind.code: kind.status for kind in _kinds(Refusal)}
    meanings = {kind.code: _docstring(kind) for kind in _kinds(Refusal)} | _MEANINGS
    rows = [(code, status, meanings[code]) for code, status in sorted(statuses.items())]
    return render(request, "docs/problems.html", {"problems": rows})


def _kinds(base: type[Refusal]) -> Iterator[type[Refusal]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


def _docstring(kind: type[Refusal]) -> str:
    told = (kind.__doc__ or "").strip().partition("\n\n")[0]
    return " ".join(told.split())

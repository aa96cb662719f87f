"""The OpenAPI document: one listing of routes that answer under two prefixes, ways to sign in, and problems."""

import re
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

_PREFIX = "/api/v1/"
_WEBHOOK = "payments/webhook"

# Names that generated clients call; those not here stand beside their view.
_NAMES = {
    ("POST", "bookings/hold"): "holdSeats",
    ("DELETE", "bookings/hold/{hold_id}"): "releaseHold",
    ("POST", "bookings/hold/{hold_id}/extend"): "extendHold",
    ("DELETE", "bookings/holds/{user_id}"): "releaseHolds",
    ("POST", "pricing/calculate"): "calculatePrice",
    ("POST", "bookings/confirm"): "openBooking",
    ("POST", "bookings"): "createBooking",
    ("GET", "bookings/{booking_id}"): "getBooking",
    ("POST", "bookings/{booking_id}/cancel"): "cancelBooking",
    ("PUT", "bookings/{booking_id}/cancel"): "cancelBookingByPut",
    ("PATCH", "bookings/{booking_id}/cancel"): "cancelBookingByPatch",
    ("PUT", "bookings/{booking_id}/confirm"): "confirmBooking",
    ("POST", "payments/process"): "processPayment",
    ("POST", "payments/initiate"): "initiatePayment",
    ("POST", "payments/simulate/{session}"): "simulatePayment",
    ("POST", _WEBHOOK): "receiveWebhook",
    ("POST", _WEBHOOK + "/{gateway}"): "receiveWebhookOf",
    ("POST", "payments/refund/{booking_id}"): "refundBooking",
    ("GET", "payments/status/{booking_id}"): "getPaymentStatus",
}
_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="The same request with it again: the first answer."
)

_PROBLEM = {
    "type": "object",
    "description": "RFC 9457, with `success`, `message` and `requestId` beside it. /docs/problems lists every `code`.",
    "required": ["type", "title", "status", "detail", "instance", "code", "requestId", "success", "message"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": ["/docs/problems#SEAT_UNAVAILABLE"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string", "examples": ["SEAT_UNAVAILABLE"]},
        "requestId": {"type": "string"},
        "success": {"type": "boolean", "const": False},
        "message": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "code": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "conflicts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "seatId": {"type": "string"},
                    "label": {"type": "string"},
                    "status": {"type": ["string", "null"]},
                },
            },
        },
    },
}


class Operation(AutoSchema):
    """What all operations share."""

    def get_operation_id(self) -> str:
        return _NAMES.get((self.method, self.path.removeprefix(_PREFIX))) or super().get_operation_id()

    def get_summary(self) -> str:
        """Its name in words, where a view says nothing shorter."""
        return super().get_summary() or re.sub(r"([A-Z])", r" \1", self.get_operation_id()).capitalize()

    def get_override_parameters(self) -> list[Any]:
        is_write = self.method != "GET" and not self.path.startswith(_PREFIX + _WEBHOOK)
        return [_IDEMPOTENCY_KEY] if is_write else []

    def get_auth(self) -> list[dict[str, Any]]:
        """Each way in for itself, the scope of a key beside it; {} where nobody has to sign in."""
        view: Any = self.view
        ways: list[dict[str, Any]] = []
        if not super().get_auth() or not hasattr(view, "is_public"):
            return []
        if view.scope or view.is_for_any_key:
            ways.append({"channelKey": [view.scope] if view.scope else []})
        if view.permission or view.is_public:
            ways.append({"session": []})
        return [*ways, {"sessionToken": []}, {}] if view.is_public else ways


class ActorScheme(OpenApiAuthenticationExtension):
    """What ActorAuthentication takes: a channel's key, a browser's session, or a token an API caller made up."""

    target_class = "showsewa.authentication.ActorAuthentication"
    name = ["channelKey", "session", "sessionToken"]

    def get_security_definition(self, auto_schema: Any) -> Any:
        return [
            {"type": "http", "scheme": "bearer", "description": "The key of a channel: ssk_live_... or ssk_test_..."},
            {
                "type": "apiKey",
                "in": "cookie",
                "name": "sessionid",
                "description": "Signed in on the website. Writes also need X-CSRFToken.",
            },
            {
                "type": "apiKey",
                "in": "header",
                "name": "X-Session-Token",
                "description": "Any secret of your own; also as `sessionToken` in a body. Your holds are under it.",
            },
        ]


def only_versioned(endpoints: list[Any]) -> list[Any]:
    """Every route answers under /api/ and /api/v1/; the document has the second."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith(_PREFIX)]


_NO = "Refused: see `code`."
_REFUSALS = {
    "400": "The request cannot be read.",
    "401": "Sign in, or send a key that lives.",
    "403": _NO,
    "404": "There is no such thing, or it is not yours.",
    "422": _NO,
    "429": "Too many requests: see Retry-After.",
    "503": "Busy or away, nothing was changed: see Retry-After.",
}
_REFUSALS_OF_READS = _REFUSALS | {"406": "The API speaks application/json."}
_REFUSALS_OF_WRITES = _REFUSALS | {
    "409": "It is in the way of something else: see `code`.",
    "410": "Its time is over.",
    "413": "The body is too large.",
    "415": "Send application/json.",
}
_ASKS_FOR_MONEY = ("/process", "/pay", "/confirm")


def with_problems(result: dict[str, Any], generator: Any, request: Any, public: Any) -> dict[str, Any]:
    """Any operation may say no, and all in the same form."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            told = _REFUSALS_OF_READS if method == "get" else _REFUSALS_OF_WRITES
            if method != "get" and path.endswith(_ASKS_FOR_MONEY):
                told = told | {"402": "Not paid, or the payment was declined."}
            for status, why in told.items():
                operation["responses"].setdefault(status, {"description": why, "content": content})
    return result

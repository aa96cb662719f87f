"""Every expected "no" of the system. The core raises them; `problems` alone turns them into HTTP."""

from typing import Any


class Refusal(Exception):
    """An answer, not a fault. `code` is stable and never translated; `facts` go to the caller as they are."""

    code = "REFUSED"
    status = 409
    retry_after: int | None = None

    def __init__(self, message: Any, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


class NotFound(Refusal):
    """Also the answer for "exists, but is not yours", so that nothing can be enumerated."""

    code = "NOT_FOUND"
    status = 404


class Forbidden(Refusal):
    code = "FORBIDDEN"
    status = 403


class Invalid(Refusal):
    """A rule refuses the input. facts: errors=[{pointer, code, detail}] where a place can be named."""

    code = "VALIDATION_FAILED"
    status = 422


class Busy(Refusal):
    """The rows asked for are locked by someone else for too long: nothing changed, try again."""

    code = "BUSY"
    status = 503
    retry_after = 1

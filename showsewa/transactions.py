"""What a use case is to the database: one transaction, all or nothing, never inside another's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, transaction

P = ParamSpec("P")
R = TypeVar("R")

_joined: ContextVar[bool] = ContextVar("joined", default=False)


def use_case(function: Callable[P, R]) -> Callable[P, R]:
    """One durable transaction per call. Inside `joining()` the edge already holds that one transaction."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(durable=not _joined.get()):
            return function(*args, **kwargs)

    return run


@contextmanager
def joining() -> Iterator[None]:
    """Let an edge put its use cases and the answer it stores (Idempotency-Key) into one transaction. May be nested."""
    with transaction.atomic(durable=not _joined.get()):
        token = _joined.set(True)
        try:
            yield
        finally:
            _joined.reset(token)


# 55P03 lock_timeout, 40P01 deadlock, 40001 serialization, 57014 statement_timeout: nothing changed, try again.
TRY_AGAIN = frozenset({"55P03", "40P01", "40001", "57014"})


def is_contention(error: OperationalError) -> bool:
    """Whether the database gave up because of somebody else's locks, and not because it is away."""
    return getattr(error.__cause__, "sqlstate", None) in TRY_AGAIN

"""What a use case is to the database: one transaction, all or nothing, never inside another's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

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

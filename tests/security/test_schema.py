"""R23: the API is called as its own OpenAPI document describes it, by each kind of caller, with made-up values.

`make fuzz` does the same with many more examples.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks as openapi

from showsewa.models import User
from tests import cast, purchase
from tests.conftest import Api

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "1"))
SEED = int(os.environ.get("FUZZ_SEED", "20261121"))
MUSTS: list[Callable[..., Any]] = [
    checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_schema_conformance,
    openapi.ignored_auth,
]
# A stream has no end to wait for, and the document is what all this is read from.
NOT_CALLED = ("/stream", "/schema")


@contextmanager
def undisturbed() -> Iterator[None]:
    """Made-up values fill logs, and a request's end would close the connection that this test's transaction is in."""
    logging.disable(logging.ERROR)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    logging.disable(logging.NOTSET)


@pytest.fixture
def known(stage: cast.Stage, asha: User, settings: Any) -> dict[str, Any]:
    """What to put into paths and bodies half of the time, so that not every answer is "no such thing"."""
    settings.RATE_LIMIT_PER_MINUTE = settings.RATE_LIMIT_CHANNEL_PER_MINUTE = 0
    booking = purchase.book(Api(), stage, "C1")
    showtime, movie = stage.path, str(stage.movie.pk)
    return {
        "showtime_id": showtime,
        "show_id": showtime,
        "event_id": showtime,
        "movie_id": movie,
        "venue_id": str(stage.cinema.pk),
        "theatre_id": str(stage.cinema.pk),
        "screen_id": str(stage.hall.pk),
        "booking_id": booking["bookingId"],
        "hold_id": booking["bookingId"],
        "order_id": booking["bookingId"],
        "user_id": str(asha.pk),
        "session": purchase.session_of(booking),
        "showtimeId": showtime,
        "showId": showtime,
        "bookingId": booking["bookingId"],
        "holdId": booking["bookingId"],
        "orderId": booking["bookingId"],
        "paymentIntentId": booking["paymentIntentId"],
    }


def anonymous(stage: cast.Stage, asha: User, devi: User) -> dict[str, str]:
    return {}


def session(stage: cast.Stage, asha: User, devi: User) -> dict[str, str]:
    return {"X-Session-Token": cast.ASHA_TOKEN}


def customer(stage: cast.Stage, asha: User, devi: User) -> dict[str, str]:
    return _cookies(asha)


def manager(stage: cast.Stage, asha: User, devi: User) -> dict[str, str]:
    return _cookies(devi)


def platform(stage: cast.Stage, asha: User, devi: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {cast.moviepass(stage)}"}


def theatre(stage: cast.Stage, asha: User, devi: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {cast.till(stage)}"}


def _cookies(user: User) -> dict[str, str]:
    client = Client()
    client.get("/login/")
    client.force_login(user)
    words = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return {"Cookie": words, "X-CSRFToken": client.cookies["csrftoken"].value}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("actor", [anonymous, session, customer, manager, platform, theatre])
def test_no_caller_meets_what_the_document_does_not_say(
    actor: Callable[..., dict[str, str]], stage: cast.Stage, asha: User, devi: User, known: dict[str, Any]
) -> None:
    headers = actor(stage, asha, devi)
    failures: list[str] = []
    with undisturbed():
        for operation in operations():
            try:
                exercise(operation, headers, known)
            except (FailureGroup, AssertionError) as error:
                failures.append(f"{operation.label}: {_words(error)}")

    assert failures == [], "\n\n".join(failures)


def operations() -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema", WSGIHandler())
    for found in schema.get_all_operations():
        operation = found.ok()
        if not operation.path.endswith(NOT_CALLED):
            yield operation


def exercise(operation: Any, headers: dict[str, str], known: dict[str, Any]) -> None:
    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(), st.booleans())
    def called(case: Any, is_known: bool) -> None:
        if is_known:
            case.path_parameters = {**case.path_parameters, **_known(case.path_parameters, known)}
            if isinstance(case.body, dict):
                case.body = {**case.body, **_known(case.body, known)}
        case.call_and_validate(headers={"Accept-Encoding": "identity"} | headers, checks=MUSTS)

    called()


def _known(given_: Any, known: dict[str, Any]) -> dict[str, Any]:
    return {name: known[name] for name in given_ or {} if name in known}


def _words(error: BaseException) -> str:
    inner = getattr(error, "exceptions", None)
    return "; ".join(_words(one) for one in inner) if inner else f"{type(error).__name__} {str(error)[:600]}"

"""Stripe as the only way to pay, played by localstripe, for the tests of this folder."""

from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from tests import cast
from tests import stripe_stand_in as stand_in
from tests.stripe_stand_in import StandIn


@pytest.fixture(scope="module")
def stripes_side(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with stand_in.running(tmp_path_factory.mktemp("localstripe")) as made:
        yield made


@pytest.fixture(autouse=True)
def bank(stripes_side: StandIn) -> Iterator[StandIn]:
    """Stripe is the only way to pay."""
    with override_settings(**stand_in.settings_for(stripes_side)):
        yield stripes_side


@pytest.fixture
def browser(stage: cast.Stage) -> Client:
    return Client()

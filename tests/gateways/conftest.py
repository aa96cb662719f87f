"""The companies, open for business, and a site whose buyers may choose them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests import stripe_stand_in as stand_in
from tests.gateways import esewa_company, khalti_company, ways
from tests.gateways.setting_up import offer
from tests.stripe_stand_in import StandIn


@pytest.fixture
def esewa(settings: Any) -> Iterator[esewa_company.EsewaCompany]:
    with esewa_company.EsewaCompany().open() as company:
        offer(settings, "esewa", {"esewa": company.url, "esewa_status": company.url})
        yield company


@pytest.fixture
def khalti(settings: Any) -> Iterator[khalti_company.KhaltiCompany]:
    with khalti_company.KhaltiCompany().open() as company:
        offer(settings, "khalti", {"khalti": company.url})
        yield company


@pytest.fixture(scope="module")
def stripes_side(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with stand_in.running(tmp_path_factory.mktemp("localstripe")) as made:
        yield made


@pytest.fixture(params=ways.CODES)
def way(request: pytest.FixtureRequest, settings: Any) -> ways.Way:
    """Each gateway in its turn, as the first choice of the site."""
    if request.param == "fake":
        return ways.TestBank()
    if request.param == "stripe":
        made = request.getfixturevalue("stripes_side")
        for name, value in stand_in.settings_for(made).items():
            setattr(settings, name, value)
        return ways.Stripe(made)
    company = request.getfixturevalue(request.param)
    return {"esewa": ways.Esewa, "khalti": ways.Khalti}[request.param](company)

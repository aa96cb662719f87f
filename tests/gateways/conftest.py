"""The two companies, open for business, and a site whose buyers may choose them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.gateways import esewa_company, khalti_company
from tests.gateways.setting_up import offer


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

"""R07, R30 for refunds: killed at any point, or left without an answer, each goes out once and is written down once."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.models import Notice
from payments import audit
from payments.models import Refund
from payments.services import refunding
from showsewa import promises
from tests import cast, purchase
from tests.conftest import Api
from tests.payments.banks import Bank, Forgetful, Killed, standing_in
from tests.purchase import AS_ASHA


@pytest.fixture
def promised(stage: cast.Stage, api: Api) -> list[str]:
    """Refunds of two bookings, their keys."""
    for seat in ("A1", "A2"):
        booking = purchase.buy(api, stage, seat)
        api.post(f"/bookings/{booking['bookingId']}/cancel", {}, **AS_ASHA)
    return [str(refund.pk) for refund in Refund.objects.all()]


def keep() -> None:
    promises.keep(Refund, refunding.send_refund, now=timezone.now())


def after_the_lease() -> None:
    Refund.objects.filter(promises.OPEN).update(due_at=timezone.now() - timedelta(seconds=1))


def dies_after_commit(refund: Refund) -> None:
    refunding.send_refund(refund)
    raise Killed


@pytest.mark.parametrize("point", ["before", "after"])
def test_killed_around_the_call_every_refund_goes_out_once(promised: list[str], point: str) -> None:
    with standing_in(Bank(dies=point)) as bank:
        for _life in range(3):
            with suppress(Killed):
                keep()
            after_the_lease()
        bank.dies = ""
        keep()

    assert bank.deaths >= 2
    assert bank.paid_back == dict.fromkeys(promised, 1)
    _all_is_well(promised)


def test_killed_after_the_commit_it_is_neither_sent_nor_told_again(promised: list[str]) -> None:
    with standing_in(Bank()) as bank:
        for _kill in range(3):
            with pytest.raises(Killed):
                promises.keep(Refund, dies_after_commit, now=timezone.now())
            after_the_lease()
        keep()

    assert bank.paid_back == dict.fromkeys(promised, 1)
    _all_is_well(promised)


def test_an_unknown_result_is_asked_about_before_it_is_tried_again(promised: list[str]) -> None:
    with standing_in(Bank(dies="silent")) as bank:
        keep()
        after_the_lease()
        keep()

    assert bank.paid_back == dict.fromkeys(promised, 1)
    _all_is_well(promised)


def test_without_the_question_a_gateway_that_ignores_keys_pays_twice(promised: list[str]) -> None:
    with standing_in(Forgetful(dies="silent")) as bank:
        keep()
        after_the_lease()
        bank.dies = ""
        keep()

    assert bank.paid_back == dict.fromkeys(promised, 2)


def test_tried_again_by_a_person_it_is_asked_about_as_well(promised: list[str]) -> None:
    with standing_in(Bank(dies="silent")) as bank:
        keep()
        bank.dies = ""
        Refund.objects.update(failed_at=timezone.now())
        for refund in Refund.objects.all():
            assert promises.reopen(refund, now=timezone.now())
        keep()

    assert bank.paid_back == dict.fromkeys(promised, 1)
    _all_is_well(promised)


def _all_is_well(promised: list[str]) -> None:
    refunds = list(Refund.objects.all())
    assert {refund.gateway_reference for refund in refunds} == {f"re_{key}" for key in promised}
    assert all(refund.done_at for refund in refunds)
    assert Notice.objects.filter(kind="REFUND", medium="EMAIL").count() == len(promised)
    assert audit.violations() == []

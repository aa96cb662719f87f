"""The stage itself."""

from tests import cast


def test_the_stage_has_fifteen_free_seats_on_sale_tonight(stage: cast.Stage) -> None:
    states = stage.states()

    assert len(states) == 15
    assert set(states.values()) == {"AVAILABLE"}


def test_a_manager_reaches_her_own_cinema_only(stage: cast.Stage, devi) -> None:
    other = cast.make_stage(name="Rara Cinema")

    actor = cast.staff_actor(devi)

    assert actor.reaches(stage.cinema.pk)
    assert not actor.reaches(other.cinema.pk)
    assert actor.may("payments.refund_booking")

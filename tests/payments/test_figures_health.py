"""How the channels keep step, as the report, the desk's first page and its figures tell it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from seatsync.models import Channel, ChannelKey, Conflict, SeatReport
from showsewa.models import User
from tests import cast
from tests.conftest import Api
from tests.payments.figures_stage import a_day_of_sales, report, sell, signed_in, stay_up


def health(api: Api) -> dict[str, Any]:
    answer = api.get("/reports/health")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def of(api: Api, channel: str) -> dict[str, Any]:
    return next(row for row in health(api)["items"] if row["channel"] == channel)


def heard(minutes: float) -> None:
    """Everything a channel has said was said so long ago. Reports never change, but for a test's clock."""
    ago = timezone.now() - timedelta(minutes=minutes)
    ChannelKey.objects.update(last_used_at=ago, created_at=ago)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE seatsync_seatreport SET received_at = %s", [ago])
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_conflicts_are_told_in_a_thousand_seats_sold(stage: cast.Stage, chandra: User, devi: User) -> None:
    token = a_day_of_sales(stage, chandra)
    report(token, stage, "MP-2", "A1")

    row = of(signed_in(devi), "Moviepass")

    assert (row["sales"], row["conflicts"], row["conflictsPerThousand"], row["level"]) == (4, 1, 250, "alarm")


def test_an_open_conflict_is_told_with_its_age_and_what_it_costs(stage: cast.Stage, chandra: User, devi: User) -> None:
    token = a_day_of_sales(stage, chandra)
    report(token, stage, "MP-2", "A1")
    Conflict.objects.update(created_at=timezone.now() - timedelta(minutes=90))

    told = health(signed_in(devi))["openConflicts"]

    assert (told["count"], told["cost"]) == (1, [{"currency": "NPR", "amount": 450}])
    assert (told["items"][0]["seatNumber"], told["items"][0]["ageMinutes"]) == ("A1", 90)
    Conflict.objects.update(status="SOLVED")
    assert health(signed_in(devi))["openConflicts"]["count"] == 0


def test_the_delay_is_measured_on_news_and_not_on_what_is_sent_in_later(stage: cast.Stage, devi: User) -> None:
    token, now = cast.moviepass(stage), timezone.now()
    for seconds, seat in ((10, "A1"), (20, "A2"), (30, "A3")):
        sold_at = (now - timedelta(seconds=seconds)).isoformat()
        report(token, stage, f"MP-{seat}", seat, timestamp=sold_at)
        report(token, stage, f"MP-{seat}", seat, timestamp=sold_at)

    row = of(signed_in(devi), "Moviepass")

    assert SeatReport.objects.count() == 6
    assert row["reports"] == 3
    assert row["latencyP50Seconds"] == pytest.approx(20, abs=5)
    assert row["latencyP95Seconds"] == pytest.approx(29, abs=5)


@pytest.mark.parametrize(("minutes", "is_silent"), [(29, False), (31, True)])
def test_a_channel_is_silent_when_its_time_is_over(
    stage: cast.Stage, devi: User, minutes: int, is_silent: bool
) -> None:
    report(cast.moviepass(stage), stage, "MP-1", "A1")
    Channel.objects.filter(name="Moviepass").update(silent_after_minutes=30)

    heard(minutes)

    assert of(signed_in(devi), "Moviepass")["isSilent"] is is_silent


def test_a_channel_nobody_agreed_a_time_with_is_never_silent(stage: cast.Stage, devi: User) -> None:
    cast.moviepass(stage)
    heard(100_000)

    row = of(signed_in(devi), "Moviepass")

    assert (row["isSilent"], row["silentAfterMinutes"]) == (False, None)


def test_a_channel_without_a_live_key_has_nothing_to_say(stage: cast.Stage, devi: User) -> None:
    cast.moviepass(stage)
    Channel.objects.filter(name="Moviepass").update(silent_after_minutes=30)
    heard(60)
    assert of(signed_in(devi), "Moviepass")["isSilent"]

    ChannelKey.objects.update(revoked_at=timezone.now())

    assert not of(signed_in(devi), "Moviepass")["isSilent"]


def test_the_first_page_of_a_manager_names_silent_and_alarming_channels(
    stage: cast.Stage, chandra: User, devi: User
) -> None:
    token = a_day_of_sales(stage, chandra)
    report(token, stage, "MP-2", "A1")
    Channel.objects.filter(name="Moviepass").update(silent_after_minutes=30)
    heard(60)
    Conflict.objects.update(created_at=timezone.now())

    cards = {str(card["title"]): card for card in desk(devi, "admin:index").context["cards"]}

    assert (cards["Silent channels"]["number"], cards["Silent channels"]["detail"]) == (1, "Moviepass")
    assert (cards["Conflict alarm"]["number"], cards["Conflict alarm"]["is_alarm"]) == (1, True)
    assert "Silent channels" not in {str(card["title"]) for card in desk(chandra, "admin:index").context["cards"]}


def test_the_page_of_figures_says_what_the_reports_say(stage: cast.Stage, chandra: User, devi: User) -> None:
    a_day_of_sales(stage, chandra)

    page = desk(devi, "figures")
    text = page.content.decode()

    assert page.status_code == 200
    assert "NPR 2,700" in text
    assert "Dal Bhat Power" in text
    assert "/api/v1/reports/daily-bookings?format=csv" in text
    assert "<script>" not in text.split("<main", 1)[-1]
    for name in page.context["files"].values():
        assert signed_in(devi).get(name.removeprefix("/api/v1")).status_code == 200


def test_days_in_the_wrong_order_are_told_and_the_page_still_opens(stage: cast.Stage, devi: User) -> None:
    page = desk(devi, "figures", "?first=2026-11-12&last=2026-11-11")

    assert page.status_code == 200
    assert "This day is after the last one." in page.content.decode()
    assert desk(devi, "figures", "?first=soon&cinema=elsewhere").status_code == 200


def test_figures_are_for_managers_and_the_board_for_all_staff(
    stage: cast.Stage, chandra: User, devi: User, asha: User
) -> None:
    assert [desk(devi, name).status_code for name in ("figures", "board")] == [200, 200]
    assert [desk(chandra, name).status_code for name in ("figures", "board")] == [403, 200]
    assert [desk(asha, name).status_code for name in ("figures", "board")] == [302, 302]


def test_the_page_of_the_board_brings_the_shows_of_the_own_cinemas(
    stage: cast.Stage, chandra: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    stay_up(monkeypatch)
    soon = timezone.now() + timedelta(minutes=10)
    other = cast.make_stage(name="Rara Cinema", starts_in=timedelta(minutes=10))
    cast.make_showtime(cast.make_hall(stage.cinema, name="Hall 2"), stage.movie, starts_at=soon)
    sell(stage, chandra, "A1")

    text = desk(chandra, "board").content.decode()

    assert "Himal Cinema" in text
    assert other.cinema.name not in text


def desk(user: User, page: str, query: str = "") -> Any:
    client = Client()
    client.force_login(user)
    return client.get(reverse(page) + query)

"""Seats, channels, keys and conflicts at the desk."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.services import holds, reports
from seatsync import channels
from seatsync.models import OWN_WEB, Channel, ChannelKey, Conflict, ShowSeat
from showsewa import ids
from showsewa.models import User
from tests import cast


@pytest.fixture
def desk(devi: User) -> Client:
    return _signed_in(devi)


@pytest.fixture
def chief(stage: cast.Stage) -> User:
    return cast.make_user("chief@example.com", role="admin", cinemas=(stage.cinema,))


def test_seats_are_blocked_with_a_reason_and_given_free_again(desk: Client, stage: cast.Stage, devi: User) -> None:
    answer = desk.post(_seats(stage), {"deed": "block", "seats": ["A1", "A2"], "reason": "broken chair"})

    assert answer.status_code == 302
    assert [stage.states()[seat] for seat in ("A1", "A2", "A3")] == ["BLOCKED", "BLOCKED", "AVAILABLE"]
    event = stage.journal()[-1]
    assert (event.action, event.reason, event.actor) == ("BLOCK", "broken chair", f"user:{devi.pk}")

    desk.post(_seats(stage), {"deed": "unblock", "seats": ["A1", "A2"], "reason": "mended"})

    assert set(stage.states().values()) == {"AVAILABLE"}


def test_a_held_seat_is_not_blocked_and_is_named(desk: Client, stage: cast.Stage) -> None:
    holds.hold_seats(showtime_id=stage.showtime.pk, seats=["A2"], actor=cast.ASHA)

    answer = desk.post(_seats(stage), {"deed": "block", "seats": ["A1", "A2"], "reason": "camera"})

    assert answer.status_code == 422
    assert "No longer available: A2." in answer.content.decode()
    assert stage.states()["A1"] == "AVAILABLE"


@pytest.mark.parametrize("sent", [{"seats": [], "reason": "x"}, {"seats": ["A1"], "reason": ""}, {"seats": ["Z9"]}])
def test_no_seats_an_unknown_seat_or_no_reason_is_an_error(
    desk: Client, stage: cast.Stage, sent: dict[str, Any]
) -> None:
    answer = desk.post(_seats(stage), {"deed": "block"} | sent)

    assert answer.context["form"].errors
    assert set(stage.states().values()) == {"AVAILABLE"}


def test_the_counter_sees_the_map_and_may_not_block(chandra: User, stage: cast.Stage) -> None:
    client = _signed_in(chandra)

    assert client.get(_seats(stage)).status_code == 200
    assert client.post(_seats(stage), {"deed": "block", "seats": ["A1"], "reason": "x"}).status_code == 403
    assert stage.states()["A1"] == "AVAILABLE"


def test_the_map_is_told_the_states_as_they_are(desk: Client, stage: cast.Stage) -> None:
    before = desk.get(f"{_seats(stage)}?state").json()

    desk.post(_seats(stage), {"deed": "block", "seats": ["A2"], "reason": "x"})

    assert before == {"version": 0, "state": "A" * 15}
    assert desk.get(f"{_seats(stage)}?state").json() == {"version": 1, "state": "AX" + "A" * 13}


def test_a_showtime_that_is_not_on_sale_yet_says_so(desk: Client, stage: cast.Stage) -> None:
    later = stage.showtime.starts_at + (stage.showtime.busy_until - stage.showtime.starts_at)
    closed = cast.make_showtime(stage.hall, stage.movie, starts_at=later, is_open=False)

    page = desk.get(reverse("admin:venues_showtime_seats", args=[closed.pk]))

    assert "not on sale yet" in page.content.decode()
    assert desk.get(page.request["PATH_INFO"] + "?state").status_code == 404


def test_a_keys_token_is_shown_once_and_kept_as_a_hash(chief: User, stage: cast.Stage) -> None:
    client, channel = _signed_in(chief), _channel(stage)

    answer = client.post(_key_page(), {"channel": str(channel.pk), "scopes": ["seatsync:write"], "kind": "test"})

    token, key = answer.context["token"], ChannelKey.objects.get()
    assert answer.content.decode().count(token) == 2
    assert "no-store" in answer["Cache-Control"]
    assert key.hash == channels.digest(token)
    assert cast.channel_actor(token).scopes == {"seatsync:write"}
    assert token not in client.get(reverse("admin:seatsync_channelkey_change", args=[key.pk])).content.decode()


def test_a_revoked_key_opens_nothing_any_more(chief: User, stage: cast.Stage, api: Any) -> None:
    channel, token = cast.make_channel("Till", kind="THEATRE", sources=["POS_SYSTEM"], cinemas=(stage.cinema,))
    cast.channel_actor(token)

    _signed_in(chief).post(reverse("admin:seatsync_channelkey_revoke", args=[channel.keys.get().pk]))

    with pytest.raises(AssertionError):
        cast.channel_actor(token)


def test_a_manager_may_not_make_keys(desk: Client, stage: cast.Stage) -> None:
    assert desk.get(_key_page()).status_code == 403


def test_a_key_is_not_made_for_a_channel_that_reaches_further(chief: User, stage: cast.Stage) -> None:
    other = cast.make_stage(name="Rara Cinema")
    wide = _channel(stage, other)

    answer = _signed_in(chief).post(
        _key_page(), {"channel": str(wide.pk), "scopes": ["seatsync:write"], "kind": "test"}
    )

    assert "channel" in answer.context["form"].errors
    assert not ChannelKey.objects.exists()


def test_a_channel_is_bound_to_cinemas_of_its_maker(chief: User, stage: cast.Stage) -> None:
    client, other = _signed_in(chief), cast.make_stage(name="Rara Cinema")
    sent: dict[str, Any] = {"name": "Moviepass", "kind": "PLATFORM", "sources": ["OTHER_PLATFORM"], "is_active": "on"}
    sent |= {"pricing": "NET", "percent": "12.5", "silent_after_minutes": "30"}

    for cinemas in ([], [str(other.cinema.pk)]):
        client.post(reverse("admin:seatsync_channel_add"), sent | {"cinemas": cinemas})
        assert not Channel.objects.filter(name="Moviepass").exists()

    client.post(reverse("admin:seatsync_channel_add"), sent | {"cinemas": [str(stage.cinema.pk)]})
    made = Channel.objects.get(name="Moviepass")
    assert (made.sources, made.pricing, str(made.percent)) == (["OTHER_PLATFORM"], "NET", "12.50")


def test_the_list_price_takes_no_percentage(chief: User, stage: cast.Stage) -> None:
    sent: dict[str, Any] = {"name": "Moviepass", "kind": "PLATFORM", "sources": ["OTHER_PLATFORM"], "pricing": "LIST"}
    sent |= {"cinemas": [str(stage.cinema.pk)], "percent": "5"}

    answer = _signed_in(chief).post(reverse("admin:seatsync_channel_add"), sent)

    assert "takes no percentage" in answer.content.decode()


def test_the_channels_of_the_house_are_shown_and_stay_what_they_are(chief: User, stage: cast.Stage) -> None:
    boss, page = (
        User.objects.create_superuser("boss@example.com", "x"),
        reverse("admin:seatsync_channel_change", args=[OWN_WEB]),
    )

    listed = _signed_in(chief).get(reverse("admin:seatsync_channel_changelist")).content.decode()
    sent = {"name": "Website", "kind": "PLATFORM", "sources": ["OTHER_PLATFORM"], "pricing": "NET", "percent": "5"}
    _signed_in(boss).post(page, sent)

    assert "Website" in listed and "Counter" in listed
    own = Channel.objects.get(pk=OWN_WEB)
    assert (own.kind, own.sources, own.pricing, own.is_active) == ("WEB", ["SHOWSEWA"], "LIST", True)
    assert _signed_in(chief).post(page, sent).status_code == 403
    refused = _signed_in(boss).post(
        _key_page(), {"channel": str(OWN_WEB), "scopes": ["seatsync:write"], "kind": "live"}
    )
    assert "channel" in refused.context["form"].errors


def test_a_key_is_for_trying_out_or_in_earnest_and_bound_to_addresses(chief: User, stage: cast.Stage) -> None:
    client, channel = _signed_in(chief), _channel(stage)
    sent = {"channel": str(channel.pk), "scopes": ["seatsync:write"], "days": "30"}

    live = client.post(_key_page(), sent | {"kind": "live", "addresses": "203.0.113.9\n198.51.100.0/24"})
    wrong = client.post(_key_page(), sent | {"kind": "test", "addresses": "the office"})

    key = ChannelKey.objects.get()
    assert live.context["token"].startswith("ssk_live_") and not key.is_test
    assert key.addresses == ["203.0.113.9/32", "198.51.100.0/24"] and key.expires_at is not None
    assert "neither an IP address nor a network" in wrong.content.decode()
    listed = client.get(reverse("admin:seatsync_channelkey_changelist")).content.decode()
    assert "In earnest" in listed


def test_who_made_and_revoked_a_key_stands_in_its_channels_history(chief: User, stage: cast.Stage) -> None:
    client, channel = _signed_in(chief), _channel(stage)
    client.post(_key_page(), {"channel": str(channel.pk), "scopes": ["seatsync:write"], "kind": "test"})
    client.post(reverse("admin:seatsync_channelkey_revoke", args=[channel.keys.get().pk]))

    changes = client.get(reverse("admin:seatsync_channel_history", args=[channel.pk])).context["changes"]

    told = [(change.who, change.what, [str(name) for name, _then, _now in change.fields]) for change in changes]
    assert ("chief@example.com", "update", ["Revoked"]) in told
    assert any(who == "chief@example.com" and what == "insert" and "Prefix" in names for who, what, names in told)


def test_a_conflict_shows_both_claims_and_is_solved_with_a_note(desk: Client, stage: cast.Stage) -> None:
    conflict = Conflict.objects.create(
        seat=ShowSeat.objects.get(showtime=stage.showtime.pk, label="A1"), holder_claim=ids.uuid7(),
        holder_source="SHOWSEWA", holder_reference="BK1", channel=_channel(stage),
        source="OTHER_PLATFORM", reference="MP-9",
    )  # fmt: skip
    listed = desk.get(reverse("admin:seatsync_conflict_changelist")).content.decode()
    assert "Our website BK1" in listed
    assert "Other platform MP-9 (Moviepass)" in listed

    page = reverse("admin:seatsync_conflict_decide", args=[conflict.pk])
    desk.post(page, {"deed": "BY_HAND", "note": "MP-9 got B1"})

    conflict.refresh_from_db()
    assert conflict.status == "SOLVED"
    assert "MP-9 got B1" in conflict.note
    again = desk.post(page, {"deed": "BY_HAND", "note": "again"})
    assert "already" in again.content.decode()


def _channel(*stages: cast.Stage) -> Channel:
    channel = Channel.objects.create(name="Moviepass", kind="PLATFORM", sources=["OTHER_PLATFORM"])
    channel.cinemas.set(stage.cinema for stage in stages)
    return channel


def _seats(stage: cast.Stage) -> str:
    return reverse("admin:venues_showtime_seats", args=[stage.showtime.pk])


def _key_page() -> str:
    return reverse("admin:seatsync_channelkey_add")


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_suspects_can_be_listed_and_nothing_reported_be_edited(desk: Client, stage: cast.Stage) -> None:
    token = cast.till(stage)
    for reference in ("R-1", "R-2"):
        lines = [reports.SeatUpdate("A1", "BOOKED", "WALK_IN", reference)]
        actor = cast.channel_actor(token)
        reports.apply(showtime_id=stage.showtime.pk, updates=lines, actor=actor, now=timezone.now())

    page = desk.get(reverse("admin:seatsync_seatreport_changelist"), {"outcome__exact": "duplicate_suspect"})

    assert [row.reference for row in page.context["cl"].result_list] == ["R-2"]
    row = reverse("admin:seatsync_seatreport_change", args=[page.context["cl"].result_list[0].pk])
    assert desk.post(row, {"outcome": "applied"}).status_code == 403

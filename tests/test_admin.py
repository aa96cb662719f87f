"""The desk as a whole: every page opens, staff see only their cinemas, evidence cannot be touched."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from payments.models import Payment, Refund
from payments.services import counter
from seatsync.models import (
    SeatEvent,
    ShowSeat,
)
from showsewa import roles
from showsewa.admin.base import CappedPaginator, Evidence
from showsewa.models import StoredAnswer, User
from tests import cast, desk

# Rows that are read as parts of others: a seat in its hall's drawing, the mail about a conflict on that conflict's
# page, who went in in the story of the booking. And one that nobody needs to see.
HIDDEN = {
    "bookings.CheckIn",
    "bookings.Favourite",
    "bookings.HelpfulVote",
    "bookings.Visitor",
    "payments.InvoiceBuyer",
    "payments.InvoiceCopy",
    "payments.InvoiceCounter",
    "seatsync.BlockEnd",
    "seatsync.ManagerNotice",
    "seatsync.Unannounced",
    "showsewa.StoredAnswer",
    "venues.Seat",
}


@pytest.fixture
def boss(stage: cast.Stage) -> Client:
    return _signed_in(User.objects.create_superuser("boss@example.com", cast.PASSWORD))


@pytest.fixture
def full(stage: cast.Stage, chandra: User) -> cast.Stage:
    """A row in (nearly) every table."""
    desk.fill(stage, chandra)
    return stage


def test_every_model_is_on_the_desk_but_those_that_are_parts_of_others() -> None:
    ours = {"showsewa", "venues", "seatsync", "bookings", "payments"}
    models = [model for model in apps.get_models() if model._meta.app_label in ours]

    missing = {m._meta.label for m in models if not admin.site.is_registered(m) and not hasattr(m, "pgh_tracked_model")}

    assert missing == HIDDEN
    assert StoredAnswer._meta.label in HIDDEN


def test_every_list_add_and_change_page_opens(boss: Client, full: cast.Stage) -> None:
    opened = []
    for model, model_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        opened.append(boss.get(reverse(f"{name}_changelist"), {"q": "a"}))
        opened.append(boss.get(reverse(f"{name}_changelist")))
        row = model._default_manager.first()
        if row is not None:
            opened.append(boss.get(reverse(f"{name}_change", args=[row.pk])))
            opened.append(boss.get(reverse(f"{name}_history", args=[row.pk])))
        if not isinstance(model_admin, Evidence):
            opened.append(boss.get(reverse(f"{name}_add")))

    assert [(answer.request["PATH_INFO"], answer.status_code) for answer in opened if answer.status_code != 200] == []
    assert [answer.request["PATH_INFO"] for answer in opened if b"object at 0x" in answer.content] == []
    assert [answer.request["PATH_INFO"] for answer in opened if b"(&#x27;" in answer.content] == []  # a bare tuple
    assert len(opened) > 60


@pytest.mark.parametrize("page", ["index", "audit", "failed-promises", "second-factor", "personal-data"])
def test_the_pages_without_a_model_open(boss: Client, full: cast.Stage, page: str) -> None:
    answer = boss.get(reverse(f"admin:{page}" if page == "index" else page))

    assert answer.status_code == 200


def test_the_desk_speaks_english_throughout_whatever_the_browser_asks_for(boss: Client, asha: User) -> None:
    nepali = {"Accept-Language": "ne"}

    answer = boss.get(reverse("admin:index"), headers=nepali)
    refused = _signed_in(asha).get("/admin/login/", headers=nepali)

    assert answer["Content-Language"] == "en" and b'<html lang="en"' in answer.content
    assert (refused.status_code, refused["Content-Language"]) == (403, "ne")


def test_a_showtime_offers_to_give_back_once_it_is_cancelled(boss: Client, stage: cast.Stage) -> None:
    page = reverse("admin:venues_showtime_change", args=[stage.showtime.pk])

    before = boss.get(page).content.decode()
    boss.post(reverse("admin:venues_showtime_cancel", args=[stage.showtime.pk]))
    after = boss.get(page).content.decode()

    assert ("Cancel showtime" in before, "Give the money back" in before) == (True, False)
    assert ("Cancel showtime" in after, "Give the money back" in after) == (False, True)


def test_the_first_page_shows_each_the_numbers_they_may_look_into(full: cast.Stage, chandra: User, devi: User) -> None:
    seen = {
        user.email: [str(card["title"]) for card in _signed_in(user).get(reverse("admin:index")).context["cards"]]
        for user in (chandra, devi)
    }

    assert "Revenue today" in seen[devi.email]
    assert seen[chandra.email] == ["Shows today", "Seats sold today", "Open conflicts", "Failed promises"]


def test_the_first_page_counts_what_needs_a_person(boss: Client, full: cast.Stage) -> None:
    cards = {str(card["title"]): card for card in boss.get(reverse("admin:index")).context["cards"]}

    assert (cards["Seats sold today"]["number"], cards["Revenue today"]["number"]) == (1, "NPR 450")
    assert (cards["Open conflicts"]["number"], cards["Failed promises"]["number"]) == (1, 1)
    assert "expire_bookings" in cards["Silent jobs"]["detail"]
    assert "send_notices" not in cards["Silent jobs"]["detail"]


def test_a_long_list_is_counted_no_further_than_people_page(
    boss: Client, full: cast.Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CappedPaginator, "MOST", 5)

    assert boss.get(reverse("admin:seatsync_showseat_changelist")).context["cl"].result_count == 5


def test_the_audit_page_says_that_nothing_is_wrong(boss: Client) -> None:
    assert "No violations." in boss.get(reverse("audit")).content.decode()


def test_a_manager_may_not_ask_the_oracle_about_all_cinemas(devi: User) -> None:
    assert _signed_in(devi).get(reverse("audit")).status_code == 403


def test_a_customer_is_sent_to_the_login_page(asha: User) -> None:
    assert _signed_in(asha).get(reverse("admin:index")).status_code == 302


def test_every_permission_a_role_names_exists(db: None) -> None:
    call_command("sync_roles")

    known = {
        f"{one.content_type.app_label}.{one.codename}" for one in Permission.objects.select_related("content_type")
    }
    for role, names in roles.PERMISSIONS.items():
        group = Group.objects.get(name=role)
        granted = {f"{one.content_type.app_label}.{one.codename}" for one in group.permissions.all()}
        assert set(names) <= known
        assert granted == set(names)


def test_every_permission_a_button_asks_for_exists(db: None) -> None:
    asked = {
        permission
        for model_admin in admin.site._registry.values()
        for name in getattr(model_admin, "actions_detail", ())
        for permission in getattr(model_admin, name).allowed_permissions
    }

    known = {
        f"{one.content_type.app_label}.{one.codename}" for one in Permission.objects.select_related("content_type")
    }
    assert len(asked) > 8
    assert asked <= known


def test_sync_roles_takes_away_what_the_table_no_longer_names(db: None) -> None:
    call_command("sync_roles")
    group = Group.objects.get(name="counter")
    group.permissions.add(Permission.objects.get(codename="refund_booking"))

    call_command("sync_roles")

    assert not group.permissions.filter(codename="refund_booking").exists()


@pytest.mark.parametrize(
    "rows", ["venues_showtime", "venues_hall", "bookings_booking", "payments_payment", "seatsync_seatevent"]
)
def test_a_manager_sees_only_rows_of_her_own_cinemas(full: cast.Stage, chandra: User, devi: User, rows: str) -> None:
    other = cast.make_stage(name="Rara Cinema")
    theirs = cast.make_user("else@example.com", role="counter", cinemas=(other.cinema,))
    counter.sell(
        showtime_id=other.showtime.pk, seats=["A1"], tender="CASH", actor=cast.staff_actor(theirs), now=timezone.now()
    )
    hers = _signed_in(devi).get(reverse(f"admin:{rows}_changelist"))
    everyone = _signed_in(User.objects.create_superuser("b@example.com", "x")).get(reverse(f"admin:{rows}_changelist"))

    assert 0 < hers.context["cl"].result_count < everyone.context["cl"].result_count


def test_another_cinemas_row_is_not_found(devi: User) -> None:
    other = cast.make_stage(name="Rara Cinema")
    client = _signed_in(devi)

    for page in ("change", "seats", "change_prices", "cancel"):
        answer = client.get(reverse(f"admin:venues_showtime_{page}", args=[other.showtime.pk]))
        assert answer.status_code in (302, 404), page


def test_a_key_that_is_none_is_a_bad_request(boss: Client) -> None:
    answer = boss.post(reverse("admin:bookings_waitingroom_add"), {"showtime": "the late one"})

    assert (answer.status_code, "Nothing was changed" in answer.content.decode()) == (400, True)


def test_a_manager_is_offered_only_her_own_halls(devi: User, stage: cast.Stage) -> None:
    other = cast.make_stage(name="Rara Cinema")

    page = _signed_in(devi).get(reverse("admin:venues_showtime_add")).content.decode()

    assert str(stage.hall.pk) in page
    assert str(other.hall.pk) not in page


@pytest.mark.parametrize("model", [SeatEvent, ShowSeat, Payment, Booking, Refund])
def test_evidence_can_be_read_and_never_changed_even_by_a_superuser(boss: Client, full: cast.Stage, model: Any) -> None:
    name, row = f"admin:{model._meta.app_label}_{model._meta.model_name}", model._default_manager.first()

    assert boss.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
    assert boss.post(reverse(f"{name}_change", args=[row.pk]), {"actor": "nobody"}).status_code == 403
    assert boss.get(reverse(f"{name}_delete", args=[row.pk])).status_code == 403
    assert boss.get(reverse(f"{name}_add")).status_code == 403


def test_the_journal_is_readable(boss: Client, full: cast.Stage) -> None:
    page = boss.get(reverse("admin:seatsync_seatevent_changelist")).content.decode()

    assert "A1 AVAILABLE → BOOKED" in page
    assert "C1 AVAILABLE → BLOCKED" in page


@pytest.mark.parametrize("rows", ["bookings_booking", "venues_showtime", "seatsync_seatevent", "bookings_ticket"])
def test_a_list_costs_the_same_however_many_rows_it_has(
    boss: Client, full: cast.Stage, chandra: User, django_assert_max_num_queries: Any, rows: str
) -> None:
    for seat in ("A2", "A3", "A4", "B2", "B3"):
        counter.sell(
            showtime_id=full.showtime.pk,
            seats=[seat],
            tender="CASH",
            actor=cast.staff_actor(chandra),
            now=timezone.now(),
        )

    with django_assert_max_num_queries(18):
        boss.get(reverse(f"admin:{rows}_changelist"))


def test_history_tells_who_changed_what(boss: Client, stage: cast.Stage) -> None:
    address = reverse("admin:venues_showtime_change", args=[stage.showtime.pk])
    sent = {"format": "3D", "language": "Nepali", "subtitles": "", "prices-TOTAL_FORMS": 0, "prices-INITIAL_FORMS": 0}
    assert boss.post(address, sent).status_code == 302

    page = boss.get(reverse("admin:venues_showtime_history", args=[stage.showtime.pk])).content.decode()

    assert "boss@example.com" in page
    assert "3D" in page


def test_a_showtimes_history_tells_what_its_seats_cost_before(boss: Client, stage: cast.Stage) -> None:
    boss.post(reverse("admin:venues_showtime_change_prices", args=[stage.showtime.pk]), {"price_0": "512"})

    changes = boss.get(reverse("admin:venues_showtime_history", args=[stage.showtime.pk])).context["changes"]

    prices = [(change.who, str(value)) for change in changes for name, _then, value in change.fields if name == "Price"]
    assert prices == [("boss@example.com", "512.00"), ("", "450.00")]


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client

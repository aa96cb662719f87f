"""People at the desk: nobody raises anyone, themselves included, above what they may do."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from showsewa.models import User
from tests import cast


@pytest.fixture
def chief(stage: cast.Stage) -> User:
    call_command("sync_roles")
    return cast.make_user("chief@example.com", role="admin", cinemas=(stage.cinema,))


def test_staff_are_added_by_e_mail_with_a_role_and_a_cinema(chief: User, stage: cast.Stage) -> None:
    answer = _signed_in(chief).post(reverse("admin:showsewa_user_add"), _new(stage))

    made = User.objects.get(email="new@example.com")
    assert answer.status_code == 302
    assert [group.name for group in made.groups.all()] == ["counter"]
    assert list(made.cinemas.all()) == [stage.cinema]
    assert made.check_password(cast.PASSWORD)


def test_staff_must_be_given_a_cinema_of_their_makers(chief: User, stage: cast.Stage) -> None:
    other = cast.make_stage(name="Rara Cinema")
    for cinemas in ([], [str(other.cinema.pk)]):
        answer = _signed_in(chief).post(reverse("admin:showsewa_user_add"), _new(stage) | {"cinemas": cinemas})
        assert "cinemas" in answer.context["adminform"].form.errors

    assert not User.objects.filter(email="new@example.com").exists()


def test_staff_cannot_make_themselves_superuser(chief: User, stage: cast.Stage) -> None:
    sent = _known(chief, stage) | {"is_superuser": "on"}

    _signed_in(chief).post(reverse("admin:showsewa_user_change", args=[chief.pk]), sent)

    chief.refresh_from_db()
    assert chief.first_name == "Renamed"
    assert not chief.is_superuser


def test_a_role_that_may_more_is_not_offered(chief: User, stage: cast.Stage) -> None:
    strong = Group.objects.create(name="strong")
    strong.permissions.set([_permission("delete_user")])

    answer = _signed_in(chief).post(reverse("admin:showsewa_user_add"), _new(stage) | {"groups": [strong.pk]})

    assert "groups" in answer.context["adminform"].form.errors


@pytest.mark.parametrize("page", ["change", "password"])
def test_who_may_more_cannot_be_changed_from_below(chief: User, stage: cast.Stage, page: str) -> None:
    boss = User.objects.create_superuser("boss@example.com", cast.PASSWORD)
    boss.cinemas.add(stage.cinema)
    names = {"change": "admin:showsewa_user_change", "password": "admin:auth_user_password_change"}

    answer = _signed_in(chief).post(
        reverse(names[page], args=[boss.pk]), {"password1": "x" * 12, "password2": "x" * 12}
    )

    boss.refresh_from_db()
    assert answer.status_code == 403
    assert boss.check_password(cast.PASSWORD)


def test_people_of_other_cinemas_are_not_seen(chief: User, stage: cast.Stage, devi: User) -> None:
    other = cast.make_stage(name="Rara Cinema")
    theirs = cast.make_user("else@example.com", role="counter", cinemas=(other.cinema,))
    client = _signed_in(chief)

    listed = client.get(reverse("admin:showsewa_user_changelist")).content.decode()

    assert devi.email in listed
    assert theirs.email not in listed
    assert client.get(reverse("admin:showsewa_user_change", args=[theirs.pk])).status_code == 302


def test_a_manager_sees_no_people(devi: User) -> None:
    assert _signed_in(devi).get(reverse("admin:showsewa_user_changelist")).status_code == 403


def _new(stage: cast.Stage) -> dict[str, object]:
    return {
        "email": "new@example.com", "password1": cast.PASSWORD, "password2": cast.PASSWORD, "is_staff": "on",
        "groups": [Group.objects.get(name="counter").pk], "cinemas": [str(stage.cinema.pk)],
    }  # fmt: skip


def _known(user: User, stage: cast.Stage) -> dict[str, object]:
    return {
        "email": user.email, "first_name": "Renamed", "language": "en", "is_active": "on", "is_staff": "on",
        "groups": [group.pk for group in user.groups.all()], "cinemas": [str(stage.cinema.pk)],
    }  # fmt: skip


def _permission(codename: str) -> object:
    return Group.permissions.rel.model.objects.get(codename=codename)


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client

"""What every admin page shares: bounded to the person's cinemas, each change one signed transaction, evidence fixed."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.contrib.admin.checks import ModelAdminChecks
from django.contrib.postgres.fields import ArrayField
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.widgets import UnfoldAdminTextInputWidget

from seatsync import journal
from showsewa import history, money
from showsewa.actors import Actor
from showsewa.authentication import of_user
from showsewa.models import User


def person(request: HttpRequest) -> User:
    """Who is signed in: the admin lets nobody else as far as this."""
    return cast(User, request.user)


def actor(request: HttpRequest) -> Actor:
    return of_user(person(request))


class Scoped:
    """Staff see the rows of their cinemas, superusers all; the same rows are the choices of every foreign key.

    cinema_path: the lookup from a row to its cinema; "" for rows that belong to none.
    """

    cinema_path = ""

    def bound(self, rows: QuerySet, user: Any) -> QuerySet:
        if user.is_superuser or not self.cinema_path:
            return rows
        return rows.filter(**{f"{self.cinema_path}__in": user.cinemas.all()})

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return self.bound(super().get_queryset(request), request.user)  # type: ignore[misc]

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet | None:
        related = self.admin_site._registry.get(db_field.remote_field.model)  # type: ignore[attr-defined]
        rows = super().get_field_queryset(db, db_field, request)  # type: ignore[misc]
        if not isinstance(related, Scoped):
            return rows
        return related.bound(db_field.remote_field.model._default_manager.all() if rows is None else rows, request.user)


class CappedPaginator(Paginator):
    """Counts no further than people page: a year's journal would be counted on every look at it."""

    MOST = 10_000

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Any]", self.object_list)
        return rows.order_by()[: self.MOST].count()


class DeskAdmin(Scoped, ModelAdmin):
    list_per_page = 50
    paginator = CappedPaginator
    list_filter_submit = True
    show_full_result_count = False
    warn_unsaved_form = True
    formfield_overrides = {ArrayField: {"widget": UnfoldAdminTextInputWidget}}
    # Rows that belong to one of ours and are told of in its history: [(model, its key to ours)].
    history_parts: Sequence[tuple[type[models.Model], str]] = ()
    object_history_template = "admin/changes.html"
    # Unfold's own checks ask the database for permissions, before there are tables to ask (tests/test_admin.py does).
    checks_class = ModelAdminChecks

    @admin.display(description=_("state"))
    def state_word(self, row: Any) -> Any:
        """What `state` says, without its colour, for a row's own page."""
        return self.state(row)[1]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return super().changeform_view(request, *args, **kwargs)
        with history.signed(person(request).email):
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        """Write only what the person changed: the page may be old, and the row has moved on beside them."""
        if change:
            own = {field.name for field in obj._meta.concrete_fields}
            obj.save(update_fields=[name for name in form.changed_data if name in own])
        else:
            super().save_model(request, obj, form, change)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Django's own log, and above it what the database noted, whoever made the change."""
        answer = super().history_view(request, object_id, extra_context)
        if isinstance(answer, TemplateResponse) and answer.context_data is not None:
            row = answer.context_data["object"]
            answer.context_data["changes"] = history.changes(row, parts=self.history_parts)
        return answer


def sum_column(field: str, title: Any, *, currency: str = "currency") -> Any:
    """An amount with its currency, for lists and rows alike. currency: the path from the row to it."""

    @admin.display(description=title, ordering=field)
    def told(_admin: Any, row: Any) -> str:
        value = getattr(row, field)
        return "-" if value is None else money.text(value, attrgetter(currency)(row))

    return told


class NamesActors:
    """A list that calls actors by their names, looked up once a page. actor_field: the column with the key."""

    actor_field = "actor"

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changes = super().get_changelist_instance(request)  # type: ignore[misc]
        names = journal.names(getattr(row, self.actor_field) for row in changes.result_list)
        for row in changes.result_list:
            row.actor_name = names[getattr(row, self.actor_field)]
        return changes

    @admin.display(description=_("who"))
    def who(self, row: Any) -> str:
        return getattr(row, "actor_name", None) or journal.name(getattr(row, self.actor_field))


class Evidence:
    """Rows that say what happened. Nobody adds, edits or deletes them here, superusers included."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class SharedAmongCinemas:
    """Rows of several cinemas (`cinemas`): staff see those that touch theirs and change those wholly theirs."""

    def bound(self, rows: QuerySet, user: Any) -> QuerySet:
        if user.is_superuser:
            return rows
        mine = rows.model._default_manager.filter(cinemas__in=user.cinemas.all())
        return rows.filter(pk__in=mine.values("pk"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)  # type: ignore[misc]
        return allowed and (obj is None or is_wholly_of(obj, request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)  # type: ignore[misc]
        return allowed and (obj is None or is_wholly_of(obj, request.user))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)  # type: ignore[misc]
        if "cinemas" in form.base_fields and not request.user.is_superuser:
            # Empty would mean every cinema, or none at all.
            form.base_fields["cinemas"].required, form.base_fields["cinemas"].help_text = True, ""
        return form


def is_wholly_of(row: Any, user: Any) -> bool:
    if user.is_superuser:
        return True
    cinemas = set(row.cinemas.values_list("pk", flat=True))
    return bool(cinemas) and cinemas <= set(user.cinemas.values_list("pk", flat=True))


class MyChoices(RelatedDropdownFilter):
    """A filter that offers only the rows this person may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        rows = model_admin.get_field_queryset(None, field, request)
        return [
            (row.pk, str(row)) for row in (field.remote_field.model._default_manager.all() if rows is None else rows)
        ]


def show_header(showtime: Any) -> list[str]:
    """A showtime in two lines, by the clock of its cinema. Needs its movie, cinema and hall."""
    at = showtime.starts_at.astimezone(ZoneInfo(showtime.cinema.time_zone))
    return [showtime.movie.title, f"{date_format(at, 'D j M H:i')} · {showtime.hall.name}, {showtime.cinema.name}"]


def short_time(at: datetime | None) -> str:
    """By the office clock, which the admin runs by."""
    return date_format(timezone.localtime(at), "j M H:i:s") if at else "-"

"""Reports over many bookings, as JSON or CSV (OP41-OP43, occupancy, health). A channel counts its own sales only."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from payments.api import figures_rows as rows
from payments.api import figures_shapes as shapes
from payments.figures import health, occupancy, sales
from payments.figures import scope as scopes
from showsewa.actors import Kind
from showsewa.apiview import ApiView
from showsewa.rendering import Csv, Json
from showsewa.spreadsheets import csv_text

LONGEST_DAYS = 366
OCCUPANCY_DAYS = 31
MOST_MOVIES = 100
MOST_ITEMS = 200


class Day(serializers.DateField):
    default_error_messages = {"far": _("Choose a day of this century.")}

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not 2000 <= day.year < 2100:
            self.fail("far")
        return day


class Asked(serializers.Serializer):
    """cinema: its id or short name; left out: all there are for the caller."""

    cinema = serializers.CharField(max_length=80, default="")


class Days(Asked):
    """Days of the cinema's own calendar, both counted."""

    def get_fields(self) -> Any:
        return super().get_fields() | {"from": Day(required=False), "to": Day(required=False)}


class Cursor(serializers.CharField):
    """Where the last page ended: start and id of its last showtime."""

    default_error_messages = {"cursor": _("Send nextCursor as you got it.")}

    def to_internal_value(self, data: Any) -> Any:
        start, _sign, key = super().to_internal_value(data).partition("_")
        try:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(start)), uuid.UUID(key)
        except (ValueError, OverflowError):
            self.fail("cursor")


class Pages(Days):
    limit = serializers.IntegerField(min_value=1, max_value=MOST_ITEMS, default=50)
    cursor = Cursor(max_length=60, required=False)


class Most(Days):
    days = serializers.IntegerField(min_value=1, max_value=LONGEST_DAYS, default=7)
    limit = serializers.IntegerField(min_value=1, max_value=MOST_MOVIES, default=10)


class Report(ApiView):
    """`Accept: text/csv` gives the table for a program; `?format=csv` for a person, as a file Excel reads as UTF-8."""

    scope = "reports:read"
    permission = "payments.view_figures"
    renderer_classes = [Json, Csv]
    name = ""

    @property
    def is_csv(self) -> bool:
        return bool(self.request.accepted_renderer.format == "csv")

    @property
    def is_staff(self) -> bool:
        return self.actor.kind != Kind.CHANNEL

    def begin(self, kind: type[Asked], **usual: Any) -> tuple[dict[str, Any], scopes.Scope, scopes.Period]:
        """What is asked, of which rows, over which days."""
        asked: dict[str, Any] = kind().run_validation(self.request.query_params)
        found = scopes.of(self.actor, cinema=asked["cinema"])
        today = found.today(timezone.now())
        usual = {"days": asked.get("days", 30), "most": LONGEST_DAYS} | usual
        return asked, found, scopes.Period.chosen(asked.get("from"), asked.get("to"), today=today, **usual)

    def answer(
        self, period: scopes.Period, columns: Sequence[str], items: Sequence[dict[str, Any]], **more: Any
    ) -> Response:
        """items: what JSON shows; their `columns` are the file's."""
        if not self.is_csv:
            made = Response({"from": period.first, "to": period.last, "items": items} | more)
        else:
            text = csv_text(columns, ([item[column] for column in columns] for item in items))
            made = Response(text)
            if "format" in self.request.query_params:
                made.data = f"\ufeff{text}"
                name = f"{self.name}-{period.first}-{period.last}.csv"
                made["Content-Disposition"] = f'attachment; filename="{name}"'
        made["Cache-Control"] = "private, no-store"
        return made


@shapes.DAILY
class DailyBookings(Report):
    name = "daily-bookings"

    def get(self, request: Request) -> Response:
        _asked, found, period = self.begin(Days)
        return self.answer(period, rows.DAY, [rows.day(row) for row in sales.daily(found, period)])


@shapes.MOVIES
class PopularMovies(Report):
    name = "popular-movies"

    def get(self, request: Request) -> Response:
        asked, found, period = self.begin(Most)
        movies = sales.popular_movies(found, period, limit=asked["limit"])
        return self.answer(period, rows.MOVIE, [rows.movie(row) for row in movies])


@shapes.CHANNELS
class Channels(Report):
    name = "channels"

    def get(self, request: Request) -> Response:
        _asked, found, period = self.begin(Days)
        sold = sales.by_channel(found, period)
        sources = [rows.source(row) for row in sales.by_source(sold)]
        return self.answer(period, rows.CHANNEL, [rows.channel(row) for row in sold], sources=sources)


@shapes.OCCUPANCY
class Occupancy(Report):
    name = "occupancy"

    def get(self, request: Request) -> Response:
        asked, found, period = self.begin(Pages, days=7, most=OCCUPANCY_DAYS, is_ahead=True)
        if self.is_csv:
            every = occupancy.all_shows(found, period)
            return self.answer(period, rows.SHOW_FILE, [rows.show_line(one, is_staff=self.is_staff) for one in every])
        limit: int = asked["limit"]
        shows = occupancy.shows(found, period, limit=limit + 1, after=asked.get("cursor"))
        more = rows.cursor(shows[limit - 1]) if len(shows) > limit else None
        items = [rows.show(one, is_staff=self.is_staff) for one in shows[:limit]]
        return self.answer(period, (), items, nextCursor=more)


@shapes.HEALTH
class Health(Report):
    name = "health"

    def get(self, request: Request) -> Response:
        _asked, found, period = self.begin(Days, days=7)
        channels = health.channels(found, period, now=timezone.now())
        items = [rows.standing(row) for row in channels]
        if self.is_csv:
            return self.answer(period, rows.STANDING, items)
        conflicts = rows.conflicts(health.open_conflicts(found), now=timezone.now(), is_staff=self.is_staff)
        return self.answer(period, rows.STANDING, items, openConflicts=conflicts)

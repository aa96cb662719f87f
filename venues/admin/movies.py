"""Movies and events."""

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from showsewa.admin.base import DeskAdmin
from venues.models import Movie


@admin.register(Movie)
class MovieAdmin(DeskAdmin):
    list_display = ("title", "title_ne", "kind", "runtime_minutes", "certificate", "coming", "released_on", "is_active")
    list_filter = ("is_active", "kind", "certificate")
    search_fields = ("title", "title_ne", "people")
    ordering = ("title",)
    date_hierarchy = "released_on"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("title", "title_ne"),
                    ("kind", "runtime_minutes", "certificate"),
                    ("is_foreign", "is_active"),
                )
            },
        ),
        (_("About"), {"fields": ("synopsis", "synopsis_ne", "people", ("genres", "languages"), "keywords")}),
        (_("More"), {"fields": (("released_on", "poster_key"), "metadata")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        coming = Count("showtimes", filter=Q(showtimes__starts_at__gt=timezone.now(), showtimes__cancelled_at=None))
        return super().get_queryset(request).annotate(coming=coming)

    @admin.display(description=_("shows to come"), ordering="coming")
    def coming(self, movie: Movie) -> int:
        return movie.coming  # type: ignore[attr-defined]

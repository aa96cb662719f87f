"""What the operations on movies, theatres and shows share: read by anyone, written by keys and staff, paged alike."""

from typing import ClassVar

from showsewa.apiview import ApiView
from showsewa.paging import NewestFirst
from showsewa.parsing import Text

_READING = ("GET", "HEAD", "OPTIONS")


class Catalogue(ApiView):
    """model: whose add and change permissions staff need."""

    model: ClassVar[str]

    @property
    def is_public(self) -> bool:  # type: ignore[override]
        return self.request.method in _READING

    @property
    def scope(self) -> str:  # type: ignore[override]
        return "inventory:read" if self.is_public else "catalog:write"

    @property
    def permission(self) -> str:  # type: ignore[override]
        deed = "add" if self.request.method == "POST" else "change"
        return "" if self.is_public else f"venues.{deed}_{self.model}"


class InCity(NewestFirst):
    city = Text(max_length=80, default="")

"""A new address of the site is looked at somewhere, or routes.py says why not."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from showsewa.apiview import ApiView
from tests.browser import routes

RARE = routes.ACCOUNT | routes.IN_MAILS | routes.PAYING | routes.AMONG_FRIENDS | routes.OF_THE_API
LOOKED_AT = routes.VISITORS | RARE | routes.STAFF


def test_every_address_of_the_site_is_looked_at_somewhere() -> None:
    found = {routes.name_of(pattern.name, route) for route, pattern in _ours(get_resolver().url_patterns)}

    assert found == LOOKED_AT | routes.NO_PAGES | routes.NOT_OURS | routes.WAYS


def _ours(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """All but the API, and the admin's own (test_staff_pages asks the admin itself)."""
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            if not issubclass(getattr(one.callback, "cls", object), ApiView):
                yield route, one
        elif one.namespace != "admin" and route not in ("api/", "api/v1/"):
            yield from _ours(one.url_patterns, route)

"""A web process has its templates read before it takes its first request."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import engines

from showsewa.warming import warm


def test_the_first_visitor_waits_for_no_template() -> None:
    loader: Any = engines["django"].engine.template_loaders[0]  # type: ignore[attr-defined]
    loader.reset()

    warm()

    folder = Path(settings.TEMPLATES[0]["DIRS"][0])
    ours = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    assert len(ours) > 100
    assert ours <= set(loader.get_template_cache)

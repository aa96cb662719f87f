"""What a web process would else do while its first visitors wait: import the views, read the templates."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse


def warm() -> None:
    """Once, before the process takes requests; about a second. Needs no database."""
    reverse("home")  # imports every view and builds the table of names
    folders: Any = settings.TEMPLATES[0]["DIRS"]
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.html")):
            get_template(path.relative_to(folder).as_posix())

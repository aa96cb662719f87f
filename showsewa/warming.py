"""What a web process would else do while its first visitors wait: import the views, read the templates. And what it
would else stop for later: to look for garbage among all that."""

import gc
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
    # A full collection walks all that was imported while nobody is answered: 190 and 270 ms were seen, in the first
    # second of a rush, and the smaller ones took a quarter of the processor. What is here now stays for ever; of what
    # a request leaves, reference counts free nearly all, and the cycles may wait for a rarer collection.
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 100)

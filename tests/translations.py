"""Every word that people read on the public pages, at the counter and in notices, taken from the sources."""

import ast
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.extract import extract
from django.conf import settings
from django.utils import dates
from django.utils.translation.template import templatize

from showsewa.demo_data import movies
from venues.formats import text as plans

ROOT = Path(settings.BASE_DIR)
APPS = ("showsewa", "venues", "seatsync", "bookings", "payments")

# The desk and the API's guide are for people who work in English.
UNREAD = {"admin", "unfold", "docs", "drf_spectacular", "migrations", "management", "demo_data", "running"}
UNREAD_FILES = {"admin.py", "settings.py", "docs.py", "schema.py", "fake_checkout.html"}

_UNSEEN = re.compile(
    r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}|<!--.*?-->|<(script|style|svg|kbd)\b.*?</\1>"
    r"|\{% block (?:main_class|body_class) %\}.*?\{% endblock %\}",
    re.DOTALL,
)
_TRANSLATED = re.compile(r"\{% blocktranslate\b.*?\{% endblocktranslate %\}", re.DOTALL)
_BRACED = re.compile(r"\{[%{].*?[%}]\}", re.DOTALL)
_SPOKEN = re.compile(r"\b(?:aria-label|aria-description|title|alt|placeholder|data-[a-z-]+)=[\"']([^\"']*)[\"']")
_TAG = re.compile(r"<[^>]*>")
_NAMES = re.compile(r"\b(?:ShowSewa|English|PDF|SMS|QR)\b")  # the same in every language
_WORD = re.compile(r"[A-Za-z]{2,}")
_PROSE = re.compile(r"\b[A-Z][a-z]+ [a-z]+|\b[a-z]{3,} [a-z]{2,} [a-z]{2,}")
_LABEL = re.compile(rf"{_PROSE.pattern}|^[A-Z][a-z]{{2,}}$")
_REMARK = re.compile(r"(?:^|(?<=\s))//[^\n]*|/\*.*?\*/", re.DOTALL | re.MULTILINE)
_LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`([^`]*)`')
_HOLE = re.compile(r"\$\{[^}]*\}")

_SINGLE = {"gettext", "gettext_lazy", "gettext_noop"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}


@dataclass(frozen=True, slots=True)
class Word:
    """text: the English of one, and of many where it counts something."""

    text: str
    plural: str = ""
    context: str = ""


@dataclass(slots=True)
class Found:
    """Words and the files they stand in."""

    files: dict[Word, list[str]] = field(default_factory=dict)

    def add(self, word: Word, file: str) -> None:
        files = self.files.setdefault(word, [])
        if file not in files:
            files.append(file)


_MODELS = "models"  # a module of this name, or a package


def words() -> dict[Word, list[str]]:
    found = Found()
    for path in sources():
        text, name = path.read_text(), str(path.relative_to(ROOT))
        for word in (
            _in_python(text, is_models=_MODELS in (path.stem, path.parent.name))
            if path.suffix == ".py"
            else _in_template(text, name)
        ):
            found.add(word, name)
    for name, texts in _data().items():
        for text in texts:
            found.add(Word(str(text)), name)
    return found.files


def sources() -> Iterator[Path]:
    places = [ROOT / "templates", *(ROOT / app for app in APPS)]
    for path in (path for place in places for path in sorted(place.rglob("*"))):
        is_read = not UNREAD.intersection(path.relative_to(ROOT).parts) and path.name not in UNREAD_FILES
        if is_read and path.suffix in {".py", ".html", ".txt"} and path.is_file():
            yield path


def bare(text: str) -> list[str]:
    """English that a template says without asking for a translation: between tags, and in what is read out or shown."""
    plain = _BRACED.sub(" ", _TRANSLATED.sub(" ", _UNSEEN.sub(" ", text)))
    spoken = [said for said in _SPOKEN.findall(plain) if _LABEL.search(said)]
    return spoken + [said for said in _TAG.sub("\n", plain).splitlines() if _WORD.search(_NAMES.sub(" ", said))]


def bare_in_script(text: str) -> list[str]:
    """English sentences in a script. Its words come from the page it runs in, which has them translated."""
    plain = _REMARK.sub("", text)
    return [said for found in _LITERAL.findall(plain) for said in found if _PROSE.search(_HOLE.sub("", said))]


def _in_template(text: str, name: str) -> Iterator[Word]:
    # Indented at will, as no Python is.
    code = "\n".join(line.lstrip() for line in templatize(text, origin=name).splitlines())
    for _line, said, _comments, context in extract("python", io.BytesIO(code.encode())):
        one, many = said if isinstance(said, tuple) else (said, "")
        yield Word(str(one), str(many or ""), context or "")


def _in_python(text: str, *, is_models: bool) -> Iterator[Word]:
    """By the syntax tree, which also sees into f-strings. Of models only the choices: their field names are admin's."""
    tree = ast.parse(text)
    called = _names(tree)
    if not called:
        return
    for part in _choices(tree) if is_models else [tree]:
        for node in _nodes(part):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in called:
                yield from _word(called[node.func.id], node)


def _names(tree: ast.Module) -> dict[str, str]:
    """{"_": "gettext"}: what this module calls Django's functions."""
    imports = (n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module == "django.utils.translation")
    return {name.asname or name.name: name.name for node in imports for name in node.names}


def _choices(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("Choices") for base in node.bases):
            yield node


def _nodes(part: ast.AST) -> Iterator[ast.AST]:
    """All below but what a developer reads in the API's guide."""
    for node in ast.iter_child_nodes(part):
        if not (isinstance(node, ast.keyword) and node.arg == "help_text"):
            yield node
            yield from _nodes(node)


def _word(function: str, call: ast.Call) -> Iterator[Word]:
    texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if function in _SINGLE and texts:
        yield Word(texts[0])
    elif function in _PLURAL and len(texts) == 2:
        yield Word(texts[0], texts[1])
    elif function in _CONTEXT and len(texts) == 2:
        yield Word(texts[1], context=texts[0])


def _data() -> dict[str, list[str]]:
    """Words that pages take from rows and that cinemas share, and the days and months."""
    films = [*movies.MOVIES, movies.CONCERT]
    return {
        "showsewa/demo_data/movies.py": [word for film in films for word in (*film.genres, *film.languages)],
        "venues/plans": _of_halls(),
        "django/utils/dates.py": [
            *dates.WEEKDAYS.values(), *dates.WEEKDAYS_ABBR.values(), *dates.MONTHS.values(), *dates.MONTHS_3.values(),
        ],
    }  # fmt: skip


def _of_halls() -> list[str]:
    halls = [plans.read(file.read_text()) for file in sorted((ROOT / "venues/plans").glob("*.txt"))]
    signs = [sign.label for hall in halls for sign in (hall.screen, *hall.facilities) if sign is not None]
    return [name for name in (*signs, *(section.name for hall in halls for section in hall.sections)) if name]

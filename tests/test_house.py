"""The laws of the house, by machine. What a test here finds is a place to mend, not to excuse."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import models

from bookings import models as bookings_models
from payments import models as payments_models
from seatsync import inventory
from seatsync.models import Action, SeatStatus
from showsewa import celery, promises, roles

ROOT = Path(settings.BASE_DIR)
APPS = ("showsewa", "venues", "seatsync", "bookings", "payments")
LONGEST_FILE, LONGEST_FUNCTION = 400, 40


def sources() -> Iterator[Path]:
    """Our own code without migrations."""
    for app in APPS:
        yield from (path for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts)


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in sources():
        yield path, ast.parse(path.read_text())


def named(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
            yield node


def test_files_stay_under_400_lines() -> None:
    long = {str(p.relative_to(ROOT)): n for p in sources() if (n := p.read_text().count("\n")) > LONGEST_FILE}

    assert long == {}


def test_functions_stay_under_40_lines() -> None:
    long = [
        f"{named(path, node)} {node.name}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]

    assert long == []


def test_every_module_says_what_it_owns() -> None:
    silent = [str(p.relative_to(ROOT)) for p, tree in trees() if tree.body and not ast.get_docstring(tree)]

    assert silent == []


def test_nothing_is_imported_inside_a_function() -> None:
    # payments.apps must wait for the app registry: gateways import models.
    allowed = {ROOT / "payments" / "apps.py"}
    inner = [
        named(path, node)
        for path, tree in trees()
        if path not in allowed and "running" not in path.parts
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert inner == []


def test_no_row_is_saved_whole_again() -> None:
    """`save()` on an existing row writes back what others changed meanwhile; new rows say force_insert or create."""
    allowed = {"showsewa/models.py"}  # UserManager.create_user: the row is new
    bare = [
        named(path, call)
        for path, tree in trees()
        if str(path.relative_to(ROOT)) not in allowed and "running" not in path.parts
        for call in calls(tree, "save")
        if not {keyword.arg for keyword in call.keywords} & {"update_fields", "force_insert", None}
        and not (
            isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id in ("form", "image")
        )
        and not (isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call))
    ]

    assert bare == []


def test_every_row_lock_says_no_key_and_has_an_order() -> None:
    loose = []
    for path, tree in trees():
        text = path.read_text().split("\n")
        for call in calls(tree, "select_for_update"):
            around = "\n".join(text[call.lineno - 4 : call.lineno + 6])
            if "no_key" not in {keyword.arg for keyword in call.keywords} or "order_by" not in around:
                loose.append(named(path, call))

    assert loose == []


def test_only_the_writer_changes_seats() -> None:
    """Raw SQL or ORM: nobody but inventory, its logbook and opening writes seats, inventories and the journal."""
    writers = {"seatsync/inventory.py", "seatsync/logbook.py", "seatsync/opening.py"}
    sql = re.compile(r"(UPDATE|INSERT INTO|DELETE FROM)\s+seatsync_(showseat|showinventory|seatevent)")
    orm = re.compile(
        r"(ShowSeat|ShowInventory|SeatEvent)\.objects[^\n]*\.(create|bulk_create|update|bulk_update|delete|get_or_create)\("
    )
    found = [
        str(path.relative_to(ROOT))
        for path in sources()
        if str(path.relative_to(ROOT)) not in writers and (sql.search(text := path.read_text()) or orm.search(text))
    ]

    assert found == []


def test_nobody_talks_to_the_broker() -> None:
    found = [
        named(path, call) for path, tree in trees() for name in ("delay", "apply_async", "send_task")
        for call in calls(tree, name)
    ]  # fmt: skip

    assert found == []


def test_only_the_keeper_of_promises_and_the_hub_catch_everything() -> None:
    allowed = {"showsewa/promises.py", "showsewa/heartbeats.py", "showsewa/idempotency.py", "seatsync/hub.py"}
    found = [
        named(path, node)
        for path, tree in trees()
        if str(path.relative_to(ROOT)) not in allowed and "running" not in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
    ]

    assert found == []


def test_there_are_no_signals_between_apps() -> None:
    found = [
        str(p.relative_to(ROOT))
        for p in sources()
        if re.search(r"django\.(db\.models|core)\.?.*signals", p.read_text())
    ]

    assert found == []


def test_no_word_is_translated_before_its_reader_is_known() -> None:
    """What stands outside of functions is read at import, in nobody's language: `gettext_lazy` waits for the reader."""

    def early(node: ast.AST, names: set[str]) -> Iterator[ast.AST]:
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                continue
            if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in names:
                yield part
            yield from early(part, names)

    found = []
    for path, tree in trees():
        imports = [node for node in tree.body if isinstance(node, ast.ImportFrom) and "translation" in str(node.module)]
        names = [alias for node in imports for alias in node.names if alias.name in ("gettext", "ngettext")]
        found += [named(path, call) for call in early(tree, {alias.asname or alias.name for alias in names})]

    assert found == []


def test_nothing_is_left_for_later_and_no_path_of_a_machine_stands_in_the_code() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|[\"'/ ]/(work|home|root|tmp)/\w")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources()
        for number, line in enumerate(path.read_text().split("\n"), 1)
        if marks.search(line)
    ]

    assert found == []


def test_beat_rings_only_tasks_that_exist() -> None:
    celery.app.loader.import_default_modules()

    assert set(celery.BEAT) <= set(celery.app.tasks)
    ours = {name for name in celery.app.tasks if name.split(".")[0] in APPS}
    assert ours == set(celery.BEAT)


def test_tasks_take_no_arguments() -> None:
    found = [
        named(path, node)
        for path, tree in trees()
        if path.name == "tasks.py"
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.decorator_list and node.args.args
    ]

    assert found == []


def test_every_promise_has_an_index_that_matches_its_keeper() -> None:
    for model in apps.get_models():
        if issubclass(model, promises.Promise):
            conditions = [index for index in model._meta.indexes if index.fields == ["due_at"] and index.condition]
            assert conditions, model


@pytest.mark.parametrize(
    ("table", "choices"),
    [
        (bookings_models.MOVES, bookings_models.Booking.Status),
        (payments_models.MOVES, payments_models.Payment.Status),
    ],
)
def test_every_status_is_in_its_table(table: dict[str, frozenset[str]], choices: type[models.TextChoices]) -> None:
    assert set(table) == set(choices)
    assert {to for moves in table.values() for to in moves} <= set(choices)


def test_every_action_on_a_seat_is_in_the_table_of_moves() -> None:
    assert set(inventory.MOVES) | {Action.ALLOT, Action.RETURN} == set(Action)
    assert {to for _standings, to in inventory.MOVES.values()} == set(SeatStatus)


def test_every_permission_a_role_names_exists(db: None) -> None:
    known = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    named_by_roles = {name for names in roles.PERMISSIONS.values() for name in names}

    assert named_by_roles - known == set()


def test_models_and_migrations_agree(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)

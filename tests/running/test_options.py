"""What the environment says to `up`, and what `up` says back when it is wrong."""

import socket
from pathlib import Path

import pytest

from showsewa.running import messages
from showsewa.running.console import Trouble
from showsewa.running.environment import Options, children

PO = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Seat"
msgstr "सिट"
"""


def test_nothing_given_means_port_8000_of_this_machine_and_two_web_processes() -> None:
    options = Options.read({})

    assert (options.base_url, options.ws_url) == ("http://127.0.0.1:8000", "ws://127.0.0.1:8001")
    assert options.workers == 2
    assert options.folder.name == "var"


def test_a_wildcard_host_is_listened_on_but_not_printed_as_an_address() -> None:
    assert Options.read({"HOST": "0.0.0.0"}).base_url == "http://127.0.0.1:8000"
    assert Options.read({"HOST": "::1"}).base_url == "http://[::1]:8000"


@pytest.mark.parametrize("port", ["web", "0", "65535", "-1", "8000 "])
def test_a_port_that_is_none_is_refused_by_name(port: str) -> None:
    with pytest.raises(Trouble, match="PORT"):
        Options.read({"PORT": port})


def test_a_taken_port_is_refused_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(Trouble, match=f"make up PORT={port + 100}"):
            Options.read({"PORT": str(port)}).require_free_ports()


def test_the_web_process_is_told_its_workers_and_only_jobs_get_long_statements(tmp_path: Path) -> None:
    options = Options.read({"SHOWSEWA_VAR": str(tmp_path), "WEB_CONCURRENCY": "3"})

    web, sockets, beat, worker = children(options, {"A": "1"})

    assert web.argv[web.argv.index("--workers") + 1] == "3"
    assert "STATEMENT_TIMEOUT_MS" not in web.env | sockets.env
    assert beat.env["STATEMENT_TIMEOUT_MS"] == worker.env["STATEMENT_TIMEOUT_MS"] == "60000"


def test_a_web_process_needs_fewer_than_twenty_connections(tmp_path: Path) -> None:
    """Each thread keeps one to the database, so threads are what bounds them."""
    web = children(Options.read({"SHOWSEWA_VAR": str(tmp_path)}), {})[0]

    assert int(web.argv[web.argv.index("--blocking-threads") + 1]) <= 20


def test_translations_are_compiled_once_and_again_after_a_change(tmp_path: Path) -> None:
    source = tmp_path / "locale" / "ne" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO)

    assert messages.compile_all(tmp_path) == 1
    assert "सिट".encode() in source.with_suffix(".mo").read_bytes()
    assert messages.compile_all(tmp_path) == 0


def test_a_broken_translation_is_named(tmp_path: Path) -> None:
    source = tmp_path / "locale" / "ne" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid "Seat"\nthis is no translation\n')

    with pytest.raises(Trouble, match=r"django\.po"):
        messages.compile_all(tmp_path)


def test_a_project_without_translations_is_fine(tmp_path: Path) -> None:
    assert messages.compile_all(tmp_path) == 0

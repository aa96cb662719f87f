"""The embedded servers survive what happens to servers on somebody's laptop."""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from showsewa.running import processes, services, state
from showsewa.running.console import Trouble
from showsewa.running.services import Services
from tests.running.conftest import Run, gone, needs_root, spawn

pytestmark = pytest.mark.slow
Hold = Callable[[Path], Run]


def test_a_stopped_run_leaves_its_data_and_takes_the_same_ports_again(ground: Path, hold: Hold) -> None:
    first = hold(ground / "var")
    first.sql("CREATE TABLE kept AS SELECT 7 AS n")
    first.stop()

    second = hold(ground / "var")

    assert gone(list(first.pids.values()))
    assert second.url == first.url
    assert second.sql("SELECT n FROM kept") == [(7,)]


def test_a_second_run_over_the_same_folder_is_refused_and_names_the_first(ground: Path, hold: Hold) -> None:
    first = hold(ground / "var")

    second = spawn(ground / "var")
    _, message = second.communicate(timeout=30)

    assert second.returncode == 1
    assert str(first.starter.pid) in message
    assert first.sql("SELECT 1") == [(1,)]


def test_two_folders_run_side_by_side(ground: Path, hold: Hold) -> None:
    one, other = hold(ground / "one"), hold(ground / "other")

    one.sql("CREATE TABLE mine AS SELECT 1 AS n")

    assert one.url != other.url
    assert other.sql("SELECT to_regclass('mine')") == [(None,)]


def test_kill_9_of_the_starter_leaves_nothing_running_and_nothing_lost(ground: Path, hold: Hold) -> None:
    first = hold(ground / "var")
    first.sql("CREATE TABLE kept AS SELECT 7 AS n")

    first.kill()

    assert gone(list(first.pids.values()))
    assert hold(ground / "var").sql("SELECT n FROM kept") == [(7,)]


def test_kill_9_of_both_servers_is_mended_on_the_same_address(ground: Path) -> None:
    folder = state.prepare(ground / "var")
    servers = Services(folder, state.State.load(folder), outside={})
    try:
        servers.start()
        before, urls = servers.pids, servers.environment()
        run = Run(None, urls["DATABASE_URL"], urls["REDIS_URL"], before)  # type: ignore[arg-type]
        run.sql("CREATE TABLE kept AS SELECT 7 AS n")
        for server in servers.servers:
            assert server.process
            server.process.kill()
            server.process.wait()

        assert servers.revive() == ["Postgres", "Valkey"]
        for server in servers.servers:
            server.wait_ready()

        assert servers.environment() == urls
        assert run.sql("SELECT n FROM kept") == [(7,)]
        assert servers.revive() == []
    finally:
        servers.stop()


def test_a_pid_file_that_now_names_a_stranger_does_not_stop_the_start(ground: Path, hold: Hold) -> None:
    hold(ground / "var").stop()
    data = ground / "var" / "services" / "postgres" / "data"
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n1\n5432\n\n127.0.0.1\n  1  1\nready\n")

    assert hold(ground / "var").sql("SELECT 1") == [(1,)]
    assert processes.is_alive(os.getpid())


def test_a_first_start_killed_in_the_middle_is_begun_again(ground: Path, hold: Hold) -> None:
    home = ground / "var" / "services" / "postgres"
    killed = spawn(ground / "var")
    while not list(home.glob("data.part*/base")):
        assert killed.poll() is None
    killed.kill()
    killed.communicate()

    assert not (home / "data").exists()
    assert hold(ground / "var").sql("SELECT 1") == [(1,)]


def test_a_port_taken_by_somebody_else_is_given_up_for_another(ground: Path, hold: Hold) -> None:
    first = hold(ground / "var")
    port = int(first.url.rsplit(":", 1)[1].split("/")[0])
    first.stop()

    with socket.create_server(("127.0.0.1", port)):
        second = hold(ground / "var")

    assert second.url != first.url
    assert second.sql("SELECT 1") == [(1,)]


def test_blanks_other_scripts_and_a_path_longer_than_a_unix_socket_may_have(ground: Path, hold: Hold) -> None:
    folder = ground / "a folder with blanks" / ("सिनेमा घर" * 5) / ("long " * 20).strip() / "var"

    run = hold(folder)

    assert len(os.fsencode(folder)) > 150
    assert run.sql("SELECT 1") == [(1,)]


@needs_root
def test_root_opens_no_closed_folder_and_puts_the_servers_elsewhere(ground: Path, hold: Hold) -> None:
    closed = ground / "closed"
    closed.mkdir(mode=0o700)

    run = hold(closed / "var")

    assert run.sql("SELECT 1") == [(1,)]
    assert closed.stat().st_mode & 0o777 == 0o700
    assert (services.ROOT_STATE / services.root_name(closed / "var") / "postgres" / "data").exists()


@needs_root
def test_root_runs_no_server_as_root(ground: Path, hold: Hold) -> None:
    run = hold(ground / "var")

    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in run.pids.values()}

    assert 0 not in owners


def test_the_secrets_are_readable_by_their_owner_only(ground: Path) -> None:
    folder = state.prepare(ground / "var")
    state.State().save(folder)

    assert (folder / state.STATE_FILE).stat().st_mode & 0o777 == 0o600
    assert state.State.load(folder) == state.State.load(folder)


def test_a_damaged_state_file_is_explained(ground: Path) -> None:
    folder = state.prepare(ground / "var")
    (folder / state.STATE_FILE).write_text("{")

    with pytest.raises(Trouble, match="make clean"):
        state.State.load(folder)


def test_servers_named_from_outside_are_used_and_none_is_started(ground: Path, hold: Hold) -> None:
    theirs = hold(ground / "theirs")
    named = {"DATABASE_URL": theirs.url, "REDIS_URL": theirs.redis_url}
    folder = state.prepare(ground / "var")

    servers = Services(folder, state.State.load(folder), outside=named)
    servers.start()

    assert servers.environment() == named
    assert servers.pids == {}


def test_a_server_named_from_outside_that_is_silent_is_named_in_the_refusal(ground: Path) -> None:
    port = processes.free_port()
    named = {"DATABASE_URL": f"postgres://u@127.0.0.1:{port}/x", "REDIS_URL": f"redis://127.0.0.1:{port}/0"}
    folder = state.prepare(ground / "var")

    with pytest.raises(Trouble, match="DATABASE_URL"):
        Services(folder, state.State.load(folder), outside=named).start()


def test_a_leftover_process_of_a_killed_run_is_found_by_its_mark_and_ended(ground: Path) -> None:
    env = {**os.environ, processes.MARK: str(ground)}
    with (ground / "log").open("wb") as log:
        stray = processes.start(["sleep", "60"], death=signal.SIGKILL, output=log, env=env)

    assert processes.strays(ground) == [stray.pid]
    stray.kill()
    stray.wait()
    assert processes.strays(ground) == []

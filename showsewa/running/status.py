"""`python -m showsewa.running status`: what runs over the folder, from its run file and its processes."""

import json
import os

from . import processes, state
from .console import say
from .environment import Options


def main() -> int:
    folder = Options.read(os.environ).folder
    if not folder.exists() or state.holder(folder) is None:
        say("Nothing is running.")
        return 1
    try:
        facts = json.loads((folder / "run.json").read_text())
    except FileNotFoundError:
        say("It is starting or stopping.")
        return 1
    say(f"{facts['baseUrl']}  (sockets: {facts['wsUrl']})")
    for name, pid in facts["pids"].items():
        say(f"  {name:<10} {pid:>8}  {'running' if processes.is_alive(pid) else 'gone'}")
    return 0

"""`python -m showsewa.running up|down|status|messages|clean`."""

import importlib
import sys

from .console import Trouble, say

COMMANDS = {
    "up": ("up", "main"),
    "down": ("down", "main"),
    "status": ("status", "main"),
    "messages": ("messages", "main"),
    "clean": ("down", "clean"),
}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        say(f"usage: python -m showsewa.running {'|'.join(COMMANDS)}")
        return 2
    module, function = COMMANDS[arguments[0]]
    try:
        # Each command loads only what it needs: `down` must work whatever state the libraries of `up` are in.
        return int(getattr(importlib.import_module(f"{__package__}.{module}"), function)())
    except Trouble as trouble:
        say(str(trouble))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

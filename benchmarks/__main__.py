"""python -m benchmarks [paths] [sockets] [opening] [growth] [search]: the first three when nothing is named."""

import os
import platform
import sys
from datetime import UTC, datetime

from benchmarks import site

PARTS = ("paths", "sockets", "opening", "growth", "search")


def main() -> int:
    chosen = sys.argv[1:] or list(PARTS[:3])
    if unknown := set(chosen) - set(PARTS):
        print(f"unknown: {', '.join(sorted(unknown))}; choose from {', '.join(PARTS)}")
        return 2
    print("Starting the site ...", flush=True)
    with site.running() as house:
        # These load Django models, which exist only once the site's settings do.
        from benchmarks import growth, opening, paths, search, sockets

        measures = {
            "paths": lambda: paths.measure(house),
            "sockets": lambda: sockets.measure(house),
            "opening": opening.measure,
            "growth": growth.measure,
            "search": search.measure,
        }
        print(f"\n{datetime.now(UTC):%Y-%m-%d %H:%M}Z, {os.cpu_count()} cores, {platform.platform()}\n")
        print("| path | measured | ratio | must | goal |\n|---|---|---|---|---|")
        for part in chosen:
            for row in measures[part]():
                ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
                print(f"| {row.path} | {row.figure} | {ratio} | {row.must} | {row.goal} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

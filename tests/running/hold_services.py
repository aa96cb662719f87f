"""Run the embedded servers over a folder until told to stop. Started by the tests as a process they can kill."""

import json
import signal
import sys
from pathlib import Path

from showsewa.running import state
from showsewa.running.console import Trouble
from showsewa.running.services import Services


def main(folder: Path) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with state.lock(state.prepare(folder)):
            services = Services(folder, state.State.load(folder), outside={})
            try:
                services.start()
                print(json.dumps({"env": services.environment(), "pids": services.pids}), flush=True)
                signal.pause()
            except KeyboardInterrupt:
                pass
            finally:
                services.stop()
    except Trouble as trouble:
        sys.exit(str(trouble))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

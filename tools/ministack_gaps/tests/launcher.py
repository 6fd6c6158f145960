"""Run in a process of its own: `python launcher.py MODULE`. Runs the module as a program until standard input closes.

The parent holds the other end of standard input, so that the process group ends with the parent, also when it is killed.
"""

import os
import runpy
import signal
import sys
import threading


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__")

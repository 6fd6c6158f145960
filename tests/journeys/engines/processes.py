"""Programs that a journey starts, and ends with everything that they have started."""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

_TIMEOUT = 60.0


@contextmanager
def start_process(
    command: Sequence[str], *, inherit: Sequence[int] = (), **environment: str
) -> Iterator[None]:
    """Runs a program until the end of the context. `inherit` are file descriptors that stay open in it."""
    process = subprocess.Popen(
        command,
        env=os.environ | environment,
        pass_fds=inherit,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # a process group of its own
    )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(_TIMEOUT)

"""Run as a program: imports the modules of its arguments once, and forks a process for each script that it is asked to run.

Request, over the Unix socket whose number is the first argument: 4 bytes with the length of a JSON object {script, cwd, env}, big
endian, with four file descriptors: standard input, output, error, and one that the new process holds until it ends. Answer: the
process id in 4 bytes. It ends when the socket is closed. Standard library only, beyond the modules of its arguments.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NamedTuple

LENGTH = 4
"""Bytes of the length of a request, and of a process id."""
_DESCRIPTORS = 4


class Request(NamedTuple):
    script: str
    cwd: str
    env: dict[str, str]
    descriptors: tuple[int, ...]


def main() -> None:
    """Returns in the server when the socket is closed, and in each forked process when its script has ended."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    for name in sys.argv[2:]:
        importlib.import_module(name)
    gc.freeze()  # so that a collection of a forked process copies no page of these objects
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that no ended process is left
    if request := fork_until_requested(connection):
        run_script(request)


def fork_until_requested(connection: socket.socket) -> Request | None:
    """Returns the request in a forked process. Returns None in the server, when the socket is closed."""
    while request := receive(connection):
        pid = os.fork()
        if not pid:
            connection.close()
            return request
        for descriptor in request.descriptors:
            os.close(descriptor)
        connection.sendall(pid.to_bytes(LENGTH, "big"))
    return None


def receive(connection: socket.socket) -> Request | None:
    """Returns the next request, None when the socket is closed."""
    header, descriptors, _, _ = socket.recv_fds(connection, LENGTH, _DESCRIPTORS)
    if not header:
        return None
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    fields: dict[str, Any] = json.loads(connection.recv(int.from_bytes(header, "big"), socket.MSG_WAITALL))
    return Request(fields["script"], fields["cwd"], fields["env"], tuple(descriptors))


def run_script(request: Request) -> None:
    """Runs the script as `python SCRIPT` does, with another environment, working directory and standard streams."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, descriptor in enumerate(request.descriptors[:3]):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request.env)
    os.chdir(request.cwd)
    sys.argv = [request.script]
    sys.path[0] = str(Path(request.script).parent)
    runpy.run_path(request.script, run_name="__main__")


if __name__ == "__main__":
    main()

"""A port for a server whose address is told before it listens."""

import secrets
import socket
from contextlib import suppress

_HOST = "127.0.0.1"
_PORTS = range(20_000, 32_000)
"""Below the ports that Linux gives to outgoing connections, 32768 to 60999 (ip-sysctl.rst, ip_local_port_range)."""
_TRIES = 100


def find_free_port() -> int:
    """Returns a TCP port on which nothing listens, and which no connection gets before the server does. Raises OSError."""
    for _ in range(_TRIES):
        port = secrets.choice(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((_HOST, port))
            return port
    raise OSError(f"none of {_TRIES} ports is free")

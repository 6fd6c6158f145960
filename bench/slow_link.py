"""A TCP proxy to a local server that limits the rate and adds a delay to each connection, as a wide-area network does.

It forwards bytes unchanged, so signatures stay valid. TCP's slow start is not modelled: a connection has its full rate
at once.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from local.aws import HOST

_CHUNK = 64 * 1024
_MAX_IN_FLIGHT = 32
"""Maximum number of chunks in flight in one direction. Then the sender waits, as for a full receive window."""

_CATCH_UP = 0.05
"""Seconds by which a late wake-up may be made up for, because otherwise a busy machine would slow the link down."""


@dataclass(frozen=True)
class LinkSpeed:
    """`rate` is bytes per second of each connection in each direction. `round_trip` is seconds."""

    rate: int
    round_trip: float


@contextmanager
def run_link(port: int, speed: LinkSpeed) -> Iterator[int]:
    """Runs a proxy to `port` and yields its own port. Closes all connections at the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    proxy = _Proxy(port, speed)
    try:
        server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(proxy.handle_connection, HOST, 0), loop
        ).result()
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            asyncio.run_coroutine_threadsafe(_stop(server), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _stop(server: asyncio.Server) -> None:
    server.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class _Proxy:
    def __init__(self, port: int, speed: LinkSpeed) -> None:
        self._port = port
        self._speed = speed

    async def handle_connection(
        self, client_reader: asyncio.StreamReader, client_writer: asyncio.StreamWriter
    ) -> None:
        """Forwards one connection in both directions until either end closes it."""
        await asyncio.sleep(self._speed.round_trip)  # the TCP handshake, which has no delay on loopback
        server_reader, server_writer = await asyncio.open_connection(HOST, self._port)
        directions = [
            asyncio.create_task(self._forward(client_reader, server_writer)),
            asyncio.create_task(self._forward(server_reader, client_writer)),
        ]
        # Suppressed, because asyncio's callback for this task logs a cancellation as an error.
        with suppress(asyncio.CancelledError):
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
        for direction in directions:
            direction.cancel()
        await asyncio.gather(*directions, return_exceptions=True)
        server_writer.close()
        client_writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        in_flight: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_MAX_IN_FLIGHT)
        delivery = asyncio.create_task(_deliver(in_flight, writer))
        try:
            await self._send(reader, in_flight)
        finally:
            delivery.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await delivery

    async def _send(
        self, reader: asyncio.StreamReader, in_flight: "asyncio.Queue[tuple[float, bytes]]"
    ) -> None:
        clock = asyncio.get_running_loop().time
        sent = read_at = clock()
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                sent += clock() - read_at  # idle time is not saved up
                sent = max(sent, clock() - _CATCH_UP) + len(data) / self._speed.rate
                await asyncio.sleep(sent - clock())
                await in_flight.put((clock() + self._speed.round_trip / 2, data))
                read_at = clock()
        await in_flight.join()


async def _deliver(in_flight: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        due, data = await in_flight.get()
        await asyncio.sleep(due - clock())
        writer.write(data)
        await writer.drain()
        in_flight.task_done()

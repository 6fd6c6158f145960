"""A slow road to a server on this machine: each connection has its own rate and its own delay, as over a distance.

It carries bytes and looks at none, so what is signed stays as it was. TCP's own search for the rate is not modelled:
a connection has all of it at once.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from local.aws import HOST

_CHUNK = 64 * 1024
_IN_FLIGHT = 32
"""Chunks on the way at most; then the sender waits, as for a receiver's window."""
_CATCH_UP = 0.05
"""Seconds that a late wake-up may make good for, or a busy machine would be a slower link."""


@dataclass(frozen=True)
class Shape:
    """`rate`: bytes a second of each connection in each direction. `round_trip`: seconds."""

    rate: int
    round_trip: float


@contextmanager
def link(port: int, shape: Shape) -> Iterator[int]:
    """The port where the link to `port` begins; closed, with all its connections, on the way out."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    road = _Road(port, shape)
    try:
        server = asyncio.run_coroutine_threadsafe(asyncio.start_server(road.travel, HOST, 0), loop).result()
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            asyncio.run_coroutine_threadsafe(_end(server), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    travellers = asyncio.all_tasks() - {asyncio.current_task()}
    for task in travellers:
        task.cancel()
    await asyncio.gather(*travellers, return_exceptions=True)


class _Road:
    def __init__(self, port: int, shape: Shape) -> None:
        self._port = port
        self._shape = shape

    async def travel(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """One connection, both ways, until either end closes it."""
        await asyncio.sleep(self._shape.round_trip)  # the handshake, which loopback has done already
        far, on = await asyncio.open_connection(HOST, self._port)
        ways = [asyncio.create_task(self._carry(near, on)), asyncio.create_task(self._carry(far, back))]
        # Suppressed, because the callback that asyncio gives this task logs a cancelled one as an error.
        with suppress(asyncio.CancelledError):
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        on.close()
        back.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        travelling: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_IN_FLIGHT)
        delivery = asyncio.create_task(_deliver(travelling, writer))
        try:
            await self._depart(reader, travelling)
        finally:
            delivery.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await delivery

    async def _depart(
        self, reader: asyncio.StreamReader, travelling: "asyncio.Queue[tuple[float, bytes]]"
    ) -> None:
        clock = asyncio.get_running_loop().time
        departed = asked = clock()
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                departed += clock() - asked  # an idle line saves nothing up
                departed = max(departed, clock() - _CATCH_UP) + len(data) / self._shape.rate
                await asyncio.sleep(departed - clock())
                await travelling.put((clock() + self._shape.round_trip / 2, data))
                asked = clock()
        await travelling.join()


async def _deliver(travelling: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter) -> None:
    clock = asyncio.get_running_loop().time
    while True:
        due, data = await travelling.get()
        await asyncio.sleep(due - clock())
        writer.write(data)
        await writer.drain()
        travelling.task_done()

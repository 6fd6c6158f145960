"""Clients of push over real WebSockets: each opens a connection with a ticket and keeps the changes that it gets."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.sync import client as sync_client

_CONCURRENCY = 16
TIMEOUT = 120.0
"""Seconds, because the first connection starts a function."""


@dataclass
class Listener:
    """One connection, and the changes that it has got."""

    token: str
    socket: ClientConnection
    changes: list[dict[str, Any]] = field(default_factory=list)

    async def listen(self) -> None:
        """Keeps changes until the connection is closed."""
        async for message in self.socket:
            self.changes += json.loads(message)["changes"]

    def has(self, document_id: str, change: str) -> bool:
        return any((each["id"], each["type"]) == (document_id, change) for each in self.changes)


def create_ticket(api: str, token: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"}
    return httpx.post(f"{api}/events/tickets", headers=headers, timeout=TIMEOUT, trust_env=False)


@contextmanager
def open_connection(api: str, token: str) -> Iterator[str]:
    """Opens one connection until the end of the context, and yields its URL. Replaces a refused ticket as below."""

    def connect_once() -> tuple[str, sync_client.ClientConnection]:
        url = str(create_ticket(api, token).json()["url"])
        return url, sync_client.connect(url, open_timeout=TIMEOUT, ping_interval=None, proxy=None)

    try:
        url, connection = connect_once()
    except InvalidStatus:
        url, connection = connect_once()
    with connection:
        yield url


@asynccontextmanager
async def open_connections(api: str, tokens: Sequence[str]) -> AsyncIterator[list[Listener]]:
    """Opens a connection for each token, some at a time, and closes them at the end of the context.

    A refused ticket is replaced once, as every client does: on a busy machine the response that takes it can be lost.
    """
    permits = asyncio.Semaphore(_CONCURRENCY)

    async def connect_once(token: str) -> Listener:
        answer = await asyncio.to_thread(create_ticket, api, token)
        assert answer.status_code == 201, answer.text
        url = answer.json()["url"]
        socket = await connect(url, open_timeout=TIMEOUT, ping_interval=None, proxy=None)
        return Listener(token, socket)

    async def open_one(token: str) -> Listener:
        async with permits:
            try:
                return await connect_once(token)
            except InvalidStatus:
                return await connect_once(token)

    listeners = await asyncio.gather(*map(open_one, tokens))
    tasks = [asyncio.create_task(each.listen()) for each in listeners]
    try:
        yield listeners
    finally:
        await asyncio.gather(*(each.socket.close() for each in listeners))
        await asyncio.gather(*tasks)

"""The limits of a WebSocket API in time and size, and the status of a handshake that is refused."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from ministack_gaps.apigateway_websockets import Message, Session
from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, error_code

KIB = 1024


class Peer:
    """The client of a session, and what is sent to it."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[Message] = asyncio.Queue()
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        return await self.messages.get()

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    def write(self, text: str) -> None:
        self.messages.put_nowait({"type": "websocket.receive", "text": text})


def run(test: Callable[[Peer], Awaitable[None]]) -> None:
    async def start() -> None:
        await test(Peer())

    asyncio.run(start())


@pytest.mark.parametrize("limits", [{"idle": 0.0}, {"connected": 0.0}], ids=["idle", "too long"])
def test_a_connection_is_closed_when_its_time_is_over(limits: dict[str, float]) -> None:
    async def check(peer: Peer) -> None:
        session = Session(peer.receive, peer.send, **limits)
        await session.send({"type": "websocket.accept"})
        assert (await session.receive())["code"] == 1001
        await session.send({"type": "websocket.close", "code": 1000})
        assert peer.sent[-1] == {"type": "websocket.close", "code": 1001}

    run(check)


def test_a_message_of_more_than_one_frame_closes_the_connection() -> None:
    async def check(peer: Peer) -> None:
        session = Session(peer.receive, peer.send)
        peer.write("x" * 32 * KIB)
        assert (await session.receive())["type"] == "websocket.receive"
        peer.write("ä" * 17 * KIB)
        assert (await session.receive())["code"] == 1009

    run(check)


def test_a_refused_handshake_has_the_status_of_the_function() -> None:
    async def check(peer: Peer) -> None:
        session = Session(peer.receive, peer.send)
        session.connect_status = 429
        await session.send({"type": "websocket.close", "code": 1008})
        assert peer.sent[0] == {"type": "websocket.http.response.start", "status": 429, "headers": []}

    run(check)


def create_websocket_api(account: Account) -> str:
    """Returns the id of a WebSocket API with the stage `live`, whose handshakes are throttled after one."""
    gateway = account.client("apigatewayv2")
    api = gateway.create_api(
        Name="sockets", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
    )["ApiId"]
    settings = {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 1}
    gateway.create_stage(ApiId=api, StageName="live", DefaultRouteSettings=settings)
    return str(api)


def shake_hands(account: Account, path: str) -> int:
    """Returns the status of a handshake."""
    headers = {
        "connection": "Upgrade",
        "upgrade": "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    url = f"{account.server.endpoint}/_aws/execute-api/{path}"
    with httpx.stream("GET", url, headers=headers, trust_env=False, timeout=60) as response:
        return response.status_code


def test_handshakes_are_throttled_and_need_a_stage_that_exists(closed: Account, published: Account) -> None:
    api = create_websocket_api(closed)
    assert [shake_hands(closed, f"{api}/live") for _ in range(2)] == [101, 429]
    assert shake_hands(closed, f"{api}/other") == 403
    api = create_websocket_api(published)
    assert [shake_hands(published, f"{api}/live") for _ in range(2)] == [101, 101], FIXED_UPSTREAM


def test_a_message_above_128_kib_is_refused(closed: Account, published: Account) -> None:
    def post(account: Account) -> str | None:
        client = account.client("apigatewaymanagementapi")
        api: Any = create_websocket_api(account)
        client.meta.events.register(
            "before-sign",
            lambda request, **_: setattr(
                request,
                "url",
                request.url.replace("/@connections", f"/_aws/execute-api/{api}/live/@connections"),
            ),
        )
        return error_code(client.post_to_connection, ConnectionId="gone", Data=b"x" * (128 * KIB + 1))

    assert post(closed) == "PayloadTooLargeException"
    assert post(published) == "GoneException", FIXED_UPSTREAM

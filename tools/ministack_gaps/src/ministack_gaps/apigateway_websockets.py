"""WebSocket APIs: limits of time and size, the status of a refused handshake, throttling, and the function behind a route.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-keys-connect-disconnect.html
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import apigateway, lambda_svc

from ministack_gaps.apigateway_throttling import take_token
from ministack_gaps.responses import Headers, Response

_IDLE_SECONDS = 600.0
_CONNECTED_SECONDS = 7_200.0
_MAX_FRAME_BYTES = 32 * 1024
_MAX_PAYLOAD_BYTES = 128 * 1024
_GOING_AWAY, _TOO_BIG = 1001, 1009
"""Close codes of RFC 6455, 7.4.1."""
_TOO_LARGE = 413, {"x-amzn-ErrorType": "PayloadTooLargeException"}, b'{"message":"Payload too large"}'

Message = dict[str, Any]

_upstream_websocket = apigateway.handle_websocket
_upstream_invoke = apigateway._invoke_ws_lambda
_upstream_connections = apigateway.handle_connections_api


def install() -> None:
    """Replaces the data plane of WebSocket APIs."""
    apigateway.handle_websocket = _serve
    apigateway._invoke_ws_lambda = _invoke
    apigateway.handle_connections_api = _manage
    lambda_runtime.get_or_create_worker = _Dispatcher


class Session:
    """One WebSocket with the limits of API Gateway, between the server and MiniStack.

    Only messages of the client count as activity, because AWS does not say which do.
    """

    connect_status = 200
    """Status that the function of `$connect` has returned."""

    def __init__(
        self,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
        *,
        idle: float = _IDLE_SECONDS,
        connected: float = _CONNECTED_SECONDS,
    ) -> None:
        self._receive = receive
        self._send = send
        self._idle = idle
        self._ends_at = time.monotonic() + connected
        self._is_open = False
        self._close_code: int | None = None

    async def receive(self) -> Message:
        """Returns the next message, or a disconnect when a limit is reached."""
        remaining = min(self._idle, self._ends_at - time.monotonic())
        try:
            message = await asyncio.wait_for(self._receive(), max(0.0, remaining))
        except TimeoutError:
            return self._end(_GOING_AWAY)
        content = message.get("text") or message.get("bytes") or ""
        is_too_big = len(content.encode() if isinstance(content, str) else content) > _MAX_FRAME_BYTES
        return self._end(_TOO_BIG) if is_too_big else message

    async def send(self, message: Message) -> None:
        """Sends a message, with the status of a refused handshake or the code of a limit."""
        if message["type"] == "websocket.accept":
            self._is_open = True
        if message["type"] == "websocket.close" and not self._is_open and self.connect_status >= 300:
            await self._refuse(self.connect_status)
            return
        if message["type"] == "websocket.close" and self._close_code:
            message = {**message, "code": self._close_code}
        await self._send(message)

    async def _refuse(self, status: int) -> None:
        start = {"type": "websocket.http.response.start", "status": status, "headers": []}
        await self._send(start)
        await self._send({"type": "websocket.http.response.body", "body": b""})

    def _end(self, code: int) -> Message:
        self._close_code = code
        return {"type": "websocket.disconnect", "code": code, "reason": ""}


_current: ContextVar[Session | None] = ContextVar("session", default=None)


async def _serve(scope: Any, receive: Any, send: Any, api_id: str, path_override: str | None = None) -> None:
    """Refuses a handshake with 429 while the bucket of the stage is empty, and with 403 on a stage that does not exist."""
    session = Session(receive, send)
    _current.set(session)
    path = path_override if path_override is not None else scope.get("path", "")
    stage = path.lstrip("/").partition("/")[0]
    owner = apigateway._api_owner(api_id)
    settings = apigateway._stages.get_scoped(owner[1], owner[2], api_id, {}).get(stage) if owner else None
    if owner and (settings is None or not take_token(api_id, stage, settings, "$connect")):
        await receive()
        await session._refuse(403 if settings is None else 429)
        return
    await _upstream_websocket(scope, session.receive, session.send, api_id, path_override)


async def _invoke(*arguments: Any, **more: Any) -> Message | None:
    result: Message | None = await _upstream_invoke(*arguments, **more)
    session = _current.get()
    if session and "CONNECT" in arguments:
        session.connect_status = int((result or {}).get("statusCode", 500))
    return result


async def _manage(
    method: str, api_id: str, stage: str, connection_id: str, body: bytes, headers: Headers
) -> Response:
    if method == "POST" and len(body or b"") > _MAX_PAYLOAD_BYTES:
        status, error, message = _TOO_LARGE
        return status, {"Content-Type": "application/json", **error}, message
    response: Response = await _upstream_connections(method, api_id, stage, connection_id, body, headers)
    return response


class _Dispatcher:
    """Invokes a function as every other source does: concurrently, and with its log. MiniStack queues for one worker."""

    def __init__(self, name: str, _config: Any, _code: bytes, qualifier: str = "$LATEST") -> None:
        self._name = name
        self._qualifier = qualifier

    def invoke(self, event: Message, _request_id: str) -> Message:
        qualifier = None if self._qualifier == "$LATEST" else self._qualifier
        function, config = lambda_svc._get_func_record_for_qualifier(self._name, qualifier)
        record = lambda_svc._execution_record_for_config(function, config)
        result = lambda_svc._execute_function(record, event)
        if result.get("error"):
            return {"status": "error", "error": str(result["body"])}
        return {"status": "ok", "result": result["body"]}

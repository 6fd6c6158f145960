"""HTTP APIs: the limits of a request's header section, its body, its time, and of the response of a function.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

import asyncio
import json
import time
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

from ministack.services import apigateway, lambda_svc

from ministack_gaps.responses import Headers, Query, Response

_MAX_HEADER_BYTES = 10_240
_MAX_BODY_BYTES = 10 * 1024 * 1024
_MAX_RESPONSE_BYTES = 6_291_556
"""Lambda's limit of 6 MB, to the byte that its error names."""
_MAX_SECONDS = 30.0
_POLL_SECONDS = 0.1


class _Invocation:
    """The time at which a worker began to serve a request, None while it waits for a free one.

    On AWS a request never waits, so the wait does not count.
    """

    started_at: float | None = None


_current: ContextVar[_Invocation | None] = ContextVar("invocation", default=None)
_late: set["asyncio.Task[Response]"] = set()
"""Invocations that go on without a client, as on AWS. The event loop keeps no reference to a task."""

_upstream_execute = apigateway.handle_execute
_upstream_invoke = apigateway._invoke_lambda_proxy


def install() -> None:
    """Wraps the data plane of HTTP APIs, the invocation of a function, its worker and its response."""
    acquire = lambda_svc.acquire_worker
    proxy_response = lambda_svc.lambda_execute_result_to_api_proxy_response

    def acquire_and_record(*arguments: Any, **more: Any) -> tuple[Any, str]:
        worker, reason = acquire(*arguments, **more)
        if (invocation := _current.get()) and worker is not None:
            invocation.started_at = time.monotonic()
        return worker, reason

    def limit_response(result: dict[str, Any]) -> tuple[dict[str, Any], Any]:
        payload = json.dumps(result.get("body"), ensure_ascii=False, default=str)
        if len(payload.encode(errors="surrogatepass")) > _MAX_RESPONSE_BYTES:
            return {"statusCode": 500, **_message("Internal Server Error")}, None
        return proxy_response(result)  # type: ignore[no-any-return]

    lambda_svc.acquire_worker = acquire_and_record
    lambda_svc.lambda_execute_result_to_api_proxy_response = limit_response
    apigateway.handle_execute = _execute
    apigateway._invoke_lambda_proxy = _invoke


async def _execute(
    api_id: str,
    stage: str,
    path: str,
    method: str,
    headers: Headers,
    body: bytes,
    query_params: Query,
    raw_query_string: str | None = None,
) -> Response:
    """Returns 431 or 413 for a request that is too large, without invoking anything."""
    request_line = f"{method} {quote(path)}?{raw_query_string or ''} HTTP/1.1"
    if len(request_line) + sum(len(value.encode()) for value in headers.values()) > _MAX_HEADER_BYTES:
        return _error(431, "Request Header Fields Too Large")
    if len(body or b"") > _MAX_BODY_BYTES:
        return _error(413, "Request Entity Too Large")
    return await _upstream_execute(  # type: ignore[no-any-return]
        api_id, stage, path, method, headers, body, query_params, raw_query_string
    )


async def _invoke(integration: dict[str, Any], *arguments: Any, **more: Any) -> Response:
    """Returns 503 when the function runs longer than the integration's timeout, which is at most 30 seconds."""
    invocation = _Invocation()
    _current.set(invocation)
    task: asyncio.Task[Response] = asyncio.create_task(_upstream_invoke(integration, *arguments, **more))
    _late.add(task)
    task.add_done_callback(_late.discard)
    seconds = min(_MAX_SECONDS, float(integration.get("timeoutInMillis") or 30_000) / 1_000)
    while not task.done():
        if invocation.started_at and time.monotonic() - invocation.started_at > seconds:
            return _error(503, "Service Unavailable")
        await asyncio.wait({task}, timeout=_POLL_SECONDS)
    return task.result()


def _error(status: int, message: str) -> Response:
    described = _message(message)
    return status, described["headers"], described["body"].encode()


def _message(message: str) -> dict[str, Any]:
    return {"headers": {"Content-Type": "application/json"}, "body": json.dumps({"message": message})}

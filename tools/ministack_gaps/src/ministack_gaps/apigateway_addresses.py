"""HTTP APIs append the address of their caller to X-Forwarded-For, after what the caller has sent.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from typing import Any

from ministack.services import apigateway

from ministack_gaps.responses import Headers, Response

_HEADER = "x-forwarded-for"
_CALLER = "127.0.0.1"
"""The `sourceIp` of every event of MiniStack."""


def install() -> None:
    """Wraps the data plane of HTTP APIs."""
    upstream = apigateway.handle_execute

    async def execute(
        api_id: str, stage: str, path: str, method: str, headers: Headers, *arguments: Any, **more: Any
    ) -> Response:
        sent = headers.get(_HEADER)
        appended = {**headers, _HEADER: f"{sent}, {_CALLER}" if sent else _CALLER}
        return await upstream(api_id, stage, path, method, appended, *arguments, **more)  # type: ignore[no-any-return]

    apigateway.handle_execute = execute

"""Responses of AWS WAF's own rules: problems with the codes of the API, which pages of other origins can read.

AWS WAF sets the content type to application/json, and cannot name the path and the id of the request. No CORS configuration
applies to a blocked request, so each response allows every origin to read it. It contains nothing of anybody.
https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-response-for-blocked-requests.html
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from functions.domain.codes import Code

_RETRY_SECONDS = 30
"""AWS WAF counts again every 10 seconds or so, and a limit holds for the last five minutes."""
CODES = (Code.ROUTE_NOT_FOUND, Code.PAYLOAD_TOO_LARGE, Code.EDGE_THROTTLED)
_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After",
    "Cache-Control": "no-store",
}


def response_bodies() -> Mapping[str, Any]:
    """Returns the bodies by the name that `block` uses."""
    return {code.value: {"ContentType": "APPLICATION_JSON", "Content": _problem(code)} for code in CODES}


def block(code: Code) -> Mapping[str, Any]:
    """Returns the action of a rule that responds with this code."""
    headers = _HEADERS | ({"Retry-After": str(_RETRY_SECONDS)} if code is Code.EDGE_THROTTLED else {})
    response = {
        "ResponseCode": code.status,
        "CustomResponseBodyKey": code.value,
        "ResponseHeaders": [{"Name": name, "Value": value} for name, value in headers.items()],
    }
    return {"Block": {"CustomResponse": response}}


def _problem(code: Code) -> str:
    status = HTTPStatus(code.status or HTTPStatus.FORBIDDEN)
    problem = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status,
        "detail": code.message,
        "code": code,
    }
    return json.dumps(problem, separators=(",", ":"))

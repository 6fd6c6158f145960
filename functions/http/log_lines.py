"""The lines that a function of the API logs about a request. The gateway's access log has a line for every one, but no codes."""

import json
from collections.abc import Mapping
from typing import Any

from functions.domain.ids import is_document_id
from functions.domain.viewer import Viewer, presents_secret
from functions.log import logger


def describe_viewer(viewer: Viewer | None) -> dict[str, str]:
    """Returns the fields about the client behind CloudFront. A direct call has none: the access log has its address."""
    return {name: value for name, value in viewer._asdict().items() if value} if viewer else {}


def log_problem(event: Mapping[str, Any], response: Mapping[str, Any], viewer: Viewer | None) -> None:
    """Logs the code of a problem, and what is unavailable if the service is at fault."""
    problem = json.loads(response["body"])
    document_id = str((event.get("pathParameters") or {}).get("id"))
    line = {
        "route": event.get("routeKey"),
        "status": response["statusCode"],
        "code": problem["code"],
        **({"detail": problem["detail"]} if response["statusCode"] >= 500 and "detail" in problem else {}),
        "request_id": read_request_id(event),
        **describe_viewer(viewer),
    }
    if viewer is None and presents_secret(event):
        line["edge"] = "refused"
    logger.info("problem", extra=line | ({"document_id": document_id} if is_document_id(document_id) else {}))


def read_request_id(event: Mapping[str, Any]) -> str:
    return str(event.get("requestContext", {}).get("requestId", ""))

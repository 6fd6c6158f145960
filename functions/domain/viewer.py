"""The client behind CloudFront."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from functions.domain.edge_names import SECRET_HEADER


class Viewer(NamedTuple):
    """`edge_request_id` is the id of the request in CloudFront's log. `ip` is None if CloudFront has sent no address."""

    ip: str | None
    edge_request_id: str | None


def presents_secret(event: Mapping[str, Any]) -> bool:
    """Returns True if a request has the header, with any value. A wrong one after a rotation means that CloudFront is refused."""
    return bool((event.get("headers") or {}).get(SECRET_HEADER))


def set_address(event: dict[str, Any], viewer: Viewer | None) -> dict[str, Any]:
    """Returns the event with the client's address in place of CloudFront's, which the gateway sees."""
    if viewer is None or viewer.ip is None:
        return event
    context = event["requestContext"]
    http = context["http"] | {"sourceIp": viewer.ip}
    return event | {"requestContext": context | {"http": http}}

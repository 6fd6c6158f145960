"""The edge in front of the API: whether CloudFront has sent a request, and for which client.

CloudFront adds a header with a secret to each request, in place of one that a client has sent, and appends the client's address
to `X-Forwarded-For`. API Gateway appends the address that it is called from.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Protocol

from functions.domain.codes import Code
from functions.domain.edge_names import SECRET_HEADER
from functions.domain.errors import AirlockError
from functions.domain.viewer import Viewer


class Secrets(Protocol):
    """The values that CloudFront may send."""

    def accepts(self, value: str) -> bool:
        """Returns True for a valid value, in a time that does not depend on the value. Raises Unavailable."""


@dataclass(frozen=True)
class Edge:
    """The check of each request. `is_required` is True if direct calls are refused."""

    secrets: Secrets
    is_required: bool

    def identify(self, event: Mapping[str, Any]) -> Viewer | None:
        """Returns the client of a request that CloudFront has sent, None for a direct call.

        Raises AirlockError `edge_required`, and Unavailable if the secret cannot be read.
        """
        headers: Mapping[str, str] = event.get("headers") or {}
        value = headers.get(SECRET_HEADER)
        if value and self.secrets.accepts(value):
            return Viewer(_find_client(event, headers), headers.get("x-amz-cf-id"))
        if self.is_required:
            raise AirlockError(Code.EDGE_REQUIRED)
        return None


def _find_client(event: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    """Returns the address that CloudFront has appended. Those to its left are what the client claims."""
    chain = [each.strip() for each in headers.get("x-forwarded-for", "").split(",") if each.strip()]
    caller = event.get("requestContext", {}).get("http", {}).get("sourceIp")
    if chain and chain[-1] == caller:
        chain.pop()
    return chain[-1] if chain and _is_address(chain[-1]) else None


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True

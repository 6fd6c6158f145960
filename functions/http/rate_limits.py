"""The header fields `RateLimit-Policy` and `RateLimit` of a 429, as structured fields (RFC 9651).

https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/11/
"""

from collections.abc import Iterator, Sequence

from functions.domain.service_limits import ServiceLimit
from functions.http.route import RATE_LIMIT_HEADERS

_MAX_INTEGER = 999_999_999_999_999
"""The largest integer of a structured field (RFC 9651, 3.3.1)."""


def render_limits(limits: Sequence[ServiceLimit]) -> dict[str, str]:
    """Returns both header fields, none for no limit. A list has an item for each limit that the request met."""
    if not limits:
        return {}
    policies = ", ".join(_item(limit.policy, _policy_parameters(limit)) for limit in limits)
    states = ", ".join(_item(limit.policy, _limit_parameters(limit)) for limit in limits)
    return dict(zip(RATE_LIMIT_HEADERS, (policies, states), strict=True))


def _policy_parameters(limit: ServiceLimit) -> Iterator[str]:
    yield f"q={min(limit.quota, _MAX_INTEGER)}"
    if limit.unit is not None:
        yield f'qu="{limit.unit}"'
    if limit.window is not None:
        yield f"w={limit.window}"


def _limit_parameters(limit: ServiceLimit) -> Iterator[str]:
    yield f"r={min(limit.remaining, _MAX_INTEGER)}"
    if limit.reset is not None:
        yield f"t={limit.reset}"


def _item(name: str, parameters: Iterator[str]) -> str:
    return ";".join([f'"{name}"', *parameters])

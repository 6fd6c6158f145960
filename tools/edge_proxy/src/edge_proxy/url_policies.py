"""The policy statement of a signed URL: which URLs it allows, when, and from where.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html
"""

import json
import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Any

from edge_proxy.path_patterns import to_regex

_URL = re.compile(r"(?P<protocol>[^:/]*)://(?P<domain>[^/?]*)(?P<path>[^?]*)(?:\?(?P<query>.*))?", re.DOTALL)
_RESOURCE = re.compile(
    r"(?:(?P<protocol>[^:/]*)://)?(?P<domain>[^/\\]*)(?P<path>(?:[^\\]|\\(?!\?))*)(?:\\\?(?P<query>.*))?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class UrlPolicy:
    """Times are in seconds since 1970. The URL is valid before `ends_at` and after `begins_at`."""

    resource: str
    ends_at: int
    begins_at: int | None = None
    network: IPv4Network | None = None

    def allows(self, url: str, now: float, address: str) -> bool:
        """True for this URL, without the parameters of its signature, at this time and for a viewer with this address."""
        begun = self.begins_at is None or now > self.begins_at
        return begun and now < self.ends_at and self._has(address) and matches_resource(self.resource, url)

    def _has(self, address: str) -> bool:
        try:
            return self.network is None or IPv4Address(address) in self.network
        except AddressValueError:
            return False


def read_policy(text: bytes) -> UrlPolicy:
    """Reads a custom policy. Raises ValueError unless it has exactly the members that CloudFront documents."""
    statement = _only(json.loads(text), "Statement")["Statement"]
    (statement,) = statement if isinstance(statement, list) else [statement]
    _only(statement, "Condition", "Resource", optional=("Resource",))
    names = ("DateGreaterThan", "DateLessThan", "IpAddress")
    condition = _only(statement["Condition"], *names, optional=("DateGreaterThan", "IpAddress"))
    begins_at, address = condition.get("DateGreaterThan"), condition.get("IpAddress")
    return UrlPolicy(
        resource=_read(statement.get("Resource", "*"), str),
        ends_at=_read_time(condition["DateLessThan"]),
        begins_at=None if begins_at is None else _read_time(begins_at),
        network=None if address is None else IPv4Network(_only(address, "AWS:SourceIp")["AWS:SourceIp"]),
    )


def matches_resource(resource: str, url: str) -> bool:
    """True if the URL matches section by section: protocol, domain, path and query. `*` and `?` stay within their section.

    An asterisk at the end of the path or the domain covers the sections behind it too, and `*` alone covers every URL.
    """
    if resource == "*":
        return True
    pattern, parts = _RESOURCE.fullmatch(resource), _URL.fullmatch(url)
    if pattern is None or parts is None:
        return False
    domain, path, query = pattern["domain"], pattern["path"], pattern["query"]
    if domain.endswith("*") and not path:
        path = "/*"
    if path.endswith("*") and query is None:
        query = "*"
    sections = (
        (pattern["protocol"] or "*", parts["protocol"]),
        (domain.lower(), parts["domain"].lower()),
        (path or "/", parts["path"]),
        (query or "", parts["query"] or ""),
    )
    return all(re.fullmatch(to_regex(wanted), found, re.DOTALL) for wanted, found in sections)


def _only(value: Any, *names: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    members: dict[str, Any] = _read(value, dict)
    if not set(names) - set(optional) <= set(members) <= set(names):
        raise ValueError(f"a policy has {', '.join(names)}")
    return members


def _read_time(value: Any) -> int:
    seconds: int = _read(_only(value, "AWS:EpochTime")["AWS:EpochTime"], int)
    return seconds


def _read(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{value!r} is no {kind.__name__}")
    return value

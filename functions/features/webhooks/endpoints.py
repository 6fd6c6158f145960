"""The webhook endpoints of a deployment: the file `webhooks.toml`, which is validated before anything is deployed.

[crm]
url = "https://crm.example.com/hooks/documents"
events = ["document.ready", "document.rejected"]   # default: all
kinds = ["invoice"]                                # default: all
concurrency = 10                                   # requests at a time; default: 10
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from typing import Any, cast
from urllib.parse import SplitResult, urlsplit

from functions.domain.addresses import is_public
from functions.domain.changes import Change

EVENTS = tuple(f"document.{change}" for change in Change)
MAX_ENDPOINTS = 10
"""Each endpoint is about a dozen resources of the stack, which may have 500. More receivers can subscribe to the bus."""
BATCHES = 2
"""Invocations of one endpoint's function at a time: the least that Lambda accepts for a queue.

https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html
"""
_MAX_BATCH = 10
"""Messages that SQS returns at once. They are sent concurrently, so a batch takes as long as its slowest request."""
_DEFAULT_CONCURRENCY = 10
_MAX_URL = 2_048
_NAME = re.compile(r"[a-z][a-z0-9_]{0,19}")
_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"({_LABEL}\.)+(?=.*[a-z]){_LABEL}")
"""A name with a dot whose last label has a letter, because resolvers read `0177.1` and `2130706433` as addresses."""
_PRINTABLE = re.compile(r"[!-~]+")
_FIELDS = ("url", "events", "kinds", "concurrency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One receiver. `events` are types such as `document.ready`. `kinds` are names of kinds, none for all.

    `concurrency` is the maximum number of requests to it at a time.
    """

    name: str
    url: str
    events: tuple[str, ...]
    kinds: tuple[str, ...]
    concurrency: int

    @property
    def batch_size(self) -> int:
        """Messages of one invocation, which are sent concurrently."""
        return self.concurrency // BATCHES


def parse_endpoints(content: Mapping[str, Any]) -> tuple[Endpoint, ...]:
    """Returns the endpoints of a parsed file. Raises ValueError with the section and what is accepted."""
    if len(content) > MAX_ENDPOINTS:
        raise ValueError(f"there are {len(content)} endpoints; accepted: up to {MAX_ENDPOINTS}")
    return tuple(_parse_endpoint(name, values) for name, values in content.items())


def check_url(url: object) -> None:
    """Raises ValueError, which never contains the URL, unless it is one of https that may be on the public internet."""
    if not isinstance(url, str) or len(url) > _MAX_URL or not _PRINTABLE.fullmatch(url):
        raise ValueError(f"accepted: a string of up to {_MAX_URL} printable ASCII characters")
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise ValueError("accepted: a URL that begins with https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("it has a user or a password; the signature proves who the sender is")
    if parts.fragment or "#" in url:
        raise ValueError("it has a fragment, which no request contains")
    _check_port(parts)
    _check_host(parts.hostname or "")


def _check_port(parts: SplitResult) -> None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError("its port is not one from 1 to 65535")


def _check_host(host: str) -> None:
    """Refuses what cannot be public. What a name resolves to is checked before each request."""
    try:
        address = ip_address(host)
    except ValueError:
        if not _HOST.fullmatch(host) or host.endswith((".local", ".internal", ".localhost")):
            raise ValueError(
                "its host is no name of the public internet, such as hooks.example.com"
            ) from None
        return
    if not is_public(host) or not isinstance(address, IPv4Address):
        raise ValueError("its host is an address that is private, reserved or of IPv6; use a host name")


def _parse_endpoint(name: str, values: object) -> Endpoint:
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"{name!r} is no name of an endpoint; accepted: up to 20 lower-case letters, digits and underscores"
        )
    if not isinstance(values, dict):
        raise ValueError(f"{name} is no section")  # noqa: TRY004 - one error for all that is wrong with a file
    unknown = sorted(values.keys() - set(_FIELDS))
    if unknown:
        raise ValueError(f"{name} has unknown keys: {', '.join(unknown)}; known: {', '.join(_FIELDS)}")
    try:
        check_url(values.get("url"))
    except ValueError as error:
        raise ValueError(f"{name}.url is refused; {error}") from None
    return Endpoint(
        name=name,
        url=cast(str, values["url"]),
        events=_parse_events(f"{name}.events", values.get("events")) or EVENTS,
        kinds=_parse_words(f"{name}.kinds", values.get("kinds"), "kinds"),
        concurrency=_parse_concurrency(name, values.get("concurrency", _DEFAULT_CONCURRENCY)),
    )


def _parse_events(field: str, value: object) -> tuple[str, ...]:
    accepted = ", ".join(EVENTS)
    words = _parse_words(field, value, accepted)
    if not set(words) <= set(EVENTS):
        raise ValueError(f"{field} is {value!r}; accepted: one or more of {accepted}, each once")
    return words


def _parse_words(field: str, value: object, accepted: str) -> tuple[str, ...]:
    """Returns the words, none if the field is missing."""
    if value is None:
        return ()
    words = value if isinstance(value, list) else []
    if not words or not all(isinstance(word, str) for word in words) or len(set(words)) < len(words):
        raise ValueError(f"{field} is {value!r}; accepted: one or more of {accepted}, each once")
    return tuple(words)


def _parse_concurrency(name: str, value: object) -> int:
    maximum = BATCHES * _MAX_BATCH
    if type(value) is not int or not BATCHES <= value <= maximum or value % BATCHES:
        raise ValueError(
            f"{name}.concurrency is {value!r}; accepted: an even number from {BATCHES} to {maximum}"
        )
    return value

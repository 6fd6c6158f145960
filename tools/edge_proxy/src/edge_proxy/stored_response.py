"""Responses in the cache, and what a viewer receives of them: the whole, a range, a 304 or only the headers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from edge_proxy.headers import Headers

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class Response:
    """A response to a viewer. A body of unknown length is an iterator."""

    status: int
    headers: Headers
    body: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """Times are in seconds of the proxy's clock."""

    status: int
    headers: Headers
    body: bytes
    stored_at: float
    expires_at: float

    @property
    def size(self) -> int:
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)

    def respond(self, request: Mapping[str, str], now: float, *, is_get: bool = True) -> Response | None:
        """Returns what a request with these headers receives, or None when only the origin can tell.

        Only GET has ranges, https://www.rfc-editor.org/rfc/rfc9110#section-14.2
        """
        headers = self.headers.copy()
        headers.set("Age", str(int(now - self.stored_at)))
        if self.status not in (200, 206):
            return Response(self.status, headers, (self.body,))
        if (status := _check_conditions(request, self.headers)) is not None:
            headers.remove("Content-Length", "Content-Range")
            return Response(status, headers, ())
        has_range = is_get and "range" in request
        if has_range and not _is_same(request.get("if-range"), self.headers):
            return Response(200, headers, (self.body,)) if self.status == 200 else None
        if not has_range or self.status == 206:
            return Response(self.status, headers, (self.body,))
        return _cut(request["range"], headers, self.body)


def _cut(header: str, headers: Headers, body: bytes) -> Response:
    """Returns 206 with one range, 416, or the whole for what is not one valid range."""
    match, size = _RANGE.fullmatch(header.replace(" ", "")), len(body)
    if match is None or not any(match.groups()):
        return Response(200, headers, (body,))
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if first and last and int(last) < int(first):
        return Response(200, headers, (body,))
    if start >= size or (not first and int(last) == 0):
        headers.set("Content-Range", f"bytes */{size}")
        headers.set("Content-Length", "0")
        return Response(416, headers, ())
    headers.set("Content-Range", f"bytes {start}-{end}/{size}")
    headers.set("Content-Length", str(end + 1 - start))
    return Response(206, headers, (body[start : end + 1],))


def _check_conditions(request: Mapping[str, str], headers: Headers) -> int | None:
    """Returns 304, 412 or None. https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2"""
    etag, modified = headers.get("etag"), headers.get("last-modified")
    if "if-match" in request:
        if not _has_tag(request["if-match"], etag, weak=False):
            return 412
    elif "if-unmodified-since" in request and _is_later(modified, request["if-unmodified-since"]):
        return 412
    if "if-none-match" in request:
        return 304 if _has_tag(request["if-none-match"], etag, weak=True) else None
    since = request.get("if-modified-since")
    return 304 if since and modified and not _is_later(modified, since) else None


def _has_tag(header: str, etag: str | None, *, weak: bool) -> bool:
    if header.strip() == "*":
        return True
    tags = [tag.strip() for tag in header.split(",")]
    if weak:
        return etag is not None and etag.removeprefix("W/") in [tag.removeprefix("W/") for tag in tags]
    return etag is not None and not etag.startswith("W/") and etag in tags


def _is_same(if_range: str | None, headers: Headers) -> bool:
    """True if a range may be sent: without If-Range, or with one that names this strong ETag or this date."""
    if if_range is None:
        return True
    if if_range.startswith('"'):
        return if_range == headers.get("etag")
    return not if_range.startswith("W/") and if_range == headers.get("last-modified")


def _is_later(modified: str | None, date: str) -> bool:
    try:
        return modified is not None and parsedate_to_datetime(modified) > parsedate_to_datetime(date)
    except ValueError:
        return False

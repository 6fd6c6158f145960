"""A viewer's request, read once from the WSGI environment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote
from wsgiref.types import WSGIEnvironment

from edge_proxy.errors import error_page
from edge_proxy.limits import check_request_size
from edge_proxy.signed_urls import split_query

MAX_BODY = 64 << 20
"""Largest body of a request that this proxy takes, in bytes, because it keeps the body in memory."""


@dataclass(frozen=True, slots=True)
class ViewerRequest:
    """`path` and `query` are as sent, still percent-encoded; `query` lacks CloudFront's own parameters.

    Names of headers are lower case. `signature` has the values of CloudFront's parameters by name.
    """

    method: str
    scheme: str
    host: str
    path: str
    query: str
    signature: dict[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    address: str
    port: str

    @property
    def base_url(self) -> str:
        """The URL without CloudFront's own parameters."""
        return f"{self.scheme}://{self.host}{self.path}" + (f"?{self.query}" if self.query else "")

    @property
    def cookies(self) -> list[tuple[str, str]]:
        """Names and values, in order."""
        pairs = (pair.strip().partition("=") for pair in self.headers.get("cookie", "").split(";"))
        return [(name, value) for name, _, value in pairs if name]

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Name of each parameter, decoded, and the pair as sent."""
        pairs = self.query.split("&") if self.query else []
        return [(unquote(pair.partition("=")[0]), pair) for pair in pairs]


def read_request(environ: WSGIEnvironment) -> ViewerRequest:
    """Raises EdgeError for a request that is too long. The server must give RAW_URI, as werkzeug's does."""
    target = environ["RAW_URI"]
    headers = dict(_read_headers(environ))
    check_request_size(target, headers.items())
    path, _, query = target.partition("?")
    own, signature = split_query(query)
    return ViewerRequest(
        method=environ["REQUEST_METHOD"],
        scheme=environ["wsgi.url_scheme"],
        host=headers.get("host", ""),
        path=path,
        query=own,
        signature=signature,
        headers=headers,
        body=_read_body(environ),
        address=environ["REMOTE_ADDR"],
        port=str(environ.get("REMOTE_PORT", "0")),
    )


def _read_headers(environ: WSGIEnvironment) -> Iterator[tuple[str, str]]:
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            yield name[5:].lower().replace("_", "-"), value
        elif name in ("CONTENT_TYPE", "CONTENT_LENGTH") and value:
            yield name.lower().replace("_", "-"), value


def _read_body(environ: WSGIEnvironment) -> bytes:
    if environ.get("wsgi.input_terminated"):
        body: bytes = environ["wsgi.input"].read(MAX_BODY + 1)
    else:
        length = environ.get("CONTENT_LENGTH") or "0"
        body = environ["wsgi.input"].read(min(int(length), MAX_BODY + 1)) if length.isdigit() else b""
    if len(body) > MAX_BODY:
        raise error_page(413, f"This proxy takes {MAX_BODY} bytes.")
    return body

"""A request as S3 reads it, decoded once, so that every check sees the same bytes and the same names."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl
from wsgiref.types import WSGIEnvironment

_VIRTUAL_HOST = re.compile(r"(?P<bucket>.+)\.s3(?:[.-][a-z0-9.-]+)?\.amazonaws\.com")


@dataclass(frozen=True, slots=True)
class S3Request:
    """`path` and `query` are percent-decoded text; header names are lower case; `body` is every byte sent."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes

    @property
    def params(self) -> dict[str, str]:
        return dict(self.query)

    @property
    def host(self) -> str:
        return self.headers.get("host", "")

    @property
    def bucket(self) -> str:
        """The bucket in the host name, otherwise the first segment of the path."""
        virtual = _VIRTUAL_HOST.fullmatch(self.host)
        return virtual["bucket"] if virtual else self.path.lstrip("/").split("/")[0]


def read_request(environ: WSGIEnvironment) -> S3Request:
    """Reads the body to its end and puts it back for the next application.

    `wsgi.input` must end where the body ends, as that of httpx.WSGITransport does; otherwise a body that is longer than its
    Content-Length goes unnoticed.
    """
    body = environ["wsgi.input"].read()
    environ["wsgi.input"] = io.BytesIO(body)
    return S3Request(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"].encode("latin-1").decode(),
        query=tuple(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)),
        headers=_read_headers(environ),
        body=body,
    )


def _read_headers(environ: WSGIEnvironment) -> dict[str, str]:
    headers = {name[5:]: value for name, value in environ.items() if name.startswith("HTTP_")}
    headers |= {name: environ[name] for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if environ.get(name)}
    return {name.replace("_", "-").lower(): value for name, value in headers.items()}

"""S3 for clients: strict_s3 in front of moto, over HTTP, with the events of what was stored, and with faults."""

from collections.abc import Callable, Iterable
from io import BytesIO
from urllib.parse import parse_qsl, unquote, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wrappers import Response

from airlock_testing.service.faults import Fault, Faults

_SLOW_DOWN = """<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"""


class StorageFront:
    """The application for presigned URLs and forms. `report` gets the key of each object that a client has stored."""

    def __init__(self, strict: WSGIApplication, faults: Faults, report: Callable[[str], None]) -> None:
        self._strict = strict
        self._faults = faults
        self._report = report

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # The body ends with its length, where the stream of a connection would wait for more.
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        if environ["REQUEST_METHOD"] != "OPTIONS" and self._faults.take(Fault.STORAGE_CLIENT):
            return Response(_SLOW_DOWN, 503, content_type="application/xml")(environ, start_response)
        response = Response.from_app(self._strict, environ, buffered=True)
        if (key := _find_stored_key(environ, response)) is not None:
            self._report(key)
        return response(environ, start_response)


def _find_stored_key(environ: WSGIEnvironment, response: Response) -> str | None:
    """Returns the key of an object that this request has stored; None for a part of an upload, and for anything else."""
    if response.status_code == 303:
        return dict(parse_qsl(urlsplit(response.headers["Location"]).query))["key"]
    if response.status_code not in (200, 201, 204):
        return None
    if environ["REQUEST_METHOD"] == "POST" and "Location" in response.headers:
        return unquote(response.headers["Location"].rpartition("/")[2])
    if environ["REQUEST_METHOD"] == "PUT" and "uploadId" not in environ["QUERY_STRING"]:
        path: str = environ["PATH_INFO"].encode("latin-1").decode()
        return path.lstrip("/").partition("/")[2]
    return None

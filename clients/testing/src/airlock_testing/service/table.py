"""The table over HTTP, for the functions' own client, with throttling as a fault."""

import json
from binascii import crc32
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wrappers import Response

from airlock_testing.service.faults import Fault, Faults

_BODY = json.dumps(
    {"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "Rate exceeded"}
)


class TableFront:
    """DynamoDB's protocol. `app` is that of moto."""

    def __init__(self, app: WSGIApplication, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._faults.take(Fault.TABLE):
            return self._app(environ, start_response)
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = {"x-amz-crc32": str(crc32(_BODY.encode()))}
        return Response(_BODY, 400, headers, content_type="application/x-amz-json-1.0")(
            environ, start_response
        )

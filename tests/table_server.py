"""The tables of moto's running mock over HTTP, for the functions' own client, which moto cannot catch inside the process."""

import re
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from moto.core.models import botocore_stubber

from functions.adapters.dynamodb.client import DynamoDBClient
from functions.signing.credentials import Credentials

_SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request")


class _Handler(BaseHTTPRequestHandler):
    """Passes each request to moto as boto3 does. Moto's own server, which is Flask's, takes twice the time."""

    protocol_version = "HTTP/1.1"  # so that a connection, and its thread, serves more than one request
    wbufsize = -1  # so that a response is one packet

    def do_POST(self) -> None:
        scope = _SCOPE.search(self.headers["authorization"])
        assert scope
        headers = HTTPHeaders()
        for name, value in self.headers.items():
            headers[name] = value
        body = self.rfile.read(int(self.headers["content-length"]))
        url = f"https://{scope[2]}.{scope[1]}.amazonaws.com{self.path}"
        answer = botocore_stubber.process_request(AWSPreparedRequest("POST", url, headers, body, False))
        assert answer
        self._respond(*answer)

    def _respond(self, status: int, headers: dict[str, str], body: str | bytes) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(int(status))
        for name, value in headers.items():
            if name.lower() != "content-length":
                self.send_header(name, str(value))
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *values: object) -> None:
        """Logs nothing: a line for each request is too much."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    """Connections that wait to be accepted. The default of 5 drops some of a test with twenty threads."""


@cache
def table_server() -> str:
    """Its origin. One serves the whole run: it holds nothing, and its thread ends with the process."""
    server = _Server(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


@cache
def table_client(region: str) -> DynamoDBClient:
    credentials = Credentials("AKIDEXAMPLE", "a-secret-of-nobody", "a-session-token")
    return DynamoDBClient(table_server(), region, lambda: credentials)

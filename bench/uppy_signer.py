"""A service for Uppy's `signRequest`: it signs every request of a multipart upload below one prefix.

For the benchmark only, with the root key of the local account. Airlock signs parts only, because a client that can sign
the other requests completes, lists and aborts uploads without any check.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from local.aws import HOST, Emulator

PREFIX = "bench/"
"""Key prefix for which S3 sends no events."""

_OPERATIONS = {
    ("POST", False): "create_multipart_upload",
    ("PUT", True): "upload_part",
    ("GET", True): "list_parts",
    ("POST", True): "complete_multipart_upload",
    ("DELETE", True): "abort_multipart_upload",
}
"""S3 operation by method and by the presence of an upload id."""


@contextmanager
def run_uppy_signer(emulator: Emulator, bucket: str) -> Iterator[int]:
    """Runs the service and yields its port. A GET with the members of the request as query returns `{"url"}`."""
    s3 = emulator.client("s3")
    # By default, boto3 presigns with SigV2 in this Region.
    s3.meta.events.register_first("choose-signer.s3", lambda **_: "s3v4")
    server = ThreadingHTTPServer((HOST, 0), partial(_Handler, s3, bucket))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def presign(s3: Any, bucket: str, request: dict[str, str]) -> str:
    """Presigns one request of a multipart upload.

    Raises KeyError for any other request, and ValueError for a key outside the prefix.
    """
    operation = _OPERATIONS[request["method"], "uploadId" in request]
    if not request["key"].startswith(PREFIX):
        raise ValueError(request["key"])
    parameters: dict[str, Any] = {"Bucket": bucket, "Key": request["key"]}
    if "uploadId" in request:
        parameters["UploadId"] = request["uploadId"]
    if operation == "upload_part":
        parameters["PartNumber"] = int(request["partNumber"])
    url: str = s3.generate_presigned_url(operation, parameters)
    return url


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections open, as a real API does
    disable_nagle_algorithm = True

    def __init__(self, s3: Any, bucket: str, *args: Any) -> None:
        self._s3, self._bucket = s3, bucket
        super().__init__(*args)

    def do_GET(self) -> None:
        request = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        body = json.dumps({"url": presign(self._s3, self._bucket, request)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing, because presigned URLs must not reach a log."""

"""A stub of AWS for measurements on one local port. It responds at once, checks nothing and records each request.

DynamoDB returns the items that were put. S3 has a PNG of 2 MB under every key, or a file of the declared type, JPEG, CSV or MP4,
and of the size that the headers `x-bench-size` of the upload say. The stub is a process of its own, so that its CPU time is not measured.
"""

import asyncio
import base64
import hashlib
import json
import multiprocessing
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import parse_qsl, urlsplit

SIZE = 2_000_000
MP4 = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42" + bytes(4072)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xdb".ljust(4_096, b"\0")
CSV = b"id,email,name\n" + b"1,ada@example.com,Ada\n" * 185
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(64)) * 64
_HEADS = {"image/jpeg": JPEG, "text/csv": CSV, "video/mp4": MP4}
"""Content type that was declared -> first bytes of the object."""
_SHA256 = base64.b64encode(hashlib.sha256(b"").digest()).decode()
VERSION = "096fKKXTRTtl3on89fVO.nfljtsv6qko"
_ETAG = '"0123456789abcdef0123456789abcdef"'
_DYNAMODB = "DynamoDB_20120810."


@dataclass(frozen=True)
class Stub:
    """A running stub. `origin` is its base URL."""

    origin: str

    def take_requests(self) -> list[dict[str, Any]]:
        """Returns the requests since the last call, each as {service, operation, body}."""
        with urllib.request.urlopen(f"{self.origin}/_requests", timeout=60) as response:
            requests: list[dict[str, Any]] = json.load(response)
        return requests

    def environment(self) -> dict[str, str]:
        """Returns the variables that point every SDK to the stub. S3 URLs are signed for the real host, but never sent."""
        return {
            "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "a-secret-of-nobody",
            "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjE" * 60,
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL_DYNAMODB": self.origin,
            "AWS_ENDPOINT_URL_SQS": self.origin,
        }


@contextmanager
def run_stub() -> Iterator[Stub]:
    """Runs the stub in a process of its own until the block ends."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield Stub(f"http://127.0.0.1:{here.recv()}")
    finally:
        process.terminate()
        process.join()


def _serve(pipe: Connection) -> None:
    asyncio.run(_run(pipe))


async def _run(pipe: Connection) -> None:
    stub = _Server()
    server = await asyncio.start_server(stub.handle_connection, "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


class _Server:
    def __init__(self) -> None:
        self.items: dict[tuple[str, str], Any] = {}
        self.requests: list[dict[str, Any]] = []
        self.sizes: dict[str, dict[int, int]] = {}
        self.types: dict[str, str] = {}

    async def handle_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])
                }
                if headers.get("expect"):
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                method, target, _ = lines[0].split(" ")
                writer.write(self.respond(method, target, headers, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def respond(self, method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
        if target == "/_requests":
            requests, self.requests = json.dumps(self.requests).encode(), []
            return _response(200, requests)
        api = headers.get("x-amz-target", "")
        if api.startswith(_DYNAMODB):
            return self._respond_as_dynamodb(api.removeprefix(_DYNAMODB), json.loads(body))
        if api:
            self._record("sqs", api.rpartition(".")[2], json.loads(body))
            return _response(200, b"{}", "application/x-amz-json-1.0")
        return self._respond_as_s3(method, target, headers)

    def _record(self, service: str, operation: str, body: Any = None) -> None:
        self.requests.append({"service": service, "operation": operation, "body": body})

    def _respond_as_dynamodb(self, operation: str, parameters: Any) -> bytes:
        self._record("dynamodb", operation, parameters)
        puts = [entry["Put"] for entry in parameters.get("TransactItems", []) if "Put" in entry]
        for put in [*puts, *([parameters] if operation == "PutItem" else [])]:
            self.items[_key(put["Item"])] = put["Item"]
        item = self.items.get(_key(parameters["Key"])) if operation == "GetItem" else None
        body = json.dumps({"Item": item} if item else {}).encode()
        return _response(200, body, "application/x-amz-json-1.0")

    def _respond_as_s3(self, method: str, target: str, headers: dict[str, str]) -> bytes:
        query = dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
        operation, key = s3_operation(method, query, headers), urlsplit(target).path
        self._record("s3", operation)
        if operation in ("PutObject", "CreateMultipartUpload"):
            self.types[key] = headers.get("content-type", "")
        if operation == "PutObject":
            self.sizes[key] = {0: int(headers.get("x-bench-size", SIZE))}
        if operation == "UploadPart":
            self.sizes.setdefault(key, {})[int(query["partNumber"])] = int(headers["x-bench-size"])
        metadata = {
            "x-amz-version-id": VERSION,
            "ETag": _ETAG,
            "Last-Modified": "Mon, 04 May 2026 12:00:00 GMT",
        }
        if method == "HEAD":
            return _response(200, b"", "image/png", metadata, length=self._size(key))
        if operation in ("ListParts", "CreateMultipartUpload", "CompleteMultipartUpload"):
            return _response(200, self._multipart(operation, key).encode(), "application/xml", metadata)
        if method == "GET":
            head = _HEADS.get(self.types.get(key, ""), PNG)[:4096]
            content_range = {"Content-Range": f"bytes 0-4095/{self._size(key)}"}
            return _response(206, head, "image/png", metadata | content_range)
        if "x-amz-copy-source" in headers:
            result = f"<CopyObjectResult><ETag>{_ETAG}</ETag><ChecksumSHA256>{_SHA256}</ChecksumSHA256></CopyObjectResult>"
            return _response(200, result.encode(), "application/xml", metadata)
        return _response(204 if method == "DELETE" else 200, b"", "application/xml", metadata)

    def _size(self, key: str) -> int:
        return sum(self.sizes.get(key, {0: SIZE}).values())

    def _multipart(self, operation: str, key: str) -> str:
        if operation == "CreateMultipartUpload":
            return (
                "<InitiateMultipartUploadResult><UploadId>upload</UploadId></InitiateMultipartUploadResult>"
            )
        if operation == "CompleteMultipartUpload":
            return f"<CompleteMultipartUploadResult><ETag>{_ETAG}</ETag></CompleteMultipartUploadResult>"
        parts = [
            f"<Part><PartNumber>{number}</PartNumber><ETag>{_ETAG}</ETag><Size>{size}</Size></Part>"
            for number, size in sorted(self.sizes.get(key, {}).items())
        ]
        return f"<ListPartsResult><IsTruncated>false</IsTruncated>{''.join(parts)}</ListPartsResult>"


def s3_operation(method: str, query: dict[str, str], headers: dict[str, str]) -> str:
    """Returns the name of the operation in S3's API."""
    if method == "PUT" and "x-amz-copy-source" in headers:
        return "UploadPartCopy" if "partNumber" in query else "CopyObject"
    if method == "POST":
        return "CreateMultipartUpload" if "uploads" in query else "CompleteMultipartUpload"
    if "uploadId" in query:
        return {"PUT": "UploadPart", "GET": "ListParts", "DELETE": "AbortMultipartUpload"}[method]
    return {"PUT": "PutObject", "GET": "GetObject", "HEAD": "HeadObject", "DELETE": "DeleteObject"}[method]


def _key(item: Any) -> tuple[str, str]:
    values = [value["S"] for name, value in item.items() if name in ("pk", "sk", "id")]
    return values[0], values[-1]


def _response(
    status: int,
    body: bytes,
    kind: str = "application/json",
    headers: dict[str, str] | None = None,
    length: int | None = None,
) -> bytes:
    lines = [f"HTTP/1.1 {status} OK", f"Content-Type: {kind}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if status != 204:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

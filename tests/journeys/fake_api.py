"""Airlock's API and S3 on an origin of their own, without a stack, for tests of what a browser hides from the client."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.journeys.origins import Handler, serve

PART_SIZE = 8 * 1024**2
"""Size of the parts of a create that wishes for none."""
_ALLOWED_HEADERS = {"authorization", "content-type", "idempotency-key", "x-amz-target"}
_TIME = "2026-11-28T12:00:00Z"


@dataclass
class FakeApi:
    """State of the API. Only the tokens in `tokens` are accepted."""

    url: str = ""
    tokens: set[str] = field(default_factory=lambda: {"good"})
    hides_unauthorized: bool = True
    """True when responses with status 401 have no CORS header."""
    has_cors: bool = True
    """False when every preflight fails."""
    is_checking: bool = False
    """True while no document becomes ready."""
    failing_puts: int = 0
    """Number of PUTs that fail from now on, after their bytes were stored."""
    refused_puts: int = 0
    """Number of PUTs that S3 refuses from now on."""
    failing_reads: int = 0
    """Number of reads of documents that fail from now on."""
    failing_creates: int = 0
    """Number of creates that fail from now on."""
    lost_bytes: int = 0
    """Bytes of the PUTs that have ended before their last byte."""
    starts: int = 0
    """Number of times that the server has started and stopped. A PUT that began before is not stored."""
    before_put: threading.Event = field(default_factory=threading.Event)
    kinds: list[dict[str, Any]] | None = None
    """The list of `GET /kinds`; None for an API without this route."""
    has_push: bool = False
    """True for an API with tickets. The WebSocket is the test's own."""
    kind_reads: int = 0
    """Number of calls of `GET /kinds`, which `calls` has not."""
    next_token: str = "good"
    """The token of the next user who signs in."""
    calls: list[str] = field(default_factory=list)
    """Method and path of each request that the API has accepted."""
    refused: int = 0
    stored: list[str] = field(default_factory=list)
    """Path of each PUT to S3 that was stored."""
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    _created: dict[str, Any] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def create(self, key: str, body: dict[str, Any]) -> Any:
        """Returns the response to a create, the same document for the same key."""
        if key not in self._created:
            self._created[key] = [self._add(one) for one in body.get("documents", [body])]
        results = [self._present(id) for id in self._created[key]]
        return {"results": results} if "documents" in body else results[0]

    def abort(self, id: str) -> bool:
        """Returns False for a document whose bytes have arrived, which stays as it is."""
        document = self.documents[id]
        if document["status"] not in ("pending", "aborted"):
            return False
        document["status"] = "aborted"
        return True

    def list_parts(self, id: str) -> dict[str, Any]:
        size, part_size = self.documents[id]["size"], self.documents[id].get("partSize", PART_SIZE)
        count = -(-size // part_size)
        numbers = {int(path.partition("?partNumber=")[2]) for path in self.stored if f"/{id}?" in path}
        parts = [
            {"partNumber": n, "size": min(part_size, size - (n - 1) * part_size)} for n in sorted(numbers)
        ]
        return {"partSize": part_size, "partCount": count, "uploaded": parts}

    def has_all_parts(self, id: str) -> bool:
        progress = self.list_parts(id)
        return bool(len(progress["uploaded"]) == progress["partCount"])

    def sign_parts(self, id: str, body: dict[str, Any]) -> dict[str, Any]:
        part_numbers = body["partNumbers"]
        if "checksums" in body:
            urls = {number: f"{self.url}/s3/{id}?partNumber={number}" for number in part_numbers}
            parts = [{"partNumber": number, "url": url, "headers": {}} for number, url in urls.items()]
            return {"parts": parts, "expiresAt": "2099-01-01T00:00:00Z"}
        return {
            "urlTemplate": f"{self.url}/s3/{id}?partNumber={{partNumber}}{{signature}}",
            "headers": {},
            "signatures": {str(number): "" for number in part_numbers},
            "expiresAt": "2099-01-01T00:00:00Z",
        }

    def finish(self, id: str) -> None:
        """Ends the upload of a document, which is checked at the next read."""
        self.documents[id]["status"] = "processing"

    def read(self, id: str) -> dict[str, Any]:
        document = self.documents[id]
        if document["status"] == "processing" and not self.is_checking:
            document["status"] = "ready"
        return document

    def _add(self, body: dict[str, Any]) -> str:
        id = f"{len(self.documents) + 1:08}-0000-4000-8000-000000000000"
        self.documents[id] = body | {
            "id": id,
            "status": "pending",
            "expiresAt": "2099-01-01T00:00:00Z",
            "steps": [],
            "renditions": {},
            "createdAt": _TIME,
        }
        return id

    def _present(self, id: str) -> dict[str, Any]:
        document = self.documents[id]
        upload: dict[str, Any] | None = {"expiresAt": "2099-01-01T00:00:00Z"}
        if document["status"] != "pending":
            upload = None
        elif document.get("method") == "MULTIPART":
            upload = self.list_parts(id) | {
                "method": "MULTIPART",
                "expiresAt": "2099-01-01T00:00:00Z",
                "lastExpiresAt": "2099-01-01T00:00:00Z",
            }
            del upload["uploaded"]
        else:
            upload = {
                "method": "PUT",
                "url": f"{self.url}/s3/{id}",
                "headers": {},
                "expiresAt": "2099-01-01T00:00:00Z",
            }
        return {"document": document, "upload": upload}


@contextmanager
def start_fake_api(
    api: FakeApi | None = None, handler: "type[ApiHandler] | None" = None
) -> Iterator[FakeApi]:
    """Yields an API that listens on 127.0.0.1: a new one, or one that was stopped, at its URL and with its documents."""
    api = api or FakeApi()
    with serve(handler or ApiHandler, api, urlsplit(api.url).port or 0) as api.url:
        api.starts += 1
        api.before_put.set()
        yield api
        api.starts += 1
        api.before_put.set()


class ApiHandler(Handler):
    """Answers with the state of a `FakeApi`."""

    @property
    def api(self) -> FakeApi:
        return self.server.state  # type: ignore[attr-defined, no-any-return]

    def do_OPTIONS(self) -> None:  # noqa: N802
        requested = set(self.headers.get("access-control-request-headers", "").split(",")) - {""}
        if self.api.has_cors and requested <= _ALLOWED_HEADERS:
            allowed = {"access-control-allow-headers": ", ".join(sorted(_ALLOWED_HEADERS))}
            self._answer(
                204, None, allowed | {"access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE"}
            )
        else:
            self.respond(403, b"", {})

    def do_GET(self) -> None:  # noqa: N802
        self._handle()

    def do_POST(self) -> None:  # noqa: N802
        self._handle()

    def do_PUT(self) -> None:  # noqa: N802
        started = self.api.starts
        if not self._read_file():
            self.close_connection = True
            return
        self.api.before_put.wait(60)
        with self.api.lock:
            if started != self.api.starts:
                return
            if self.api.refused_puts:
                self.api.refused_puts -= 1
                self._answer(400)
                return
            self.api.stored.append(self.path.removeprefix("/s3"))
            if "?" not in self.path:
                self.api.finish(self.path.rpartition("/")[2])
            has_failed = self.api.failing_puts > 0
            self.api.failing_puts -= has_failed
        self._answer(500 if has_failed else 200)

    def _handle(self) -> None:
        body = json.loads(self._read_body() or b"{}")
        with self.api.lock:
            if self.path == "/cognito":
                self._sign_in(body)
            elif urlsplit(self.path).path == "/":
                self._answer(404)
            elif self.headers.get("authorization", "").removeprefix("Bearer ") not in self.api.tokens:
                self.api.refused += 1
                self._answer(401, {"message": "Unauthorized"}, has_cors=not self.api.hides_unauthorized)
            elif self.path == "/kinds":
                self._list_kinds()
            elif self.path == "/usage":
                self._show_usage()
            else:
                self.api.calls.append(f"{self.command} {self.path}")
                self._route(body)

    def _show_usage(self) -> None:
        self._answer(404)

    def _list_kinds(self) -> None:
        self.api.kind_reads += 1
        if self.api.kinds is None:
            self._answer(404, {"code": "route_not_found", "detail": "No."})
        else:
            self._answer(200, {"kinds": self.api.kinds, "push": self.api.has_push})

    def _sign_in(self, body: dict[str, Any]) -> None:
        """Answers as Cognito for any name and password. Every refresh token has expired."""
        if body.get("AuthFlow") == "USER_PASSWORD_AUTH":
            result = {"AccessToken": self.api.next_token, "RefreshToken": "refresh", "ExpiresIn": 3600}
            self._answer(200, {"AuthenticationResult": result})
        else:
            self._answer(400, {"__type": "NotAuthorizedException", "message": "No."})

    def _route(self, body: dict[str, Any]) -> None:
        match = re.fullmatch(r"/documents/([^/]+)(?:/(\w+))?", urlsplit(self.path).path)
        id, action = match.groups() if match else ("", "")
        if self.path in ("/documents", "/documents/batch") and self.command == "POST":
            if not body:
                self._answer(422, {"code": "validation_failed", "detail": "No."})
                return
            if self.api.failing_creates:
                self.api.failing_creates -= 1
                self._answer(503, {"code": "busy", "detail": "Later."})
                return
            response = self.api.create(self.headers["idempotency-key"], body)
            self._answer(200 if "results" in response else 201, response)
        elif self.path == "/events/tickets" and self.api.has_push:
            self._answer(201, {"url": "wss://push.example/live?ticket=secret"})
        elif self.path == "/events/tickets":
            self._answer(404, {"code": "route_not_found", "detail": "No."})
        elif self.command == "GET" and not match:
            self._answer(200, {"documents": [], "nextCursor": None})
        elif self.command == "GET" and action is None and self.api.failing_reads:
            self.api.failing_reads -= 1
            self._answer(503, {"code": "busy", "detail": "Later."})
        elif self.command == "GET":
            self._answer(200, self.api.list_parts(id) if action == "parts" else self.api.read(id))
        elif action == "parts":
            self._answer(200, self.api.sign_parts(id, body))
        elif action == "complete" and not self.api.has_all_parts(id):
            self._answer(409, {"code": "parts_incomplete", "detail": "No."})
        elif action == "complete":
            self.api.finish(id)
            self._answer(202, {})
        elif self.api.abort(id):
            self._answer(204)
        else:
            self._answer(409, {"code": "invalid_state", "detail": "No."})

    def _read_file(self) -> bool:
        """Returns False if the client went away before the last byte."""
        missing = length = int(self.headers["content-length"])
        while missing:
            try:
                chunk = self.rfile.read(min(missing, 64 * 1024))
            except ConnectionError:
                chunk = b""
            missing -= len(chunk)
            if not chunk:
                with self.api.lock:
                    self.api.lost_bytes += length - missing
                return False
        return True

    def _read_body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def _answer(
        self, status: int, body: Any = None, headers: dict[str, str] | None = None, *, has_cors: bool = True
    ) -> None:
        cors = {"access-control-allow-origin": "*", "access-control-expose-headers": "retry-after"}
        content = b"" if body is None else json.dumps(body).encode()
        self.respond(status, content, (headers or {}) | (cors if has_cors else {}))

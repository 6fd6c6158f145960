"""The fake API with documents of every status, for tests that look at the example page in each of its states."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.journeys.fake_api import ApiHandler, FakeApi
from tests.journeys.files import gradient_png

_DAY = "2026-11-28T{:02}:15:00Z"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_REPORT = {
    "rowsRead": 1_284,
    "rowsRejected": 3,
    "errors": [
        {"line": 18, "column": "email", "code": "pattern"},
        {"line": 207, "column": "birthday", "code": "type"},
        {"line": 944, "column": None, "code": "column_count"},
    ],
}
_PHOTO = {"large": (1_024, 683), "small": (96, 64)}


def _sample(number: int, name: str, status: str, content_type: str, size: int, **more: Any) -> dict[str, Any]:
    at = _DAY.format(20 - number)
    steps = [{"name": each, "status": "passed", "at": at} for each in ("size", "type")]
    ends = [] if status in ("pending", "processing") else [{"status": status, "at": at}]
    return {
        "id": f"9{number:07}-0000-4000-8000-000000000000",
        "fileName": name,
        "title": name,
        "kind": more.pop("kind", "document"),
        "status": status,
        "reason": None,
        "size": size,
        "contentType": content_type,
        "declaredContentType": content_type,
        "sha256": _SHA256,
        "metadata": {},
        "createdAt": at,
        "updatedAt": at,
        "expiresAt": None,
        "steps": steps,
        "renditions": {},
        "etag": '"1"',
        "history": [{"status": "pending", "at": at}, {"status": "processing", "at": at}, *ends],
    } | more


def _step(name: str, status: str, detail: str) -> list[dict[str, str]]:
    return [{"name": name, "status": status, "at": _DAY.format(12), "detail": detail}]


def _renditions() -> dict[str, Any]:
    return {
        name: {
            "contentType": "image/png",
            "size": width * 100,
            "sha256": _SHA256,
            "width": width,
            "height": height,
        }
        for name, (width, height) in _PHOTO.items()
    }


def create_samples() -> list[dict[str, Any]]:
    """Returns documents, newest first, among them a photo with renditions and a table with rejected rows."""
    table = {
        "report": {"contentType": "application/json", "size": 300, "sha256": _SHA256},
        "rejected": {"contentType": "text/csv", "size": 220, "sha256": _SHA256},
        "rows": {"contentType": "application/vnd.apache.parquet", "size": 41_200, "sha256": _SHA256},
    }
    scanning = _step("scan", "waiting", "Scanning for malware.")
    checking = _step("table", "waiting", "Checking rows, 62 % so far.")
    infected = _step("scan", "rejected", "The scanner found malware: EICAR-Test-File.")
    long_name = "Minutes of the meeting about the renovation of the east wing, final version 2.pdf"
    return [
        _sample(1, "Contract.pdf", "processing", "application/pdf", 2_400_000, kind="upload", steps=scanning),
        _sample(
            2, "Customers 2026.csv", "processing", "text/csv", 88_000_000, kind="contacts", steps=checking
        ),
        _sample(3, "Mountains.jpg", "ready", "image/jpeg", 4_100_000, kind="photo", renditions=_renditions()),
        _sample(4, long_name, "ready", "application/pdf", 1_900_000),
        _sample(
            5,
            "Newsletter.csv",
            "ready",
            "text/csv",
            97_300,
            kind="contacts",
            renditions=table,
            steps=_step("table", "passed", "1,281 of 1,284 rows accepted."),
        ),
        _sample(
            6,
            "invoice.pdf.exe",
            "rejected",
            "application/pdf",
            880_000,
            reason="malware_found",
            steps=infected,
            kind="upload",
        ),
        _sample(7, "Interview.mp3", "ready", "audio/mpeg", 31_000_000, kind="audio"),
        _sample(8, "Backup.zip", "expired", "application/zip", 912_000_000, kind="archive"),
        _sample(9, "Budget.xlsx", "ready", "application/vnd.ms-excel.spreadsheet", 64_000, kind="office"),
        _sample(
            10, "Old logo.png", "deleted", "image/png", 12_000, kind="photo", expiresAt="2027-01-04T12:00:00Z"
        ),
    ]


@dataclass
class SampleApi(FakeApi):
    """State of the API with samples. `is_broken` makes each call of the list fail for good."""

    samples: list[dict[str, Any]] = field(default_factory=create_samples)
    is_broken: bool = False

    def find(self, id: str) -> dict[str, Any] | None:
        return next((each for each in self.samples if each["id"] == id), None)

    def list_samples(self, query: dict[str, list[str]]) -> list[dict[str, Any]]:
        status, text = query.get("status", [""])[0], query.get("nameContains", [""])[0].lower()
        return [
            each
            for each in self.samples
            if text in each["fileName"].lower()
            and (each["status"] == status if status else each["status"] != "deleted")
        ]


class SampleHandler(ApiHandler):
    """Answers with samples where there are any, and as the fake API otherwise."""

    @property
    def samples(self) -> SampleApi:
        return self.server.state  # type: ignore[attr-defined, no-any-return]

    def do_GET(self) -> None:  # noqa: N802
        parts = urlsplit(self.path)
        if not parts.path.startswith("/s3/sample/"):
            super().do_GET()
        elif parts.path.endswith("/report"):
            self._answer(200, _REPORT)
        else:
            width, height = _PHOTO.get(parts.path.rpartition("/")[2], _PHOTO["large"])
            headers = {"content-type": "image/png", "access-control-allow-origin": "*"}
            self.respond(200, gradient_png(width, height), headers)

    def _sign_in(self, body: dict[str, Any]) -> None:
        """A password `wrong` is refused, and `invited` is that of an invitation."""
        password = body.get("AuthParameters", {}).get("PASSWORD")
        if password == "wrong":
            self._answer(400, {"__type": "NotAuthorizedException", "message": "Incorrect."})
        elif password == "invited":
            self._answer(200, {"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "session"})
        elif "ChallengeResponses" in body:
            result = {"AccessToken": self.api.next_token, "RefreshToken": "refresh", "ExpiresIn": 3600}
            self._answer(200, {"AuthenticationResult": result})
        else:
            super()._sign_in(body)

    def _list_kinds(self) -> None:
        self.api.kind_reads += 1
        kinds = [_kind(name) for name in ("upload", "photo", "contacts", "document", "archive")]
        self._answer(200, {"kinds": kinds, "maxRequestSize": 1024**3, "push": False})

    def _show_usage(self) -> None:
        stored = sum(sample["size"] for sample in self.samples.samples)
        self._answer(200, {"stored": {"bytes": stored, "maxBytes": 10 * 1024**3}})

    def _route(self, body: dict[str, Any]) -> None:
        parts = urlsplit(self.path)
        match = re.fullmatch(r"/documents/([^/]+)(?:/(\w+))?", parts.path)
        found = self.samples.find(match[1]) if match else None
        if parts.path == "/documents" and self.command == "GET":
            self._list(parse_qs(parts.query))
        elif parts.path == "/documents/batch-delete":
            self._delete(body["ids"])
        elif found and match and match[2] == "download":
            name = parse_qs(parts.query).get("rendition", ["large"])[0]
            self._answer(200, {"url": f"{self.api.url}/s3/sample/{match[1]}/{name}"})
        elif found and match and match[2] == "restore":
            found["status"] = "ready"
            self._answer(200, found)
        elif found:
            self._answer(200, found)
        else:
            super()._route(body)

    def _list(self, query: dict[str, list[str]]) -> None:
        if self.samples.is_broken:
            self._answer(403, {"code": "forbidden", "detail": "You may not list documents.", "status": 403})
        else:
            found = self.samples.list_samples(query)
            self._answer(200, {"documents": found, "nextCursor": None, "incomplete": False})

    def _delete(self, ids: list[str]) -> None:
        for sample in self.samples.samples:
            if sample["id"] in ids:
                sample |= {"status": "deleted", "expiresAt": "2027-01-04T12:00:00Z"}
        self._answer(200, {"results": [{"id": id} for id in ids]})


def _kind(name: str) -> dict[str, Any]:
    types = {
        "photo": "image/png",
        "document": "application/pdf",
        "contacts": "text/csv",
        "archive": "video/mp4",
    }
    content_type = types.get(name, "text/plain")
    return {"name": name, "contentTypes": [content_type], "minSize": 1, "maxSize": 1024**4}

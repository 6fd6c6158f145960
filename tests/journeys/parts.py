"""An upload in parts as a stranger would write it: plain HTTP, some threads, and the arithmetic of a part."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

from tests.journeys.client import Client

MIB = 1024 * 1024
PART = 64 * MIB
"""What the service takes for files of this size; the answer to create says so too."""

Part = dict[str, Any]
"""One entry of a window: partNumber, size, url and headers."""


@dataclass(frozen=True)
class InParts:
    """`created` is the answer to create, `data` the whole file."""

    client: Client
    created: dict[str, Any]
    data: bytes

    @property
    def id(self) -> str:
        found: str = self.created["document"]["id"]
        return found

    @property
    def window(self) -> list[Part]:
        """The first one, which create's own answer holds."""
        parts: list[Part] = self.created["upload"]["parts"]
        return parts

    def piece(self, part_number: int) -> bytes:
        size = self.created["upload"]["partSize"]
        return self.data[(part_number - 1) * size : part_number * size]

    def put(self, part: Part, body: bytes | None = None) -> httpx.Response:
        sent = self.piece(part["partNumber"]) if body is None else body
        return self.client.http.put(part["url"], content=sent, headers=part["headers"])

    def send(self, parts: Iterable[Part] | None = None) -> None:
        """Side by side, the last part first."""
        wanted = self.window if parts is None else parts
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(self.put, reversed(list(wanted))))
        assert [answer.status_code for answer in answers] == [200] * len(answers), answers[0].text

    def more(self, *part_numbers: int, **request: Any) -> httpx.Response:
        return self.client.call(
            "POST", f"/documents/{self.id}/parts", json={"partNumbers": part_numbers, **request}
        )

    def held(self) -> httpx.Response:
        return self.client.call("GET", f"/documents/{self.id}/parts")

    def complete(self, **request: Any) -> httpx.Response:
        body = {"json": request} if request else {}
        return self.client.call("POST", f"/documents/{self.id}/complete", **body)

    def abort(self) -> httpx.Response:
        return self.client.call("POST", f"/documents/{self.id}/abort")

    def finished(self) -> dict[str, Any]:
        """Complete what is sent; the document once it no longer moves."""
        answer = self.complete()
        assert answer.status_code in (200, 202), answer.text
        return self.client.settled(self.id)


def begin(client: Client, data: bytes, **more: Any) -> InParts:
    """In parts also where one PUT would do, so that a small file shows what a large one needs."""
    return InParts(client, client.create(data, "a.mp4", "video/mp4", method="MULTIPART", **more), data)

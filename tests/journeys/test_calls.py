"""How many calls to the API a file costs, however large it is; what goes to S3 itself is not counted."""

from collections.abc import Iterator

import httpx
import pytest

from local.stack import LocalStack
from tests.journeys.backstage import Backstage
from tests.journeys.client import Client
from tests.journeys.files import mp4
from tests.journeys.parts import MIB, InParts, begin
from tests.journeys.storage import Storage

GIB, TIB = 1024 * MIB, 1024 * 1024 * MIB
LAMBDA_ANSWER = 6_000_000
"""Bytes; what a function may answer at most."""


@pytest.fixture
def calls() -> list[str]:
    return []


@pytest.fixture
def counted(stack: LocalStack, calls: list[str]) -> Iterator[Client]:
    """Each request to the API is noted in `calls`."""

    def note(request: httpx.Request) -> None:
        if str(request.url).startswith(stack.api):
            calls.append(f"{request.method} {request.url.path.rpartition('/')[2]}")

    with httpx.Client(timeout=60, event_hooks={"request": [note]}) as http:
        yield Client(stack.api, stack.users[1].access_token, http)


def created(client: Client, size: int) -> InParts:
    """An upload of `size` bytes of which nobody has a single one."""
    request = {"fileName": "a.mp4", "size": size, "contentType": "video/mp4", "kind": "video"}
    answer = client.call("POST", "/documents", json=request)
    assert answer.status_code == 201, answer.text
    return InParts(client, answer.json(), b"")


def test_a_file_needs_three_calls_create_complete_and_a_look(
    counted: Client, calls: list[str], storage: Storage
) -> None:
    upload = begin(counted, mp4(1000))
    upload.send()
    assert upload.complete().status_code == 200
    storage.wait_until_empty(upload.id, "staging/")  # a client waits as long as Retry-After says
    assert counted.document(upload.id)["status"] == "ready"

    assert len(calls) == 3, calls


def test_a_gibibyte_needs_no_further_window_than_creates_own(counted: Client, calls: list[str]) -> None:
    upload = created(counted, GIB)

    assert len(calls) == 1
    assert upload.created["upload"]["partCount"] == len(upload.window) == 16
    assert upload.abort().status_code == 204


@pytest.fixture
def five_tebibytes(counted: Client, backstage: Backstage) -> Iterator[InParts]:
    """Under a quota that takes them; the usual one is a tebibyte an owner."""
    with backstage.settings("Uploads", AIRLOCK_STORED_BYTES_LIMIT=6 * TIB, AIRLOCK_DAILY_BYTES_LIMIT=6 * TIB):
        upload = created(counted, 5 * TIB)
        yield upload
        assert upload.abort().status_code == 204
    backstage.forget_today(upload.id)


def test_five_tebibytes_need_one_call_more_for_each_lifetime_of_a_url(
    five_tebibytes: InParts, calls: list[str]
) -> None:
    count = five_tebibytes.created["upload"]["partCount"]
    assert 9_000 < count <= 10_000

    window = five_tebibytes.more(*range(1, count + 1), compact=True)

    assert window.status_code == 200, window.text
    assert window.json()["signatures"].keys() == {str(number) for number in range(1, count + 1)}
    assert len(window.content) < LAMBDA_ANSWER / 6
    # Complete and a look make it four; and the window again for each quarter of an hour that the parts take.
    assert len(calls) == 2, calls


def test_a_thousand_whole_urls_fit_into_one_answer(five_tebibytes: InParts) -> None:
    window = five_tebibytes.more(*range(1, 1001))
    assert len(window.json()["parts"]) == 1000
    assert len(window.content) < LAMBDA_ANSWER

"""Uploads of the Python client: one request, parts, interruptions, repeated requests."""

import hashlib
import io
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from airlock_client import (
    AirlockClient,
    FileChangedError,
    FileSource,
    NetworkError,
    ProblemError,
    SignInRequiredError,
    StorageError,
    StreamSource,
)
from airlock_client._sources import Part
from tests.journeys.files import mp4
from tests.python_client.service import ENDPOINT, TOKEN, Service

MIB = 1024**2
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(100)


def expired() -> httpx.Response:
    return httpx.Response(403, content=b"<Error><Code>AccessDenied</Code></Error>")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "cat.png"
    path.write_bytes(PNG)
    return path


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A file of three parts of 5 MiB and less."""
    path = tmp_path / "film.mp4"
    path.write_bytes(mp4(11 * MIB))
    return path


class ObservedFile(FileSource):
    """A file that tells when a worker has the last part of it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.has_no_more_parts = Event()

    def read_parts(self, part_size: int, numbers: Sequence[int]) -> Iterator[Part]:
        yield from super().read_parts(part_size, numbers)
        self.has_no_more_parts.set()


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_small_file_is_one_create_one_put_and_one_get(client: Any, service: Service, picture: Path) -> None:
    document = client.upload(picture, title="A cat", metadata={"owner": "me"})

    assert (document.status, document.sha256) == ("ready", sha256(picture))
    assert (document.title, document.metadata) == ("A cat", {"owner": "me"})
    assert service.calls == ["POST /documents", "PUT S3", f"GET /documents/{document.id}"]


def test_a_large_file_is_sent_in_parts_with_checksums(client: Any, service: Service, film: Path) -> None:
    progress: list[tuple[int, int]] = []
    document = client.upload(film, part_size=5 * MIB, on_progress=lambda *counts: progress.append(counts))

    assert (document.status, document.sha256) == ("ready", sha256(film))
    assert sorted(call for call in service.calls if "part" in call and "S3" in call) == [
        "PUT S3 part 1",
        "PUT S3 part 2",
        "PUT S3 part 3",
    ]
    parts = [request for request in service.requests if "partNumber" in request.url.params]
    assert all("x-amz-checksum-sha256" in request.headers for request in parts)
    assert f"GET /documents/{document.id}/parts" not in service.calls
    assert progress[-1] == (11 * MIB, 11 * MIB)


def test_the_parts_of_a_file_are_hashed_while_the_first_one_is_sent(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(mp4(60 * MIB))
    source = ObservedFile(path)

    def wait_for_workers(request: httpx.Request) -> None:
        if "partNumber" in request.url.params:
            assert source.has_no_more_parts.wait(30)

    service.faults.append(wait_for_workers)
    with AirlockClient(ENDPOINT, TOKEN, transport=service.transport) as client:
        client.upload(source, part_size=5 * MIB)

    calls = [call for call in service.calls if call.endswith("/parts")]
    assert len(calls) < 6


def test_a_part_that_failed_is_sent_again_and_no_other(client: Any, service: Service, film: Path) -> None:
    service.fail_once("PUT S3 part 2", httpx.ReadTimeout("no response"))
    loaded: list[int] = []

    document = client.upload(film, part_size=5 * MIB, on_progress=lambda *counts: loaded.append(counts[0]))

    assert (document.status, loaded[-1]) == ("ready", 11 * MIB)

    sent = [call for call in service.calls if "S3 part" in call]
    assert sorted(sent) == ["PUT S3 part 1", "PUT S3 part 2", "PUT S3 part 2", "PUT S3 part 3"]


def test_an_upload_that_s3_does_not_know_for_a_moment_is_continued(
    client: Any, service: Service, film: Path
) -> None:
    unknown = httpx.Response(404, content=b"<Error><Code>NoSuchUpload</Code></Error>")
    service.fail_once("PUT S3 part 2", unknown)

    document = client.upload(film, part_size=5 * MIB)

    assert (document.status, document.sha256) == ("ready", sha256(film))


def test_an_expired_url_of_a_part_is_renewed(client: Any, service: Service, film: Path) -> None:
    service.fail_once("PUT S3 part 3", expired())

    assert client.upload(film, part_size=5 * MIB).status == "ready"

    presigns = [
        request for request in service.requests if request.method == "POST" and "parts" in request.url.path
    ]
    assert service.calls.count("PUT S3 part 3") == 2
    assert sum(b'"3"' in request.content for request in presigns) == 2


def test_an_expired_url_of_a_put_is_renewed_by_the_same_create(
    client: Any, service: Service, picture: Path
) -> None:
    service.fail_once("PUT S3", expired())

    assert client.upload(picture).status == "ready"

    creates = [request for request in service.requests if request.url.path == "/documents"]
    assert len(creates) == 2
    assert len({request.headers["idempotency-key"] for request in creates}) == 1


def test_a_file_that_has_arrived_although_its_response_was_lost_is_not_an_error(
    client: Any, service: Service, picture: Path
) -> None:
    written: list[httpx.Request] = []

    def lose_response(request: httpx.Request) -> httpx.Response | None:
        if request.method == "PUT" and not written:
            written.append(request)
            service.put(request)
            raise httpx.ReadError("lost")
        if request.method == "GET" and len(written) == 1:
            service.deliver(request.url.path.rpartition("/")[2])
            written.append(request)
        return None

    service.faults.append(lose_response)

    document = client.upload(picture)

    assert (document.status, document.sha256) == ("ready", sha256(picture))
    assert service.calls.count("PUT S3") == 2


def test_a_url_that_is_refused_twice_ends_the_upload(client: Any, service: Service, picture: Path) -> None:
    service.faults.append(lambda request: expired() if request.method == "PUT" else None)

    with pytest.raises(StorageError) as caught:
        client.upload(picture)

    assert (caught.value.status, caught.value.code) == (403, "AccessDenied")
    assert service.calls.count("PUT S3") == 2


def test_a_lost_response_of_a_create_leads_to_the_same_document(
    client: Any, service: Service, picture: Path
) -> None:
    service.fail_once("POST /documents", httpx.ReadError("lost"))

    document = client.upload(picture)

    assert [each.id for each in client.list()] == [document.id]


class KilledError(BaseException):
    """Ends the code as SIGKILL does, because nothing catches it."""


def test_a_process_that_died_during_the_create_leads_to_the_same_document(
    client: Any, service: Service, picture: Path
) -> None:
    def kill(request: httpx.Request) -> httpx.Response | None:
        if request.method != "POST":
            return None
        service.faults.clear()
        service.call_api(request)
        raise KilledError

    service.faults.append(kill)
    with pytest.raises(KilledError):
        client.upload(picture)

    document = client.upload(picture)

    assert [each.id for each in client.list()] == [document.id]


def test_a_process_that_died_is_continued_with_the_missing_parts(
    client: Any, service: Service, film: Path
) -> None:
    service.faults.append(
        lambda request: httpx.Response(400) if request.url.params.get("partNumber") == "3" else None
    )
    with pytest.raises(StorageError):
        client.upload(film, part_size=5 * MIB)
    service.faults.clear()
    before = {call for call in service.calls if "S3 part" in call}
    service.requests.clear()

    document = client.upload(film, part_size=5 * MIB)

    assert (document.status, document.sha256) == ("ready", sha256(film))
    again = {call for call in service.calls if "S3 part" in call}
    assert "POST /documents" not in service.calls
    assert again == {"PUT S3 part 3"} | ({"PUT S3 part 1", "PUT S3 part 2"} - before)


def test_other_bytes_of_the_same_size_and_time_are_a_new_upload(
    client: Any, service: Service, picture: Path
) -> None:
    service.faults.append(lambda request: httpx.Response(400) if request.method == "PUT" else None)
    with pytest.raises(StorageError):
        client.upload(picture)
    service.faults.clear()
    times = picture.stat()
    picture.write_bytes(PNG[:-1] + b"x")
    os.utime(picture, ns=(times.st_atime_ns, times.st_mtime_ns))

    assert client.upload(picture).sha256 == sha256(picture)


def test_an_upload_that_has_ended_is_not_resumed(client: Any, service: Service, picture: Path) -> None:
    first = client.upload(picture)
    second = client.upload(picture)

    assert first.id != second.id


def test_an_aborted_upload_is_begun_anew(client: Any, service: Service, film: Path) -> None:
    service.faults.append(
        lambda request: httpx.Response(400) if request.url.params.get("partNumber") == "3" else None
    )
    with pytest.raises(StorageError):
        client.upload(film, part_size=5 * MIB)
    service.faults.clear()
    [open_upload] = client.list(status="pending")
    client.abort(open_upload.id)

    document = client.upload(film, part_size=5 * MIB)

    assert document.status == "ready"
    assert document.id != open_upload.id


def test_a_file_that_changes_during_the_upload_is_an_error(client: Any, service: Service, film: Path) -> None:
    def change(request: httpx.Request) -> None:
        if request.url.params.get("partNumber") == "1":
            film.write_bytes(b"other")
            raise httpx.ReadError("lost")

    service.faults.append(change)

    with pytest.raises(FileChangedError):
        client.upload(film, part_size=5 * MIB)


@pytest.mark.parametrize("size", [1000, 11 * MIB])
def test_a_stream_of_known_size_is_uploaded(client: Any, size: int) -> None:
    data = mp4(size)
    document = client.upload(StreamSource(io.BytesIO(data), "film.mp4", size), part_size=5 * MIB)

    assert (document.status, document.sha256) == ("ready", hashlib.sha256(data).hexdigest())


def test_no_more_of_a_stream_is_in_memory_than_is_sent_at_once(client: Any, service: Service) -> None:
    stream, read = io.BytesIO(mp4(40 * MIB)), list[int]()

    def count_read(request: httpx.Request) -> None:
        if "partNumber" in request.url.params:
            read.append(stream.tell() // (5 * MIB))

    service.faults.append(count_read)

    client.upload(StreamSource(stream, "film.mp4", 40 * MIB), part_size=5 * MIB)

    assert len(read) == 8
    assert all(parts <= sent + 4 for sent, parts in enumerate(read))


@pytest.mark.parametrize("size", [999, 1001])
def test_a_stream_of_another_size_is_an_error(client: Any, size: int) -> None:
    with pytest.raises(FileChangedError):
        client.upload(StreamSource(io.BytesIO(mp4(size)), "film.mp4", 1000))


def test_a_problem_is_an_exception_with_its_code(client: Any, tmp_path: Path) -> None:
    empty = tmp_path / "empty.png"
    empty.touch()

    with pytest.raises(ProblemError) as caught:
        client.upload(empty)

    assert (caught.value.code, caught.value.status) == ("size_too_small", 422)
    assert [error.field for error in caught.value.errors] == ["size"]
    assert caught.value.request_id


def test_no_connection_is_an_error_after_all_attempts(client: Any, service: Service) -> None:
    service.faults.append(_disconnect)

    with pytest.raises(NetworkError):
        client.get("x")

    assert len(service.requests) == 8


def _disconnect(request: httpx.Request) -> None:
    raise httpx.ConnectError("refused")


def test_the_wait_that_the_api_asks_for_is_limited(client: Any, service: Service) -> None:
    problem = {"code": "daily_quota_exceeded", "detail": "Tomorrow."}
    response = httpx.Response(429, json=problem, headers={"retry-after": "3600"})
    service.fail_once("GET /documents/x", response)

    with pytest.raises(ProblemError) as caught:
        client.get("x")

    assert (caught.value.retry_after, caught.value.is_temporary) == (3600, True)
    assert len(service.requests) == 1


def test_a_refused_token_is_replaced_once(service: Service) -> None:
    asked: list[bool] = []

    def get_token(is_fresh: bool) -> str:
        asked.append(is_fresh)
        return TOKEN if is_fresh else "expired"

    with AirlockClient(ENDPOINT, get_token, transport=service.transport) as client:
        assert client.list_kinds().kinds
    with (
        AirlockClient(ENDPOINT, "expired", transport=service.transport) as client,
        pytest.raises(SignInRequiredError),
    ):
        client.list_kinds()

    assert asked == [False, True]

"""Many files at once, and the calls of the Python client that move no bytes."""

import logging
from pathlib import Path
from typing import Any

import httpx
import pytest

from airlock_client import (
    AirlockClient,
    AirlockError,
    Document,
    FileChangedError,
    FileSource,
    ProblemError,
    Upload,
)
from airlock_client._sources import Body
from tests.python_client.service import ENDPOINT, TOKEN, Service

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR"


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.png" for number in range(5)]
    for number, path in enumerate(paths):
        path.write_bytes(PNG + bytes([number]))
    return paths


class CountedFile(FileSource):
    """A file that counts how often it is read."""

    reads = 0

    def read_whole(self) -> Body:
        self.reads += 1
        return super().read_whole()


def uploads(paths: list[Path]) -> list[Upload]:
    return [Upload(source=FileSource(path)) for path in paths]


def test_small_files_are_created_with_one_call(client: Any, service: Service, pictures: list[Path]) -> None:
    results = client.upload_many(uploads(pictures))

    assert [(document.file_name, document.status) for document in results] == [
        (path.name, "ready") for path in pictures
    ]
    assert service.calls.count("POST /documents/batch") == 1
    assert service.calls.count("PUT S3") == 5


def test_a_file_that_is_refused_does_not_end_the_others(
    client: Any, service: Service, pictures: list[Path]
) -> None:
    pictures[1].write_bytes(b"")

    results = client.upload_many(uploads(pictures))

    assert isinstance(results[1], ProblemError)
    assert results[1].code == "size_too_small"
    assert all(isinstance(result, Document) for index, result in enumerate(results) if index != 1)


@pytest.mark.parametrize("part_size", [None, 5], ids=["one request", "parts"])
def test_a_file_that_cannot_be_read_or_named_does_not_end_the_others(
    client: Any, pictures: list[Path], tmp_path: Path, part_size: int | None
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    sources = [
        FileSource(pictures[0]),
        FileSource(folder, "folder.png"),
        FileSource(pictures[1], "caf\udce9.png"),
    ]

    results = client.upload_many([Upload(source=source, part_size=part_size) for source in sources])

    assert results[0].status == "ready"
    assert isinstance(results[1], FileChangedError)
    assert results[1].detail == "The file cannot be read: Is a directory."
    assert (type(results[2]), results[2].code) == (AirlockError, "filename_invalid")


def test_files_that_an_earlier_process_has_sent_are_not_sent_again(
    client: Any, service: Service, pictures: list[Path]
) -> None:
    pictures[1].write_bytes(b"")
    first = client.upload_many(uploads(pictures))
    pictures[1].write_bytes(PNG + b"now it has bytes")
    service.requests.clear()

    second = client.upload_many(uploads(pictures))

    assert service.calls.count("PUT S3") == 1
    assert [document.status for document in second] == ["ready"] * 5
    assert [document.id for index, document in enumerate(second) if index != 1] == [
        document.id for index, document in enumerate(first) if index != 1
    ]


def test_an_expired_url_of_a_batch_is_renewed_with_its_key(
    client: Any, service: Service, pictures: list[Path]
) -> None:
    service.fail_once("PUT S3", httpx.Response(403))

    assert all(document.status == "ready" for document in client.upload_many(uploads(pictures)))

    creates = [request for request in service.requests if request.url.path == "/documents/batch"]
    assert len({request.headers["idempotency-key"] for request in creates}) == 1
    assert len(client.list_page().documents) == 5


def test_a_url_of_a_batch_is_renewed_although_a_file_that_has_arrived_is_gone(
    client: Any, service: Service, pictures: list[Path]
) -> None:
    def remove_first(request: httpx.Request) -> httpx.Response | None:
        if request.method != "PUT" or not pictures[0].exists():
            return None
        pictures[0].unlink()
        service.fail_once("PUT S3", httpx.Response(503))
        return service.call_s3(request)

    service.faults.append(remove_first)

    results = client.upload_many(uploads(pictures), limit=1)

    assert [getattr(result, "status", result) for result in results] == ["ready"] * 5
    creates = [request for request in service.requests if request.url.path == "/documents/batch"]
    assert len(creates) == 2
    assert len({request.content for request in creates}) == 1


def test_a_renewed_url_of_a_batch_reads_no_other_file(
    client: Any, service: Service, pictures: list[Path]
) -> None:
    service.fail_once("PUT S3", httpx.Response(503))
    files = [CountedFile(path) for path in pictures]

    client.upload_many([Upload(source=file) for file in files])

    assert [file.reads for file in files] == [2] * 5  # to hash it, and to send it


@pytest.mark.parametrize(("status", "calls"), [(403, 1), (503, 8)])
def test_a_batch_that_fails_is_not_repeated_for_each_of_its_files(
    client: Any, service: Service, pictures: list[Path], status: int, calls: int
) -> None:
    service.faults.append(lambda _: httpx.Response(status, json={"code": "no", "detail": "No."}))
    files = [CountedFile(path) for path in pictures]

    results = client.upload_many([Upload(source=file) for file in files])

    assert [result.code for result in results] == ["no"] * 5
    assert service.calls == ["POST /documents/batch"] * calls
    assert [file.reads for file in files] == [1] * 5


def test_documents_are_listed_changed_deleted_and_restored(
    client: Any, service: Service, pictures: list[Path]
) -> None:
    document, *_ = client.upload_many(uploads(pictures[:2]))

    changed = client.update(document.id, {"title": "A cat"}, if_match=document.etag)
    assert changed.title == "A cat"
    assert [each.id for each in client.list(name_contains="cat")] == [document.id]
    with pytest.raises(ProblemError) as caught:
        client.update(document.id, {"title": "A dog"}, if_match=document.etag)
    assert caught.value.code == "precondition_failed"

    [result] = client.delete_many([document.id])
    assert result.problem is None
    assert [each.id for each in client.list(status="deleted")] == [document.id]
    assert client.restore(document.id).status == "ready"
    client.delete(document.id)


def test_kinds_and_manifests_are_read(client: Any, pictures: list[Path]) -> None:
    document = client.upload(pictures[0])

    assert "image" in [kind.name for kind in client.list_kinds().kinds]
    assert client.get_manifest(document.id).count(".") == 2
    assert client.get_manifest_keys()["keys"]


def test_the_usage_is_read_with_its_limits(client: Any, pictures: list[Path]) -> None:
    client.upload_many(uploads(pictures[:2]))
    usage = client.get_usage()
    assert (usage.today.files, usage.open_uploads.count) == (2, 0)
    assert usage.stored.remaining_bytes == usage.stored.max_bytes - usage.stored.bytes
    assert usage.today.max_download_bytes is None


def test_no_url_and_no_token_is_logged(
    service: Service, pictures: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "httpx")
    caplog.set_level(logging.DEBUG, "httpcore")
    with AirlockClient(ENDPOINT, TOKEN, transport=service.transport) as client:
        document = client.upload(pictures[0])
        download = client.get_download(document.id)

    assert "HTTP Request: PUT" in caplog.text
    assert "X-Amz-Signature" not in caplog.text + repr(download)
    assert TOKEN not in caplog.text

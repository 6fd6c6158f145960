"""Downloads of the Python client: ranges, interruptions, verification, names."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from airlock_client import IntegrityError, NetworkError, ProblemError, _ranges
from airlock_client._file_names import clean_name
from tests.journeys.files import mp4
from tests.python_client.service import Service

DATA = mp4(1000)
RANGES = 4
"""Ranges of DATA, see the fixture."""


@pytest.fixture(autouse=True)
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_ranges, "_MIN_RANGE", 300)


@pytest.fixture
def document_id(client: Any, service: Service, tmp_path: Path) -> str:
    path = tmp_path / "film.mp4"
    path.write_bytes(DATA)
    document = client.upload(path)
    path.unlink()
    service.requests.clear()
    return str(document.id)


def count_gets(service: Service) -> int:
    return service.calls.count("GET S3")


def test_a_file_is_downloaded_in_ranges_under_its_name(
    client: Any, service: Service, document_id: str, tmp_path: Path
) -> None:
    progress: list[tuple[int, int]] = []

    path = client.download(document_id, tmp_path, on_progress=lambda *counts: progress.append(counts))

    assert (path, path.read_bytes()) == (tmp_path / "film.mp4", DATA)
    assert count_gets(service) == RANGES
    assert progress[-1] == (1000, 1000)
    assert [each.name for each in tmp_path.iterdir() if "part" in each.name] == []


def test_a_download_that_was_interrupted_requests_only_the_missing_ranges(
    client: Any, service: Service, document_id: str, tmp_path: Path
) -> None:
    def fail(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(400) if request.headers.get("range") == "bytes=900-999" else None

    service.faults.append(fail)
    with pytest.raises(Exception, match="400"):
        client.download(document_id, tmp_path)
    state = _ranges.load_state(tmp_path / "film.mp4.part.json")
    service.faults.clear()
    service.requests.clear()

    path = client.download(document_id, tmp_path)

    assert path.read_bytes() == DATA
    assert state is not None
    assert count_gets(service) == len(state.missing)
    assert 3 in state.missing
    later = [request for request in service.requests if request.url.host != "api.example"]
    if state.etag:
        assert {request.headers.get("if-range") for request in later} == {state.etag}


def test_an_expired_url_is_renewed(client: Any, service: Service, document_id: str, tmp_path: Path) -> None:
    service.fail_once("GET S3", httpx.Response(403))

    assert client.download(document_id, tmp_path).read_bytes() == DATA
    assert service.calls.count(f"GET /documents/{document_id}/download") == 2


def test_a_lost_connection_is_repeated(
    client: Any, service: Service, document_id: str, tmp_path: Path
) -> None:
    service.fail_once("GET S3", httpx.ReadError("lost"))

    assert client.download(document_id, tmp_path).read_bytes() == DATA
    assert count_gets(service) == RANGES + 1


def test_other_bytes_than_those_of_the_record_are_not_kept(
    client: Any, service: Service, document_id: str, tmp_path: Path
) -> None:
    headers = {"etag": '"x"', "content-range": "bytes 0-299/1000"}
    service.faults.append(
        lambda request: (
            httpx.Response(206, content=bytes(300), headers=headers)
            if request.headers.get("range") == "bytes=0-299"
            else None
        )
    )

    with pytest.raises(IntegrityError):
        client.download(document_id, tmp_path)

    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_response_that_ignores_the_range_is_not_taken_for_one(
    client: Any, service: Service, document_id: str, tmp_path: Path
) -> None:
    service.fail_once("GET S3", httpx.Response(200, content=DATA))

    with pytest.raises(IntegrityError):
        client.download(document_id, tmp_path)


def test_a_short_response_is_repeated(
    client: Any, service: Service, document_id: str, tmp_path: Path
) -> None:
    def shorten(request: httpx.Request) -> httpx.Response | None:
        is_range = request.headers.get("range") == "bytes=300-599"
        return httpx.Response(206, content=b"x", headers={"etag": '"x"'}) if is_range else None

    service.faults.append(shorten)
    with pytest.raises((NetworkError, IntegrityError)):
        client.download(document_id, tmp_path)


def test_an_existing_file_is_replaced_only_on_request(client: Any, document_id: str, tmp_path: Path) -> None:
    target = tmp_path / "mine.mp4"
    target.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        client.download(document_id, target)

    client.download(document_id, target, overwrite=True)

    assert target.read_bytes() == DATA


def test_a_rendition_that_does_not_exist_is_a_problem(client: Any, document_id: str, tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as caught:
        client.download(document_id, tmp_path, rendition="preview")

    assert caught.value.code == "rendition_not_found"


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [("a/b.png", "a_b.png"), ("..\\x", ".._x"), ("/etc/passwd", "_etc_passwd"), ("ä.png", "ä.png")],
)
def test_a_name_never_leads_out_of_the_folder(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_that_names_no_file_is_an_error(name: str) -> None:
    with pytest.raises(IntegrityError):
        clean_name(name)

"""Downloads of the Python client: ranges, interruptions, verification, names."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from airlock_client import IntegrityError, ProblemError, _ranges
from airlock_client._file_names import clean_name, shorten_name
from airlock_client._partial_file import PartialFile
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


def test_a_download_that_was_looked_up_needs_no_further_call(
    client: Any, service: Service, document_id: str, tmp_path: Path
) -> None:
    found = client.get_download(document_id)

    path = client.download(document_id, tmp_path, found=found)

    assert path.read_bytes() == DATA
    assert service.calls.count(f"GET /documents/{document_id}/download") == 1


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
    def falsify(request: httpx.Request) -> httpx.Response | None:
        if "range" not in request.headers:
            return None
        start, end = map(int, request.headers["range"].removeprefix("bytes=").split("-"))
        return httpx.Response(206, content=bytes(end - start + 1), headers={"etag": '"x"'})

    service.faults.append(falsify)

    with pytest.raises(IntegrityError, match="SHA-256"):
        client.download(document_id, tmp_path)

    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == []


def test_a_response_that_ignores_the_range_is_not_taken_for_one(
    client: Any, service: Service, document_id: str, tmp_path: Path
) -> None:
    service.faults.append(
        lambda request: (
            httpx.Response(200, content=DATA, headers={"etag": '"x"'}) if "range" in request.headers else None
        )
    )

    with pytest.raises(IntegrityError, match="stored object"):
        client.download(document_id, tmp_path)


def test_a_range_of_another_object_ends_the_download(
    client: Any, service: Service, document_id: str, tmp_path: Path
) -> None:
    headers = {"etag": '"of another object"'}
    service.faults.append(
        lambda request: (
            httpx.Response(206, content=DATA[300:600], headers=headers)
            if request.headers.get("range") == "bytes=300-599"
            else None
        )
    )

    with pytest.raises(IntegrityError, match="stored object"):
        client.download(document_id, tmp_path)


def test_a_response_that_is_cut_off_is_repeated(
    client: Any, service: Service, document_id: str, tmp_path: Path
) -> None:
    cut: list[bool] = []

    def cut_off(request: httpx.Request) -> httpx.Response | None:
        if request.headers.get("range") != "bytes=300-599" or cut:
            return None
        cut.append(True)
        whole = service.call_s3(request)
        return httpx.Response(206, content=whole.content[:1], headers={"etag": whole.headers["etag"]})

    service.faults.append(cut_off)

    assert client.download(document_id, tmp_path).read_bytes() == DATA
    assert count_gets(service) == RANGES + 1


LONG_NAMES = {
    "235 bytes": "a" * 231 + ".mp4",
    "245 bytes": "a" * 241 + ".mp4",
    "246 bytes": "a" * 242 + ".mp4",
    "255 bytes": "a" * 251 + ".mp4",
    "255 bytes of several each": "\u732b" * 83 + "ab.mp4",
}


@pytest.mark.parametrize("name", LONG_NAMES.values(), ids=LONG_NAMES)
def test_a_file_with_a_long_name_is_continued_and_gets_its_name(tmp_path: Path, name: str) -> None:
    state = _ranges.DownloadState("id", None, 2, None, range_size=1)
    PartialFile(tmp_path / name, state).mark_done(0)

    partial = PartialFile(tmp_path / name, state)
    assert partial.state.missing == [1]
    partial.mark_done(1)
    partial.verify_and_rename()

    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_long_names_that_begin_alike_have_partial_files_of_their_own() -> None:
    names = ["a" * 254 + end for end in "xy"]

    assert len({shorten_name(name, 10) for name in names}) == 2
    assert {len(shorten_name(name, 10)) for name in names} == {245}


@contextmanager
def fill_disk(size: int) -> Iterator[None]:
    """Leaves room for the first `size` bytes of each file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_bytes_that_the_disk_has_no_room_for_are_an_error(tmp_path: Path) -> None:
    partial = PartialFile(tmp_path / "film.mp4", _ranges.DownloadState("id", None, 1000, None, 300))

    with pytest.raises(OSError, match="too large"), fill_disk(950), partial.open_at(900) as file:
        file.write(bytes(100))


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


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("NUL", "_NUL"),
        ("con.txt", "_con.txt"),
        ("COM¹ .tar.gz", "_COM¹ .tar.gz"),
        ("a.txt. .", "a.txt"),
        ("console.txt", "console.txt"),
        ("nul_.txt", "nul_.txt"),
    ],
)
def test_a_name_that_windows_cannot_save_is_changed(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


@pytest.mark.parametrize("name", ["", ".", "..", ". "])
def test_a_name_that_names_no_file_is_an_error(name: str) -> None:
    with pytest.raises(IntegrityError):
        clean_name(name)

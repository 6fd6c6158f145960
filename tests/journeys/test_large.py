"""Multipart uploads from a real browser: parallel parts, interruptions, and no part sent twice."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.browser import needs_chromium
from tests.journeys.documents_page import DocumentsPage
from tests.journeys.files import mp4
from tests.journeys.line_speed import FAST, remember_line_speed
from tests.journeys.multipart_upload import MIB
from tests.journeys.network_log import NetworkLog
from tests.journeys.request_blocker import RequestBlocker

pytestmark = [needs_chromium, pytest.mark.usefixtures("remove_large_files")]

_SIZE = 75_000_000
_PARTS = [1, 2, 3, 4, 5]
_BLOCKED = [2, 4]
"""Parts that are in flight when the test interrupts the upload."""

Film = Callable[[str], Path]


@pytest.fixture
def documents_page(line: None, context: BrowserContext) -> DocumentsPage:
    return DocumentsPage.open(context)


@pytest.fixture
def line(context: BrowserContext) -> None:
    """A line of 5 MiB a second, on which the film has five parts of 16 MiB and less."""
    remember_line_speed(context, 5 * MIB)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """Returns a function that creates the same 75 MB file under another name."""
    folder = tmp_path_factory.mktemp("films")
    original = folder / "original.mp4"
    original.write_bytes(mp4(_SIZE))

    def link(name: str) -> Path:
        os.link(original, folder / name)
        return folder / name

    return link


def _find_document(client: ApiClient, name: str) -> dict[str, object]:
    """Returns the document with this file name from the list of the API."""
    page = client.request_patiently("GET", "/documents", params={"limit": "20"})
    documents = page.json()["documents"]
    [document] = [document for document in documents if document["fileName"] == name]
    return dict(document)


def _assert_stored_unchanged(client: ApiClient, path: Path) -> None:
    document = _find_document(client, path.name)
    assert document["status"] == "ready"
    assert document["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_parts_are_sent_in_parallel_and_once_with_three_api_calls_and_polls(
    context: BrowserContext, network_log: NetworkLog, tmp_path: Path, ada: ApiClient
) -> None:
    """The parts are large, because the number of requests at a time grows while they are sent."""
    path = tmp_path / "parallel.mp4"
    path.write_bytes(mp4(4 * _SIZE))
    remember_line_speed(context, FAST)
    page = DocumentsPage.open(context)
    network_log.api_calls.clear()

    page.choose_files(path)
    page.expect_upload(path.name, "ready")

    assert sorted(network_log.sent_parts) == _PARTS
    assert network_log.max_in_flight >= 4
    assert network_log.api_calls[:3] == ["GET /kinds", "POST /documents", "POST /documents/{id}/complete"]
    assert set(network_log.api_calls[3:]) == {"GET /documents/{id}"}
    _assert_stored_unchanged(ada, path)


def test_a_new_page_resumes_the_upload_of_a_closed_one(
    documents_page: DocumentsPage,
    context: BrowserContext,
    network_log: NetworkLog,
    film: Film,
    ada: ApiClient,
) -> None:
    path = film("closed.mp4")
    blocker = _upload_until_blocked(documents_page, network_log, path)
    documents_page.page.close()
    blocker.release()
    network_log.sent_parts.clear()

    later = DocumentsPage.open(context)
    expect(later.get_upload(path.name)).to_contain_text("32 MiB of 71.5 MiB left. Choose the file again")
    later.page.get_by_label(f"Choose {path.name} again").set_input_files(path)
    later.expect_upload(path.name, "ready")

    assert sorted(network_log.sent_parts) == _BLOCKED
    expect(later.get_upload(path.name)).to_have_count(1)
    _assert_stored_unchanged(ada, path)


def test_a_changed_file_does_not_resume_the_upload(
    documents_page: DocumentsPage, context: BrowserContext, network_log: NetworkLog, film: Film
) -> None:
    path = film("changed.mp4")
    _upload_until_blocked(documents_page, network_log, path)
    documents_page.page.close()
    path.unlink()
    path.write_bytes(mp4(_SIZE))

    later = DocumentsPage.open(context)
    later.page.get_by_label(f"Choose {path.name} again").set_input_files(path)

    expect(later.get_upload(path.name)).to_contain_text("is a different file, or has changed since")
    later.press("Cancel", path.name)
    expect(later.get_document(path.name)).to_have_attribute("data-status", "aborted")


def test_a_pause_cancels_parts_in_flight_and_resume_sends_them_again(
    documents_page: DocumentsPage, network_log: NetworkLog, film: Film, ada: ApiClient
) -> None:
    path = film("paused.mp4")
    blocker = _upload_until_blocked(documents_page, network_log, path)
    network_log.sent_parts.clear()

    documents_page.press("Pause", path.name)
    expect(documents_page.get_upload(path.name)).to_contain_text("Paused")
    network_log.wait_until(documents_page.page, lambda: not network_log.parts_in_flight)
    blocker.release()
    assert network_log.sent_parts == []
    documents_page.press("Resume", path.name)
    documents_page.expect_upload(path.name, "ready")

    assert sorted(network_log.sent_parts) == _BLOCKED
    _assert_stored_unchanged(ada, path)


def test_nothing_is_sent_while_the_browser_is_offline(
    documents_page: DocumentsPage, network_log: NetworkLog, film: Film, ada: ApiClient
) -> None:
    path = film("offline.mp4")
    blocker = _upload_until_blocked(documents_page, network_log, path)
    network_log.sent_parts.clear()

    documents_page.page.context.set_offline(True)
    blocker.release()
    documents_page.expect_upload(path.name, "waiting")
    network_log.api_calls.clear()
    documents_page.page.wait_for_timeout(30_000)
    assert (network_log.sent_parts, network_log.api_calls) == ([], [])
    documents_page.page.context.set_offline(False)
    documents_page.expect_upload(path.name, "ready")

    assert sorted(network_log.sent_parts) == _BLOCKED
    _assert_stored_unchanged(ada, path)


def test_two_tabs_with_the_same_file_send_it_once(
    documents_page: DocumentsPage,
    context: BrowserContext,
    network_log: NetworkLog,
    film: Film,
    ada: ApiClient,
) -> None:
    path = film("tabs.mp4")
    blocker = _upload_until_blocked(documents_page, network_log, path)

    second = DocumentsPage.open_tab(context)
    second.choose_files(path)
    second.expect_upload(path.name, "locked")
    blocker.release()
    documents_page.expect_upload(path.name, "ready")
    second.expect_upload(path.name, "ready")

    assert sorted(network_log.sent_parts) == _PARTS
    _assert_stored_unchanged(ada, path)


def test_a_second_tab_continues_when_the_first_is_closed(
    documents_page: DocumentsPage,
    context: BrowserContext,
    network_log: NetworkLog,
    film: Film,
    ada: ApiClient,
) -> None:
    path = film("heir.mp4")
    blocker = _upload_until_blocked(documents_page, network_log, path)
    network_log.sent_parts.clear()

    second = DocumentsPage.open_tab(context)
    second.choose_files(path)
    second.expect_upload(path.name, "locked")
    documents_page.page.close()
    blocker.release()
    second.expect_upload(path.name, "ready")

    assert sorted(network_log.sent_parts) == _BLOCKED
    _assert_stored_unchanged(ada, path)


def test_a_cancelled_upload_leaves_no_parts_behind(
    documents_page: DocumentsPage, network_log: NetworkLog, film: Film, ada: ApiClient, admin: AdminClient
) -> None:
    path = film("cancelled.mp4")
    _upload_until_blocked(documents_page, network_log, path)
    document_id = str(_find_document(ada, path.name)["id"])
    assert admin.list_open_uploads(document_id)

    documents_page.press("Cancel", path.name)
    expect(documents_page.get_document(path.name)).to_have_attribute("data-status", "aborted")

    assert admin.list_open_uploads(document_id) == []


def test_an_expired_url_is_replaced(
    documents_page: DocumentsPage, network_log: NetworkLog, film: Film, ada: ApiClient, admin: AdminClient
) -> None:
    path = film("expired.mp4")
    with admin.override_settings("Uploads", AIRLOCK_URL_LIFETIME=30):
        blocker = _upload_until_blocked(documents_page, network_log, path)
        documents_page.page.wait_for_timeout(30_000)
    blocker.release()
    documents_page.expect_upload(path.name, "ready")

    assert sorted(network_log.sent_parts) == sorted([*_PARTS, *_BLOCKED])
    assert network_log.api_calls.count("POST /documents/{id}/parts") <= 2
    _assert_stored_unchanged(ada, path)


def _upload_until_blocked(
    documents_page: DocumentsPage, network_log: NetworkLog, path: Path
) -> RequestBlocker:
    """Chooses the file, and waits until S3 has stored all parts but the blocked ones."""
    blocker = RequestBlocker(documents_page.page.context, *_BLOCKED)
    documents_page.choose_files(path)
    rest = sorted(set(_PARTS) - set(_BLOCKED))
    network_log.wait_until(
        documents_page.page,
        lambda: sorted(network_log.stored_parts) == rest and sorted(network_log.parts_in_flight) == _BLOCKED,
    )
    return blocker

"""A file in parts, from a real browser: side by side, interrupted in every way a day offers, and never twice."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.journeys.backstage import Backstage
from tests.journeys.browser import needs_chromium
from tests.journeys.client import Client
from tests.journeys.documents_page import DocumentsPage
from tests.journeys.files import mp4
from tests.journeys.network_log import NetworkLog
from tests.journeys.parts import MIB
from tests.journeys.request_blocker import RequestBlocker

pytestmark = [needs_chromium, pytest.mark.usefixtures("remove_large_files")]

_SIZE = 300_000_000
_PARTS = [1, 2, 3, 4, 5]
_UNDER_WAY = [2, 4]
"""Those that have just begun when something happens."""

Film = Callable[[str], Path]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """Makes the same 300 MB file under another name."""
    folder = tmp_path_factory.mktemp("films")
    original = folder / "original.mp4"
    original.write_bytes(mp4(_SIZE))

    def named(name: str) -> Path:
        os.link(original, folder / name)
        return folder / name

    return named


def _document(client: Client, name: str) -> dict[str, object]:
    """The one that is called so, as the API lists it."""
    listed = client.call("GET", "/documents", params={"limit": "20"}).json()["documents"]
    [found] = [document for document in listed if document["fileName"] == name]
    return dict(found)


def _assert_arrived_whole(client: Client, path: Path) -> None:
    document = _document(client, path.name)
    assert document["status"] == "ready"
    assert document["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_parts_travel_side_by_side_each_once_with_four_calls_at_most(
    documents_page: DocumentsPage, network_log: NetworkLog, film: Film, ada: Client
) -> None:
    path = film("parallel.mp4")
    network_log.api_calls.clear()

    documents_page.choose_files(path)
    documents_page.expect_upload(path.name, "ready")

    assert sorted(network_log.sent_parts) == _PARTS
    assert network_log.max_in_flight >= 4
    assert network_log.api_calls[:2] == ["POST /documents", "POST /documents/{id}/complete"]
    assert set(network_log.api_calls[2:]) == {"GET /documents/{id}"}
    assert len(network_log.api_calls) <= 4
    _assert_arrived_whole(ada, path)


def test_a_new_page_goes_on_where_a_closed_one_was(
    documents_page: DocumentsPage, context: BrowserContext, network_log: NetworkLog, film: Film, ada: Client
) -> None:
    path = film("closed.mp4")
    blocker = _half_way(documents_page, network_log, path)
    documents_page.page.close()
    blocker.release()
    network_log.sent_parts.clear()

    later = DocumentsPage.open(context)
    expect(later.get_upload(path.name)).to_contain_text("134 MB of 300 MB left. Choose the file again")
    later.page.get_by_label(f"Choose {path.name} again").set_input_files(path)
    later.expect_upload(path.name, "ready")

    assert sorted(network_log.sent_parts) == _UNDER_WAY
    expect(later.get_upload(path.name)).to_have_count(1)
    _assert_arrived_whole(ada, path)


def test_a_file_that_has_changed_is_not_mixed_into_what_is_there(
    documents_page: DocumentsPage, context: BrowserContext, network_log: NetworkLog, film: Film
) -> None:
    path = film("changed.mp4")
    _half_way(documents_page, network_log, path)
    documents_page.page.close()
    path.unlink()
    path.write_bytes(mp4(_SIZE))

    later = DocumentsPage.open(context)
    later.page.get_by_label(f"Choose {path.name} again").set_input_files(path)

    expect(later.get_upload(path.name)).to_contain_text("is a different file, or has changed since")
    later.press("Cancel", path.name)
    expect(later.get_document(path.name)).to_have_attribute("data-status", "aborted")


def test_a_pause_stops_what_is_under_way_and_the_rest_follows_after_it(
    documents_page: DocumentsPage, network_log: NetworkLog, film: Film, ada: Client
) -> None:
    path = film("paused.mp4")
    blocker = _half_way(documents_page, network_log, path)
    network_log.sent_parts.clear()

    documents_page.press("Pause", path.name)
    expect(documents_page.get_upload(path.name)).to_contain_text("Paused")
    network_log.wait_until(documents_page.page, lambda: not network_log.parts_in_flight)
    blocker.release()
    assert network_log.sent_parts == []
    documents_page.press("Resume", path.name)
    documents_page.expect_upload(path.name, "ready")

    assert sorted(network_log.sent_parts) == _UNDER_WAY
    _assert_arrived_whole(ada, path)


def test_ten_seconds_offline_are_waited_for_and_not_filled_with_tries(
    documents_page: DocumentsPage, network_log: NetworkLog, film: Film, ada: Client
) -> None:
    path = film("offline.mp4")
    blocker = _half_way(documents_page, network_log, path)
    network_log.sent_parts.clear()

    documents_page.page.context.set_offline(True)
    blocker.release()
    documents_page.expect_upload(path.name, "waiting")
    network_log.api_calls.clear()
    back = documents_page.page.evaluate("performance.now() + 10_000")
    documents_page.page.wait_for_function("back => performance.now() > back", arg=back)
    assert (network_log.sent_parts, network_log.api_calls) == ([], [])
    documents_page.page.context.set_offline(False)
    documents_page.expect_upload(path.name, "ready")

    assert sorted(network_log.sent_parts) == _UNDER_WAY
    _assert_arrived_whole(ada, path)


def test_two_tabs_with_one_file_send_it_once(
    documents_page: DocumentsPage, context: BrowserContext, network_log: NetworkLog, film: Film, ada: Client
) -> None:
    path = film("tabs.mp4")
    blocker = _half_way(documents_page, network_log, path)

    second = DocumentsPage.open(context)
    second.choose_files(path)
    second.expect_upload(path.name, "locked")
    blocker.release()
    documents_page.expect_upload(path.name, "ready")
    second.expect_upload(path.name, "ready")

    assert sorted(network_log.sent_parts) == _PARTS
    _assert_arrived_whole(ada, path)


def test_a_second_tab_takes_over_when_the_first_is_closed(
    documents_page: DocumentsPage, context: BrowserContext, network_log: NetworkLog, film: Film, ada: Client
) -> None:
    path = film("heir.mp4")
    blocker = _half_way(documents_page, network_log, path)
    network_log.sent_parts.clear()

    second = DocumentsPage.open(context)
    second.choose_files(path)
    second.expect_upload(path.name, "locked")
    documents_page.page.close()
    blocker.release()
    second.expect_upload(path.name, "ready")

    assert sorted(network_log.sent_parts) == _UNDER_WAY
    _assert_arrived_whole(ada, path)


def test_what_is_cancelled_leaves_no_parts_behind(
    documents_page: DocumentsPage, network_log: NetworkLog, film: Film, ada: Client, backstage: Backstage
) -> None:
    path = film("cancelled.mp4")
    _half_way(documents_page, network_log, path)
    document_id = str(_document(ada, path.name)["id"])
    assert backstage.open_uploads(document_id)

    documents_page.press("Cancel", path.name)
    expect(documents_page.get_document(path.name)).to_have_attribute("data-status", "aborted")

    assert backstage.open_uploads(document_id) == []


def test_a_url_that_has_expired_on_the_way_is_signed_again(
    documents_page: DocumentsPage,
    context: BrowserContext,
    network_log: NetworkLog,
    tmp_path: Path,
    ada: Client,
    backstage: Backstage,
) -> None:
    path = tmp_path / "expired.mp4"
    path.write_bytes(mp4(65 * MIB))
    blocker = RequestBlocker(context, 2)
    with backstage.settings("Uploads", AIRLOCK_URL_LIFETIME=10):
        documents_page.choose_files(path)
        network_log.wait_until(documents_page.page, lambda: network_log.stored_parts == [1])
        late = documents_page.page.evaluate("performance.now() + 10_000")
        documents_page.page.wait_for_function("late => performance.now() > late", arg=late)
        blocker.release()
        documents_page.expect_upload(path.name, "ready")

    assert sorted(network_log.sent_parts) == [1, 2, 2]
    assert network_log.api_calls.count("POST /documents/{id}/parts") == 1
    _assert_arrived_whole(ada, path)


def _half_way(documents_page: DocumentsPage, network_log: NetworkLog, path: Path) -> RequestBlocker:
    """Choose it, and wait until S3 has all parts but those that are under way."""
    blocker = RequestBlocker(documents_page.page.context, *_UNDER_WAY)
    documents_page.choose_files(path)
    rest = sorted(set(_PARTS) - set(_UNDER_WAY))
    network_log.wait_until(
        documents_page.page,
        lambda: (
            sorted(network_log.stored_parts) == rest and sorted(network_log.parts_in_flight) == _UNDER_WAY
        ),
    )
    return blocker

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
from tests.journeys.desk import Desk
from tests.journeys.files import mp4
from tests.journeys.gate import Gate
from tests.journeys.parts import MIB
from tests.journeys.traffic import Traffic

pytestmark = [needs_chromium, pytest.mark.usefixtures("tidy")]

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
    desk: Desk, traffic: Traffic, film: Film, ada: Client
) -> None:
    path = film("parallel.mp4")
    traffic.calls.clear()

    desk.choose(path)
    desk.expect_upload(path.name, "ready")

    assert sorted(traffic.sent) == _PARTS
    assert traffic.most_at_once >= 4
    assert traffic.calls[:2] == ["POST /documents", "POST /documents/{id}/complete"]
    assert set(traffic.calls[2:]) == {"GET /documents/{id}"}
    assert len(traffic.calls) <= 4
    _assert_arrived_whole(ada, path)


def test_a_new_page_goes_on_where_a_closed_one_was(
    desk: Desk, context: BrowserContext, traffic: Traffic, film: Film, ada: Client
) -> None:
    path = film("closed.mp4")
    gate = _half_way(desk, traffic, path)
    desk.page.close()
    gate.open()
    traffic.sent.clear()

    later = Desk.open(context)
    expect(later.upload(path.name)).to_contain_text("134 MB of 300 MB are missing. Choose the file again")
    later.page.get_by_label(f"Choose {path.name} again").set_input_files(path)
    later.expect_upload(path.name, "ready")

    assert sorted(traffic.sent) == _UNDER_WAY
    expect(later.upload(path.name)).to_have_count(1)
    _assert_arrived_whole(ada, path)


def test_a_file_that_has_changed_is_not_mixed_into_what_is_there(
    desk: Desk, context: BrowserContext, traffic: Traffic, film: Film
) -> None:
    path = film("changed.mp4")
    _half_way(desk, traffic, path)
    desk.page.close()
    path.unlink()
    path.write_bytes(mp4(_SIZE))

    later = Desk.open(context)
    later.page.get_by_label(f"Choose {path.name} again").set_input_files(path)

    expect(later.upload(path.name)).to_contain_text("is another file, or has changed since")
    later.press("Cancel", path.name)
    expect(later.document(path.name)).to_have_attribute("data-status", "aborted")


def test_a_pause_stops_what_is_under_way_and_the_rest_follows_after_it(
    desk: Desk, traffic: Traffic, film: Film, ada: Client
) -> None:
    path = film("paused.mp4")
    gate = _half_way(desk, traffic, path)
    traffic.sent.clear()

    desk.press("Pause", path.name)
    expect(desk.upload(path.name)).to_contain_text("CopyPaused")
    traffic.wait_until(desk.page, lambda: not traffic.under_way)
    gate.open()
    assert traffic.sent == []
    desk.press("Resume", path.name)
    desk.expect_upload(path.name, "ready")

    assert sorted(traffic.sent) == _UNDER_WAY
    _assert_arrived_whole(ada, path)


def test_ten_seconds_offline_are_waited_for_and_not_filled_with_tries(
    desk: Desk, traffic: Traffic, film: Film, ada: Client
) -> None:
    path = film("offline.mp4")
    gate = _half_way(desk, traffic, path)
    traffic.sent.clear()

    desk.page.context.set_offline(True)
    gate.open()
    desk.expect_upload(path.name, "waiting")
    traffic.calls.clear()
    back = desk.page.evaluate("performance.now() + 10_000")
    desk.page.wait_for_function("back => performance.now() > back", arg=back)
    assert (traffic.sent, traffic.calls) == ([], [])
    desk.page.context.set_offline(False)
    desk.expect_upload(path.name, "ready")

    assert sorted(traffic.sent) == _UNDER_WAY
    _assert_arrived_whole(ada, path)


def test_two_tabs_with_one_file_send_it_once(
    desk: Desk, context: BrowserContext, traffic: Traffic, film: Film, ada: Client
) -> None:
    path = film("tabs.mp4")
    gate = _half_way(desk, traffic, path)

    second = Desk.open(context)
    second.choose(path)
    second.expect_upload(path.name, "elsewhere")
    gate.open()
    desk.expect_upload(path.name, "ready")
    second.expect_upload(path.name, "ready")

    assert sorted(traffic.sent) == _PARTS
    _assert_arrived_whole(ada, path)


def test_a_second_tab_takes_over_when_the_first_is_closed(
    desk: Desk, context: BrowserContext, traffic: Traffic, film: Film, ada: Client
) -> None:
    path = film("heir.mp4")
    gate = _half_way(desk, traffic, path)
    traffic.sent.clear()

    second = Desk.open(context)
    second.choose(path)
    second.expect_upload(path.name, "elsewhere")
    desk.page.close()
    gate.open()
    second.expect_upload(path.name, "ready")

    assert sorted(traffic.sent) == _UNDER_WAY
    _assert_arrived_whole(ada, path)


def test_what_is_cancelled_leaves_no_parts_behind(
    desk: Desk, traffic: Traffic, film: Film, ada: Client, backstage: Backstage
) -> None:
    path = film("cancelled.mp4")
    _half_way(desk, traffic, path)
    document_id = str(_document(ada, path.name)["id"])
    assert backstage.open_uploads(document_id)

    desk.press("Cancel", path.name)
    expect(desk.document(path.name)).to_have_attribute("data-status", "aborted")

    assert backstage.open_uploads(document_id) == []


def test_a_url_that_has_expired_on_the_way_is_signed_again(
    desk: Desk, context: BrowserContext, traffic: Traffic, tmp_path: Path, ada: Client, backstage: Backstage
) -> None:
    path = tmp_path / "expired.mp4"
    path.write_bytes(mp4(65 * MIB))
    gate = Gate(context, 2)
    with backstage.settings("Uploads", AIRLOCK_URL_LIFETIME=10):
        desk.choose(path)
        traffic.wait_until(desk.page, lambda: traffic.arrived == [1])
        late = desk.page.evaluate("performance.now() + 10_000")
        desk.page.wait_for_function("late => performance.now() > late", arg=late)
        gate.open()
        desk.expect_upload(path.name, "ready")

    assert sorted(traffic.sent) == [1, 2, 2]
    assert traffic.calls.count("POST /documents/{id}/parts") == 1
    _assert_arrived_whole(ada, path)


def _half_way(desk: Desk, traffic: Traffic, path: Path) -> Gate:
    """Choose it, and wait until S3 has all parts but those that are under way."""
    gate = Gate(desk.page.context, *_UNDER_WAY)
    desk.choose(path)
    rest = sorted(set(_PARTS) - set(_UNDER_WAY))
    traffic.wait_until(
        desk.page, lambda: sorted(traffic.arrived) == rest and sorted(traffic.under_way) == _UNDER_WAY
    )
    return gate

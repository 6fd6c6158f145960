"""Uppy's own Dashboard over our plugin: what its buttons promise happens."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Route

from local.stack import LocalStack
from tests.journeys.backstage import Backstage
from tests.journeys.browser import needs_chromium
from tests.journeys.client import Client
from tests.journeys.files import mp4, png
from tests.journeys.gate import Gate
from tests.journeys.parts import MIB
from tests.journeys.traffic import Traffic
from tests.journeys.uppy_page import UppyPage

pytestmark = [needs_chromium, pytest.mark.usefixtures("tidy")]

_REFUSED = "<Error><Code>SignatureDoesNotMatch</Code><Message>No.</Message></Error>"


@pytest.fixture
def dashboard(context: BrowserContext, stack: LocalStack) -> UppyPage:
    return UppyPage.open(context, stack)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Three parts: 64 MiB, 64 MiB and 1 MiB."""
    path = tmp_path / "film.mp4"
    path.write_bytes(mp4(129 * MIB))
    return path


def test_the_dashboard_uploads_a_file_and_hands_out_its_document(
    dashboard: UppyPage, tmp_path: Path, ada: Client
) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(png())

    dashboard.choose(path)
    dashboard.expect_words("Complete")

    [document] = dashboard.documents
    assert document["status"] == "ready"
    assert document["metadata"] == {"project": "x"}
    assert ada.document(document["id"]) == document


def test_what_was_rejected_says_why(dashboard: UppyPage, tmp_path: Path) -> None:
    path = tmp_path / "fake.png"
    path.write_bytes(b"%PDF-1.7\n")

    dashboard.choose(path)

    dashboard.expect_error("Rejected. Announced as PNG image; what is inside is PDF.")
    assert dashboard.documents == []


def test_a_large_file_is_paused_and_resumed(
    dashboard: UppyPage, context: BrowserContext, traffic: Traffic, film: Path
) -> None:
    gate = Gate(context, 2)
    dashboard.choose(film)
    traffic.wait_until(dashboard.page, lambda: sorted(traffic.arrived) == [1, 3])

    dashboard.press("Pause")
    traffic.wait_until(dashboard.page, lambda: not traffic.under_way)
    gate.open()
    dashboard.expect_words("Paused")
    dashboard.press("Resume")
    dashboard.expect_words("Complete")

    assert traffic.most_at_once > 1
    assert sorted(traffic.sent) == [1, 2, 2, 3]
    assert [document["status"] for document in dashboard.documents] == ["ready"]


def test_what_is_cancelled_leaves_no_parts_behind(
    dashboard: UppyPage,
    context: BrowserContext,
    traffic: Traffic,
    film: Path,
    ada: Client,
    backstage: Backstage,
) -> None:
    Gate(context, 2)
    dashboard.choose(film)
    traffic.wait_until(dashboard.page, lambda: sorted(traffic.arrived) == [1, 3])
    document_id = ada.newest()["id"]
    assert backstage.open_uploads(document_id)

    with dashboard.page.expect_request_finished(lambda request: request.url.endswith("/abort")):
        dashboard.press("Cancel")

    assert ada.document(document_id)["status"] == "aborted"
    assert backstage.open_uploads(document_id) == []


def test_a_retry_sends_only_what_is_missing(
    dashboard: UppyPage, context: BrowserContext, traffic: Traffic, film: Path
) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=403, body=_REFUSED, headers={"access-control-allow-origin": "*"})

    context.route("**partNumber=2&**", refuse, times=1)
    dashboard.choose(film)
    dashboard.expect_error("The storage refused the file: it is not the one that was announced.")
    arrived = set(traffic.arrived)
    traffic.sent.clear()

    dashboard.press("Retry upload")
    dashboard.expect_words("Complete")

    assert sorted(traffic.sent) == sorted({1, 2, 3} - arrived)


def test_after_a_reload_the_same_file_goes_on_where_it_was(
    dashboard: UppyPage, context: BrowserContext, stack: LocalStack, traffic: Traffic, film: Path
) -> None:
    gate = Gate(context, 2)
    dashboard.choose(film)
    traffic.wait_until(dashboard.page, lambda: sorted(traffic.arrived) == [1, 3])
    dashboard.page.close()
    gate.open()
    traffic.sent.clear()

    later = UppyPage.open(context, stack)
    later.choose(film)
    later.expect_words("Complete")

    assert traffic.sent == [2]

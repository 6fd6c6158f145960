"""Uppy's Dashboard with the plugin: upload, errors, pause, cancel, retry and resume."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Route

from local.stack import LocalStack
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.browser import needs_chromium
from tests.journeys.files import mp4, png
from tests.journeys.line_speed import FAST, remember_line_speed
from tests.journeys.multipart_upload import MIB
from tests.journeys.network_log import NetworkLog
from tests.journeys.request_blocker import RequestBlocker
from tests.journeys.step_waiting import StepWaiting
from tests.journeys.uppy_page import UppyPage

pytestmark = [needs_chromium, pytest.mark.usefixtures("remove_large_files")]

_SIGNATURE_ERROR = "<Error><Code>SignatureDoesNotMatch</Code><Message>No.</Message></Error>"


@pytest.fixture
def dashboard(context: BrowserContext, stack: LocalStack) -> UppyPage:
    remember_line_speed(context, FAST)
    return UppyPage.open(context, stack)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Creates a file of three parts on a fast line, 64 MiB, 64 MiB and 1 MiB."""
    path = tmp_path / "film.mp4"
    path.write_bytes(mp4(129 * MIB))
    return path


def test_the_dashboard_uploads_a_file_and_emits_its_document(
    dashboard: UppyPage, tmp_path: Path, ada: ApiClient
) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(png())

    dashboard.choose_file(path)
    dashboard.expect_text("Complete")

    [document] = dashboard.documents
    assert document["status"] == "ready"
    assert document["metadata"] == {"project": "x"}
    assert ada.get_document(document["id"]) == document


def test_a_call_that_the_gateway_throttles_is_repeated(
    dashboard: UppyPage, context: BrowserContext, tmp_path: Path
) -> None:
    throttled: list[Route] = []

    def throttle(route: Route) -> None:
        throttled.append(route)
        headers = {"access-control-allow-origin": "*"}
        route.fulfill(status=429, json={"message": "Too Many Requests"}, headers=headers)

    context.route(re.compile(r"/documents(/batch)?$"), throttle, times=2)
    path = tmp_path / "picture.png"
    path.write_bytes(png())

    dashboard.choose_file(path)
    dashboard.expect_text("Complete")

    assert len(throttled) == 2
    assert [document["status"] for document in dashboard.documents] == ["ready"]


def test_a_rejected_file_shows_why(dashboard: UppyPage, tmp_path: Path) -> None:
    path = tmp_path / "fake.png"
    path.write_bytes(b"%PDF-1.7\n")

    dashboard.choose_file(path)

    dashboard.expect_error("Rejected. Declared as a PNG image, but contains a PDF document.")
    assert dashboard.documents == []


def test_the_status_bar_names_the_step_that_waits(
    dashboard: UppyPage, context: BrowserContext, tmp_path: Path
) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(png())
    waiting = StepWaiting(context)
    dashboard.choose_file(path)
    dashboard.expect_text("Waiting for word list")
    assert dashboard.documents == []

    waiting.release()

    dashboard.expect_text("Complete")
    assert [document["status"] for document in dashboard.documents] == ["ready"]


def test_a_large_file_is_paused_and_resumed(
    dashboard: UppyPage, context: BrowserContext, network_log: NetworkLog, film: Path
) -> None:
    blocker = RequestBlocker(context, 2)
    dashboard.choose_file(film)
    network_log.wait_until(dashboard.page, lambda: sorted(network_log.stored_parts) == [1, 3])

    dashboard.press("Pause")
    network_log.wait_until(dashboard.page, lambda: not network_log.parts_in_flight)
    blocker.release()
    dashboard.expect_text("Paused")
    dashboard.press("Resume")
    dashboard.expect_text("Complete")

    assert network_log.max_in_flight > 1
    assert sorted(network_log.sent_parts) == [1, 2, 2, 3]
    assert [document["status"] for document in dashboard.documents] == ["ready"]


def test_a_cancelled_upload_leaves_no_parts_behind(
    dashboard: UppyPage,
    context: BrowserContext,
    network_log: NetworkLog,
    film: Path,
    ada: ApiClient,
    admin: AdminClient,
) -> None:
    RequestBlocker(context, 2)
    dashboard.choose_file(film)
    network_log.wait_until(dashboard.page, lambda: sorted(network_log.stored_parts) == [1, 3])
    document_id = ada.get_newest()["id"]
    assert admin.list_open_uploads(document_id)

    with dashboard.page.expect_request_finished(lambda request: request.url.endswith("/abort")):
        dashboard.press("Cancel")

    assert ada.get_document(document_id)["status"] == "aborted"
    assert admin.list_open_uploads(document_id) == []


def test_a_retry_sends_only_the_missing_parts(
    dashboard: UppyPage, context: BrowserContext, network_log: NetworkLog, film: Path
) -> None:
    routes: list[Route] = []
    context.route("**partNumber=2&**", lambda route: routes.append(route), times=1)
    dashboard.choose_file(film)
    network_log.wait_until(dashboard.page, lambda: sorted(network_log.stored_parts) == [1, 3])
    headers = {"access-control-allow-origin": "*"}
    routes.pop().fulfill(status=403, body=_SIGNATURE_ERROR, headers=headers)
    dashboard.expect_error("The storage rejected the file because it differs from what was declared.")
    network_log.sent_parts.clear()

    dashboard.press("Retry upload")
    dashboard.expect_text("Complete")

    assert network_log.sent_parts == [2]


def test_after_a_reload_the_same_file_resumes(
    dashboard: UppyPage, context: BrowserContext, stack: LocalStack, network_log: NetworkLog, film: Path
) -> None:
    blocker = RequestBlocker(context, 2)
    dashboard.choose_file(film)
    network_log.wait_until(dashboard.page, lambda: sorted(network_log.stored_parts) == [1, 3])
    dashboard.page.close()
    blocker.release()
    network_log.sent_parts.clear()

    later = UppyPage.open(context, stack)
    later.choose_file(film)
    later.expect_text("Complete")

    assert network_log.sent_parts == [2]

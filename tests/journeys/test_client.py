"""Decisions of the upload client: concurrency, checksums, and what to do after a lost response."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from local.stack import LocalStack
from tests.journeys.browser import needs_chromium, new_context
from tests.journeys.documents_page import DocumentsPage
from tests.journeys.files import mp4
from tests.journeys.flaky_proxy import start_flaky_proxy
from tests.journeys.line_speed import FAST, remember_line_speed
from tests.journeys.multipart_upload import MIB
from tests.journeys.network_log import NetworkLog

pytestmark = [needs_chromium, pytest.mark.usefixtures("remove_large_files")]

_SIMULATE = """async ({ perConnection, total, seconds, failsAt }) => {
  const { ConcurrencyController } = await import("/airlock/concurrency-controller.js");
  const controller = new ConcurrencyController();
  const limits = [];
  for (let now = 1; now < seconds * 1000; now += 50) {
    if (now - 1 === failsAt * 1000) controller.recordFailure(now);
    const running = controller.limit;
    const bytes = Math.min(perConnection * running, total) * 0.05;
    for (let part = 0; part < running; part++) controller.recordProgress(bytes / running, running, now);
    if (now % 2000 === 1) controller.recordSuccess();
    limits.push(controller.limit);
  }
  return limits;
}"""

_HASH = """async () => {
  const { Hasher } = await import("/airlock/hasher.js");
  return new Hasher().digest(new Blob(["airlock"]));
}"""

_DESCRIBE = """async (document) => {
  const { describeOutcome } = await import("/airlock/messages.js");
  const { CODES } = await import("/airlock/codes.js");
  return [describeOutcome(document), CODES[document.reason]?.message ?? null];
}"""

_UPLOAD = """async ({ endpoint, token, options }) => {
  const { Airlock } = await import("/airlock/index.js");
  const airlock = new Airlock({ endpoint, getToken: async () => token });
  return airlock.upload(document.querySelector("input").files[0], options);
}"""


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return _open_empty_page(context)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Creates a file of two parts on a fast line, 64 MiB and 1 MiB."""
    path = tmp_path / "film.mp4"
    path.write_bytes(mp4(65 * MIB))
    return path


def _open_empty_page(context: BrowserContext) -> Page:
    """Opens a page with nothing but a file input, on the origin of the example page."""
    page = context.new_page()
    page.goto("/airlock/index.js")
    page.set_content("<input type=file>")
    return page


def _describe(
    page: Page,
    reason: str | None,
    detected: str | None = None,
    status: str = "rejected",
    step: dict[str, str] | None = None,
) -> list[str]:
    """Returns the description of a PNG document's outcome, and the sentence of its reason in the table of codes."""
    types = {"declaredContentType": "image/png", "contentType": detected, "steps": [step] if step else []}
    texts: list[str] = page.evaluate(_DESCRIBE, types | {"reason": reason, "status": status})
    return texts


def _simulate(page: Page, **network: float) -> list[int]:
    """Returns the limit of parallel parts every 50 ms; speeds are bytes per second."""
    default = {"perConnection": 1e12, "total": 1e12, "seconds": 60, "failsAt": -1}
    limits: list[int] = page.evaluate(_SIMULATE, default | network)
    return limits


def _upload(page: Page, stack: LocalStack, path: Path, **options: str) -> dict[str, Any]:
    page.locator("input").set_input_files(path)
    access = {"endpoint": stack.api, "token": stack.users[0].access_token}
    document: dict[str, Any] = page.evaluate(_UPLOAD, access | {"options": options})
    return document


def test_slow_connections_raise_the_limit(page: Page) -> None:
    limits = _simulate(page, perConnection=10e6)

    assert (limits[0], limits[-1]) == (4, 5)


def test_a_saturated_network_does_not_raise_the_limit_for_long(page: Page) -> None:
    limits = _simulate(page, total=40e6)

    assert max(limits) == 5
    assert limits.count(5) < len(limits) / 5


def test_an_error_halves_the_limit_and_success_restores_it(page: Page) -> None:
    limits = _simulate(page, total=40e6, failsAt=9, seconds=30)

    assert min(limits) == 2
    assert limits[-1] == 4


def test_every_part_has_a_checksum_on_request(
    context: BrowserContext, stack: LocalStack, network_log: NetworkLog, film: Path
) -> None:
    remember_line_speed(context, FAST)
    page = _open_empty_page(context)
    document = _upload(page, stack, film, checksum="always")

    assert document["status"] == "ready"
    assert sorted(network_log.sent_parts) == [1, 2]
    assert all("x-amz-checksum-sha256" in headers for headers in network_log.part_headers)
    # A slow machine asks for the first part's URL before it has the second part's checksum, and polls more than once.
    assert network_log.api_calls.count("POST /documents/{id}/parts") <= 2
    assert network_log.api_calls.count("POST /documents") == 1
    assert len([call for call in network_log.api_calls if call != "GET /documents/{id}"]) <= 5


@pytest.mark.parametrize(("speed", "has_checksums"), [(None, False), (100_000, True), (10**12, False)])
def test_parts_have_checksums_by_default_where_the_last_upload_was_slow(
    context: BrowserContext,
    stack: LocalStack,
    network_log: NetworkLog,
    film: Path,
    speed: int | None,
    has_checksums: bool,
) -> None:
    if speed is not None:
        remember_line_speed(context, speed)

    _upload(_open_empty_page(context), stack, film)

    assert {"x-amz-checksum-sha256" in headers for headers in network_log.part_headers} == {has_checksums}


def test_the_policy_of_the_page_allows_the_hashing_worker(documents_page: DocumentsPage) -> None:
    with documents_page.page.expect_worker():
        digest = documents_page.page.evaluate(_HASH)

    assert digest == hashlib.sha256(b"airlock").hexdigest()


def test_a_part_whose_response_was_lost_is_not_sent_again(
    browser: Browser, stack: LocalStack, film: Path
) -> None:
    with start_flaky_proxy(r"[?&]partNumber=2&") as address:
        context = new_context(browser, base_url=stack.web, proxy={"server": address, "bypass": "<-loopback>"})
        remember_line_speed(context, FAST)
        network_log = NetworkLog(context, stack.api)
        document = _upload(_open_empty_page(context), stack, film)
        context.close()

    assert document["status"] == "ready"
    assert sorted(network_log.sent_parts) == [1, 2]
    assert sorted(network_log.stored_parts) == [1]
    assert network_log.api_calls.count("GET /documents/{id}/parts") == 1


def test_a_file_of_another_type_is_described_by_both_types(page: Page) -> None:
    outcome, _ = _describe(page, "type_mismatch", "text/html")

    assert outcome == "Rejected. Declared as a PNG image, but contains an HTML page."


@pytest.mark.parametrize("detected", [None, "image/png", "application/octet-stream"])
def test_other_reasons_are_described_by_the_table_of_codes(page: Page, detected: str | None) -> None:
    outcome, sentence = _describe(page, "suspicious_content", detected)

    assert sentence
    assert outcome == f"Rejected. {sentence}"


def test_a_step_rejects_in_its_own_words(page: Page) -> None:
    step = {"name": "word_list", "status": "rejected", "detail": "The text contains the word 'secret'."}

    assert _describe(page, "step_rejected", step=step)[0] == "Rejected. The text contains the word 'secret'."


def test_a_step_that_waits_is_described_by_its_name_or_in_its_own_words(page: Page) -> None:
    step = {"name": "word_list", "status": "waiting"}

    assert _describe(page, None, status="processing", step=step)[0] == "Checking. Waiting for word list"
    step["detail"] = "Copying a large file."
    assert _describe(page, None, status="processing", step=step)[0] == "Checking. Copying a large file"


def test_a_reason_that_is_not_in_the_table_is_described_by_its_code(page: Page) -> None:
    assert _describe(page, "sealed_with_wax") == ["Rejected. Reason: sealed with wax.", None]


def test_a_document_without_a_reason_is_described_by_its_status(page: Page) -> None:
    assert _describe(page, None, "image/png", "ready") == ["Ready", None]
    assert _describe(page, None, status="expired") == ["Expired. The file was not uploaded in time.", None]

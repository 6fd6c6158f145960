"""What the upload client decides by itself: its pace on a line, checksums, and what to make of a lost answer."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from local.stack import LocalStack
from tests.journeys.browser import needs_chromium
from tests.journeys.desk import Desk
from tests.journeys.files import mp4
from tests.journeys.forgetful import forgetful_proxy
from tests.journeys.parts import MIB
from tests.journeys.traffic import Traffic

pytestmark = [needs_chromium, pytest.mark.usefixtures("tidy")]

_PACE = """async ({ perConnection, line, partSize, seconds, failsAt }) => {
  const { Pace } = await import("/airlock/pace.js");
  const pace = new Pace(partSize);
  const widths = [];
  for (let now = 1; now < seconds * 1000; now += 50) {
    if (now - 1 === failsAt * 1000) pace.failed(now);
    const running = pace.width;
    const bytes = Math.min(perConnection * running, line) * 0.05;
    for (let part = 0; part < running; part++) pace.moved(bytes / running, running, now);
    if (now % 2000 === 1) pace.arrived();
    widths.push(pace.width);
  }
  return widths;
}"""

_HASH = """async () => {
  const { Hasher } = await import("/airlock/hasher.js");
  return new Hasher().digest(new Blob(["airlock"]));
}"""

_UPLOAD = """async ({ endpoint, token, options }) => {
  const { Airlock } = await import("/airlock.js");
  const airlock = new Airlock({ endpoint, getToken: async () => token });
  return airlock.upload(document.querySelector("input").files[0], options);
}"""


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return _empty_page(context)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Two parts: 64 MiB and 1 MiB."""
    path = tmp_path / "film.mp4"
    path.write_bytes(mp4(65 * MIB))
    return path


def _empty_page(context: BrowserContext) -> Page:
    """With an input for a file, on the origin of the example page."""
    page = context.new_page()
    page.goto("/airlock.js")
    page.set_content("<input type=file>")
    return page


def _widths(page: Page, **line: float) -> list[int]:
    usual = {"perConnection": 1e12, "line": 1e12, "partSize": 64e6, "seconds": 60, "failsAt": -1}
    widths: list[int] = page.evaluate(_PACE, usual | line)
    return widths


def _upload(page: Page, stack: LocalStack, path: Path, **options: str) -> dict[str, Any]:
    page.locator("input").set_input_files(path)
    access = {"endpoint": stack.api, "token": stack.users[0].access_token}
    document: dict[str, Any] = page.evaluate(_UPLOAD, access | {"options": options})
    return document


def test_where_each_connection_is_slow_there_are_more(page: Page) -> None:
    widths = _widths(page, perConnection=10e6)

    assert (widths[0], widths[-1]) == (4, 5)


def test_where_the_line_is_full_there_are_not_more_for_long(page: Page) -> None:
    widths = _widths(page, line=40e6)

    assert max(widths) == 5
    assert widths.count(5) < len(widths) / 5


def test_where_parts_take_minutes_fewer_are_at_risk(page: Page) -> None:
    widths = _widths(page, line=1e6, seconds=120)

    assert min(widths) == 1


def test_slow_connections_that_add_up_are_kept(page: Page) -> None:
    widths = _widths(page, perConnection=0.5e6, seconds=120)

    assert widths[-1] == 4
    assert widths.count(3) < len(widths) / 5


def test_an_error_halves_them_and_success_brings_them_back(page: Page) -> None:
    widths = _widths(page, line=40e6, failsAt=9, seconds=30)

    assert min(widths) == 2
    assert widths[-1] == 4


def test_each_part_has_its_checksum_if_that_is_wished(
    page: Page, stack: LocalStack, traffic: Traffic, film: Path
) -> None:
    document = _upload(page, stack, film, checksum="always")

    assert document["status"] == "ready"
    assert sorted(traffic.sent) == [1, 2]
    assert all("x-amz-checksum-sha256" in headers for headers in traffic.headers)
    assert traffic.calls.count("POST /documents/{id}/parts") == 1
    assert len(traffic.calls) <= 4


@pytest.mark.parametrize(("line", "hashed"), [(None, False), (100_000, True), (10**12, False)])
def test_without_a_wish_parts_are_hashed_where_the_line_was_slow_before(
    page: Page, stack: LocalStack, traffic: Traffic, film: Path, line: int | None, hashed: bool
) -> None:
    if line is not None:
        page.evaluate("line => localStorage.setItem('airlock.line', line)", line)

    _upload(page, stack, film)

    assert ["x-amz-checksum-sha256" in headers for headers in traffic.headers] == [hashed, hashed]


def test_the_strictest_policy_lets_the_worker_hash(desk: Desk) -> None:
    with desk.page.expect_worker():
        digest = desk.page.evaluate(_HASH)

    assert digest == hashlib.sha256(b"airlock").hexdigest()


def test_a_part_whose_answer_was_lost_is_not_sent_again(
    browser: Browser, stack: LocalStack, film: Path
) -> None:
    with forgetful_proxy(r"[?&]partNumber=2&") as address:
        context = browser.new_context(base_url=stack.web, proxy={"server": address, "bypass": "<-loopback>"})
        traffic = Traffic(context, stack.api)
        document = _upload(_empty_page(context), stack, film)
        context.close()

    assert document["status"] == "ready"
    assert sorted(traffic.sent) == [1, 2]
    assert sorted(traffic.arrived) == [1]
    assert traffic.calls.count("GET /documents/{id}/parts") == 1

"""The upload client on lines of any speed: the size of parts, how many are sent at a time, and what a reload costs."""

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys.browser import needs_chromium
from tests.journeys.fake_api import FakeApi
from tests.journeys.line_speed import FAST, remember_line_speed

pytestmark = needs_chromium

_MIB = 1024**2
_MBIT = 1e6 / 8
"""Bytes per second."""

_CHOOSE = """async ({ size, speed }) => {
  const { choosePartSize, isSentInParts } = await import("/airlock/part-size.js");
  return [isSentInParts(size, speed), choosePartSize(size, speed)];
}"""

_MEASURE = """async ({ phases }) => {
  const { LineSpeed } = await import("/airlock/line-speed.js");
  const speed = new LineSpeed();
  const measured = [speed.bytesPerSecond];
  let now = 1;
  for (const { total, requests, seconds, buffer = 0 } of phases) {
    const running = Array.from({ length: requests }, () => speed.start(now));
    for (const request of running) speed.record(request, buffer, now + 10);
    for (const end = now + seconds * 1000; now < end; now += 50) {
      const share = (total / requests) * 0.05;
      for (const request of running) speed.record(request, request.loaded + share, now);
    }
    for (const request of running) speed.end(request, true, now);
    measured.push(speed.bytesPerSecond);
  }
  return measured;
}"""

_SEND_FOUR_PARTS = """async ({ speeds, size }) => {
  const { SendWindow } = await import("/airlock/send-window.js");
  const speed = Object.assign(new EventTarget(), { bytesPerSecond: null });
  const sendWindow = new SendWindow(speed);
  const running = new Set();
  const counts = [];
  const { signal } = new AbortController();
  const send = (part) =>
    sendWindow.run(size, (deferral) => {
      if (deferral.aborted) throw deferral.reason;
      running.add(part);
      return new Promise((resolve, reject) => {
        deferral.onabort = () => {
          running.delete(part);
          reject(deferral.reason);
        };
      });
    }, signal).catch((error) => error.code === "deferred" && send(part));
  for (let part = 0; part < 4; part++) send(part);
  for (const bytesPerSecond of speeds) {
    speed.bytesPerSecond = bytesPerSecond;
    speed.dispatchEvent(new Event("change"));
    await new Promise((resolve) => setTimeout(resolve));
    counts.push(running.size);
  }
  return counts;
}"""

_UPLOAD = """({ endpoint, size }) => {
  window.upload = import("/airlock/index.js").then(({ Airlock }) => {
    const airlock = new Airlock({ endpoint, getToken: async () => "good" });
    const file = new File([new Uint8Array(size)], "film.mp4", { lastModified: 1 });
    return airlock.upload(file, { onProgress: ({ loaded }) => (window.loaded = loaded) });
  });
  window.upload.catch(() => {});
}"""


@pytest.fixture
def page(own_context: BrowserContext) -> Page:
    page = own_context.new_page()
    page.goto("/")
    return page


def _choose(page: Page, size: float, speed: float | None) -> tuple[bool, int]:
    """Returns whether a file is sent in parts, and the size of its parts. Sizes are bytes, `speed` is bytes per second."""
    is_in_parts, part_size = page.evaluate(_CHOOSE, {"size": size, "speed": speed})
    return is_in_parts, part_size


@pytest.mark.parametrize(
    ("size", "speed", "part_size"),
    [
        (65 * _MIB, None, 8 * _MIB),
        (256 * _MIB, None, 8 * _MIB),
        (256 * _MIB + 1, None, 32 * _MIB),
        (100 * _MIB, 1 * _MBIT, 8 * _MIB),
        (100 * _MIB, 10 * _MBIT, 8 * _MIB),
        (100 * _MIB, 40 * _MBIT, 15 * _MIB),
        (100 * _MIB, 100 * _MBIT, 39 * _MIB),
        (100 * _MIB, 200 * _MBIT, 64 * _MIB),
        (100 * _MIB, 1000 * _MBIT, 64 * _MIB),
    ],
)
def test_the_part_size_follows_the_speed_of_the_line(
    page: Page, size: int, speed: float | None, part_size: int
) -> None:
    assert _choose(page, size, speed) == (True, part_size)


@pytest.mark.parametrize(
    ("size", "speed", "is_in_parts"),
    [
        (12_500_000, None, False),
        (12_500_001, None, True),
        (12_500_001, 1 * _MBIT, True),
        (24 * _MIB, 20 * _MBIT, True),
        (23 * _MIB, 20 * _MBIT, False),
        (64 * _MIB, 100 * _MBIT, False),
        (64 * _MIB + 1, 1000 * _MBIT, True),
    ],
)
def test_a_file_that_takes_longer_than_10_seconds_is_sent_in_parts(
    page: Page, size: int, speed: float | None, is_in_parts: bool
) -> None:
    assert _choose(page, size, speed)[0] is is_in_parts


@pytest.mark.parametrize("speed", [10, 13, 14, 20, 50, 100, 160, 220, 1000])
def test_the_parts_in_flight_never_take_longer_than_10_seconds_from_10_mbit(page: Page, speed: int) -> None:
    _, part_size = _choose(page, 1024 * _MIB, speed * _MBIT)
    [in_flight] = page.evaluate(_SEND_FOUR_PARTS, {"speeds": [speed * _MBIT], "size": part_size})
    assert in_flight >= 1
    assert in_flight * part_size <= 10 * speed * _MBIT


def test_parts_are_deferred_when_the_line_turns_out_to_be_slow_and_sent_when_it_is_fast(page: Page) -> None:
    speeds = [None, 5 * _MBIT, 9.9 * _MBIT, 20 * _MBIT, 100 * _MBIT]
    assert page.evaluate(_SEND_FOUR_PARTS, {"speeds": speeds, "size": 8 * _MIB}) == [4, 1, 1, 2, 4]


def test_one_small_part_at_a_time_is_sent_below_10_mbit(page: Page) -> None:
    speeds = [9.9 * _MBIT, 10 * _MBIT]
    assert page.evaluate(_SEND_FOUR_PARTS, {"speeds": speeds, "size": 5 * _MIB}) == [1, 2]


def test_the_speed_is_that_of_all_requests_together_without_what_fills_the_buffers(page: Page) -> None:
    phase = {"total": 5e6, "requests": 4, "seconds": 4, "buffer": 20e6}
    [before, measured] = page.evaluate(_MEASURE, {"phases": [phase]})
    assert before is None
    assert measured == pytest.approx(5e6, rel=0.05)


def test_one_request_of_a_few_mib_is_a_first_measurement(page: Page) -> None:
    small, larger = ({"total": total, "requests": 1, "seconds": 1} for total in (1e6, 6e6))
    measured = page.evaluate(_MEASURE, {"phases": [small, larger]})
    assert measured[:2] == [None, None]
    assert measured[2] == pytest.approx(6e6, rel=0.05)


def test_fewer_requests_that_are_as_fast_as_before_do_not_make_the_line_slower(page: Page) -> None:
    four, one = ({"total": n * 1e6, "requests": n, "seconds": 4} for n in (4, 1))
    slower = {"total": 0.5e6, "requests": 1, "seconds": 4}
    measured = page.evaluate(_MEASURE, {"phases": [four, one, slower]})
    assert measured[1:] == [pytest.approx(speed, rel=0.05) for speed in (4e6, 4e6, 0.5e6)]


def test_a_new_page_remembers_the_speed_for_hours(page: Page) -> None:
    page.evaluate(_MEASURE, {"phases": [{"total": 5e6, "requests": 4, "seconds": 4}]})
    page.reload()
    assert page.evaluate(_MEASURE, {"phases": []}) == [pytest.approx(5e6, rel=0.05)]

    page.evaluate("now => { Date.now = () => now + 13 * 3_600_000 }", page.evaluate("Date.now()"))
    assert page.evaluate(_MEASURE, {"phases": []}) == [None]


@pytest.mark.parametrize("stored", ["null", "7", '"x"', "{}", '{"bytesPerSecond": "9", "measuredAt": 1}'])
def test_a_speed_that_this_client_has_not_stored_is_unknown(page: Page, stored: str) -> None:
    page.evaluate("text => localStorage.setItem('airlock.lineSpeed', text)", stored)
    assert page.evaluate(_MEASURE, {"phases": []}) == [None]


def _upload(page: Page, api: FakeApi, size: int) -> None:
    page.evaluate(_UPLOAD, {"endpoint": api.url, "size": size})


def _list_stored(api: FakeApi) -> list[str]:
    with api.lock:
        return [*api.stored]


def test_the_create_carries_the_wish(own_context: BrowserContext, api: FakeApi) -> None:
    unknown, fast = own_context.new_page(), own_context.new_page()
    unknown.goto("/")
    _upload(unknown, api, 20 * _MIB)
    assert unknown.evaluate("window.upload.then(({ status }) => status)") == "ready"
    remember_line_speed(own_context, FAST)
    for size in (20 * _MIB, 65 * _MIB):
        fast.goto("/")
        _upload(fast, api, size)
        assert fast.evaluate("window.upload.then(({ status }) => status)") == "ready"

    small, single, large = api.documents.values()
    assert (small["method"], small["partSize"], small["partChecksums"]) == ("MULTIPART", 8 * _MIB, True)
    assert ("method" in single, "partSize" in single, len(single["sha256"])) == (False, False, 64)
    assert (large["method"], large["partSize"]) == ("MULTIPART", 64 * _MIB)


def test_a_reload_on_a_line_of_10_mbit_costs_at_most_10_seconds_of_sending(
    own_context: BrowserContext, api: FakeApi
) -> None:
    """The browser knows a line of 10 Mbit/s from an earlier page. The test sends eight times as fast."""
    remember_line_speed(own_context, int(10 * _MBIT))
    page = own_context.new_page()
    page.goto("/")
    throttling = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 80 * _MBIT}
    own_context.new_cdp_session(page).send("Network.emulateNetworkConditions", throttling)
    _upload(page, api, 64 * _MIB)
    page.wait_for_function("window.loaded > 16 * 2 ** 20 + 1")
    stored = _list_stored(api)
    assert len(stored) >= 1

    page.reload()
    _upload(page, api, 64 * _MIB)
    assert page.evaluate("window.upload.then(({ status }) => status)") == "ready"

    assert len(api.stored) == len(set(api.stored)) == 8
    assert api.stored[: len(stored)] == stored
    assert 0 < api.lost_bytes <= 10 * 10 * _MBIT
    assert len(api.documents) == 1

"""A speed of the line that the upload client remembers from an earlier page, whatever the speed of this machine is."""

from playwright.sync_api import BrowserContext

FAST = 10**12
"""Bytes per second."""

_REMEMBER = """
localStorage.setItem("airlock.lineSpeed",
  JSON.stringify({ bytesPerSecond: %d, requests: 4, measuredAt: Date.now() }));
const now = performance.now.bind(performance);
performance.now = () => now() / 1000;
"""


def remember_line_speed(context: BrowserContext, bytes_per_second: int) -> None:
    """Sets the speed for all pages from now on. Their clock for measurements is slow, so that they measure no other one."""
    context.add_init_script(_REMEMBER % bytes_per_second)

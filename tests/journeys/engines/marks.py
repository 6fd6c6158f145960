"""Marks for journeys that run once in each engine. Debian's packages have the engines, which .ci/run installs."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import pytest

from tests.journeys.engines.chromium import CHROMIUM, start_chromium
from tests.journeys.engines.firefox import FIREFOX, start_firefox
from tests.journeys.engines.tab import Tab
from tests.journeys.engines.webkit import WEBKIT, XVFB, start_webkit
from tests.skips import skip_or_fail

START: Mapping[str, Callable[[], AbstractContextManager[Tab]]] = {
    "chromium": start_chromium,
    "firefox": start_firefox,
    "webkit": start_webkit,
}
_NEEDS = {
    "chromium": skip_or_fail("chromium", CHROMIUM is not None),
    "firefox": skip_or_fail("firefox-esr", FIREFOX is not None),
    "webkit": skip_or_fail("webkit2gtk-driver or xvfb", WEBKIT is not None and XVFB is not None),
}


def _run_in(*engines: str) -> pytest.MarkDecorator:
    parameters = [pytest.param(engine, marks=pytest.mark.skipif(**_NEEDS[engine])) for engine in engines]
    return pytest.mark.parametrize("tab", parameters, indirect=True, scope="module")


in_every_engine = _run_in("chromium", "firefox", "webkit")
in_other_engines = _run_in("firefox", "webkit")
"""For what the journeys of Playwright show in Chromium."""

"""The example page in each of its states: axe-core, sizes of controls, screens from a phone to 4k, and Lighthouse."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.browser import needs_chromium
from tests.journeys.npm import install_page_checks
from tests.journeys.page_states import STATES, open_state

pytestmark = needs_chromium

PHONE: Any = {"width": 320, "height": 720}
DESKTOP: Any = {"width": 1280, "height": 900}
SCREENS: Mapping[str, Any] = {
    "320": PHONE,
    "390": {"width": 390, "height": 844},
    "768": {"width": 768, "height": 1024},
    "1280": DESKTOP,
    "4k": {"width": 3840, "height": 2160},
}
_AXE = """async () => {
  await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {})));
  const { violations } = await axe.run(document, { rules: { "target-size": { enabled: true } } });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}"""
_SMALL_CONTROLS = """() => {
  const inputs = [...document.querySelectorAll("input:not([type=file])")];
  const targets = inputs.map((input) => (input.type === "checkbox" ? input.closest("label") : input));
  const controls = [...document.querySelectorAll("button, select, a[href], .button"), ...targets];
  const isShown = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches(".skip-link");
  return controls.filter(isShown).flatMap((control) => {
    const { width, height } = control.getBoundingClientRect();
    return width >= 44 && height >= 44 ? [] : [`${control.outerHTML} ${width} x ${height}`];
  });
}"""


def _find_violations(page: Any) -> list[str]:
    found: list[str] = page.evaluate(_AXE)
    return found


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_no_violation_in_a_state(browser: Browser, tmp_path: Path, state: str) -> None:
    axe = (install_page_checks() / "node_modules/axe-core/axe.min.js").read_text("utf-8")
    with open_state(browser, state, tmp_path, viewport=DESKTOP, reduced_motion="reduce") as shown:
        shown.page.evaluate(axe)
        for screen in (DESKTOP, PHONE):
            shown.page.set_viewport_size(screen)
            for scheme in ("light", "dark"):
                shown.page.emulate_media(color_scheme=scheme)
                assert _find_violations(shown.page) == [], (screen, scheme)


@pytest.mark.parametrize("state", STATES)
def test_every_control_has_44_pixels_and_no_screen_scrolls_sideways(
    browser: Browser, tmp_path: Path, state: str
) -> None:
    with open_state(browser, state, tmp_path, viewport=PHONE) as shown:
        assert shown.page.evaluate(_SMALL_CONTROLS) == []
        for name, screen in SCREENS.items():
            shown.page.set_viewport_size(screen)
            overflow = shown.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert overflow <= 0, name

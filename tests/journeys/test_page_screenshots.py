"""The pictures of the example page that the docs show."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.journeys.browser import needs_chromium
from tests.journeys.page_screenshots import SCREENS, create_gallery, write_screenshots
from tests.journeys.page_states import STATES

pytestmark = needs_chromium

_MIN_COLOURS = 50


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_pictures_that_show_something(browser: Browser, tmp_path: Path, state: str) -> None:
    paths = write_screenshots(browser, state, tmp_path)

    assert len(paths) == 2 * len(SCREENS)
    for path in paths:
        with Image.open(path) as picture:
            colours = picture.convert("RGB").getcolors(maxcolors=1 << 20)
            assert picture.size[0] in {size["width"] for size in SCREENS.values()}
        assert colours is not None
        assert len(colours) > _MIN_COLOURS, path.name
    assert all(f"({path.name})" in create_gallery([state]) for path in paths)

"""The first sign-in of an invited user, and a session that every tab shares."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.journeys.browser import needs_chromium
from tests.journeys.page_states import open_state

pytestmark = needs_chromium


def test_an_invited_user_chooses_a_password_and_is_signed_in(browser: Browser, tmp_path: Path) -> None:
    with open_state(browser, "invitation", tmp_path) as state:
        state.page.get_by_label("New password").fill("Correct horse 9!")
        state.page.get_by_role("button", name="Save and sign in").click()

        expect(state.page.get_by_role("heading", name="Documents")).to_be_visible()


def test_a_sign_in_of_one_tab_is_that_of_all_and_continues_after_the_end_of_a_session(
    browser: Browser, tmp_path: Path
) -> None:
    with open_state(browser, "session-end", tmp_path) as state:
        other = state.page.context.new_page()
        other.goto(state.page.url)
        expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
        state.api.next_token = "later"

        state.sign_in()

        for page in (state.page, other):
            expect(page.get_by_role("heading", name="Documents")).to_be_visible()
            expect(page.get_by_role("list", name="Documents").get_by_role("listitem")).to_have_count(9)

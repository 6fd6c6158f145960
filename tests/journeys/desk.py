"""The example page as somebody sees it who is signed in: found by its words, not by its code."""

from dataclasses import dataclass
from pathlib import Path
from re import Pattern

from playwright.sync_api import BrowserContext, Locator, Page, expect


@dataclass(frozen=True)
class Desk:
    page: Page

    @classmethod
    def open(cls, context: BrowserContext, user: str = "ada") -> "Desk":
        """A new page, signed in."""
        desk = cls(context.new_page())
        desk.page.goto("/")
        desk.sign_in(user)
        return desk

    def sign_in(self, user: str) -> None:
        self.page.get_by_role("button", name=f"Sign in as {user}").click()
        expect(self.page.get_by_role("heading", name="Documents")).to_be_visible()

    def choose(self, *files: Path) -> None:
        self.page.get_by_label("Choose files").set_input_files(files)

    def upload(self, name: str) -> Locator:
        """Its row among the uploads of this page."""
        return self._row("Uploads", name)

    def document(self, name: str) -> Locator:
        """Its row in the list of documents."""
        return self._row("Documents", name)

    def expect_upload(self, name: str, status: str | Pattern[str]) -> None:
        expect(self.upload(name)).to_have_attribute("data-status", status)

    def press(self, verb: str, name: str) -> None:
        """A button in the row of an upload."""
        self.upload(name).get_by_role("button", name=f"{verb} {name}").click()

    def open_document(self, name: str) -> Locator:
        """The dialog about it."""
        self.document(name).get_by_role("button", name=name, exact=True).click()
        dialog = self.page.get_by_role("dialog", name=name)
        expect(dialog).to_be_visible()
        return dialog

    def _row(self, rows: str, name: str) -> Locator:
        return self.page.get_by_role("list", name=rows).get_by_role("listitem").filter(has_text=name)

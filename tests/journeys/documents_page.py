"""Page object of the example page for a signed-in user. It finds elements by their visible text and role."""

from dataclasses import dataclass
from pathlib import Path
from re import Pattern

from playwright.sync_api import BrowserContext, Locator, Page, expect


@dataclass(frozen=True)
class DocumentsPage:
    page: Page

    @classmethod
    def open(cls, context: BrowserContext, user: str = "ada") -> "DocumentsPage":
        """Opens a new page and signs in."""
        documents_page = cls(context.new_page())
        documents_page.page.goto("/")
        documents_page.sign_in(user)
        return documents_page

    @classmethod
    def open_tab(cls, context: BrowserContext) -> "DocumentsPage":
        """Opens a further page, where the user is signed in as in the first one."""
        documents_page = cls(context.new_page())
        documents_page.page.goto("/")
        documents_page._expect_documents()
        return documents_page

    def sign_in(self, user: str) -> None:
        self.page.get_by_role("button", name=f"Sign in as {user}").click()
        self._expect_documents()

    def choose_files(self, *files: Path) -> None:
        self.page.get_by_label("Choose files").set_input_files(files)

    def get_upload(self, name: str) -> Locator:
        """Returns the row in the list of uploads."""
        return self._get_row("Uploads", name)

    def get_document(self, name: str) -> Locator:
        """Returns the row in the list of documents."""
        return self._get_row("Documents", name)

    def expect_upload(self, name: str, status: str | Pattern[str]) -> None:
        expect(self.get_upload(name)).to_have_attribute("data-status", status)

    def press(self, verb: str, name: str) -> None:
        """Presses a button in the row of an upload."""
        self.get_upload(name).get_by_role("button", name=f"{verb} {name}").click()

    def open_document(self, name: str) -> Locator:
        """Opens the dialog of a document and returns it."""
        self.get_document(name).get_by_role("button", name=name, exact=True).click()
        dialog = self.page.get_by_role("dialog", name=name)
        expect(dialog).to_be_visible()
        return dialog

    def _expect_documents(self) -> None:
        expect(self.page.get_by_role("heading", name="Documents")).to_be_visible()

    def _get_row(self, rows: str, name: str) -> Locator:
        return self.page.get_by_role("list", name=rows).get_by_role("listitem").filter(has_text=name)

"""A page with nothing but Uppy's Dashboard and our plugin, on the origin of the example page."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route, expect

from local.stack import LocalStack
from tests.journeys.npm import uppy

_HTML = """<!doctype html>
<link rel="stylesheet" href="/uppy/uppy.css">
<div id="uppy"></div>
<script type="module">
  import Uppy, { Dashboard } from "/uppy/uppy.mjs";
  import Airlock from "/airlock-uppy.js";
  const { endpoint, token } = window.access;
  window.uppy = new Uppy()
    .use(Dashboard, { inline: true, target: "#uppy" })
    .use(Airlock, { endpoint, getToken: async () => token, allowedMetaFields: ["project"] });
  window.uppy.setMeta({ project: "x", secret: "y" });
  window.documents = [];
  window.uppy.on("upload-success", (file, { body }) => window.documents.push(body));
</script>"""


@dataclass(frozen=True)
class UppyPage:
    page: Page

    @classmethod
    def open(cls, context: BrowserContext, stack: LocalStack) -> "UppyPage":
        page = context.new_page()
        page.route("**/uppy/*", _serve)
        # A document that a route makes up has no network address, and browsers keep such a one off this machine's.
        page.goto("/airlock-uppy.js")
        access = {"endpoint": stack.api, "token": stack.users[0].access_token}
        page.evaluate("access => { window.access = access }", access)
        page.set_content(_HTML)
        return cls(page)

    def choose(self, path: Path) -> None:
        """Add it to the Dashboard and press its button to upload."""
        self.page.locator(".uppy-Dashboard-input").first.set_input_files(path)
        self.press("Upload 1 file")

    def press(self, button: str) -> None:
        """Some are there twice: in the row of the file, and last in the bar below."""
        self.page.get_by_role("button", name=button, exact=True).last.click()

    def expect_words(self, words: str) -> None:
        expect(self.page.locator("#uppy")).to_contain_text(words)

    def expect_error(self, words: str) -> None:
        """What the question mark beside the file tells."""
        expect(self.page.get_by_role("button", name=words, exact=True)).to_be_visible()

    @property
    def documents(self) -> list[dict[str, Any]]:
        """What upload-success has said."""
        found: list[dict[str, Any]] = self.page.evaluate("window.documents")
        return found


def _serve(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    content_type = "text/css" if name.endswith(".css") else "text/javascript"
    route.fulfill(path=uppy() / name, content_type=content_type)

"""Page object of a page with only Uppy's Dashboard and the plugin, on the origin of the example page."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route, expect

from local.stack import LocalStack
from tests.journeys.npm import build_uppy

_HTML = """<!doctype html>
<link rel="stylesheet" href="/uppy/uppy.css">
<div id="uppy"></div>
<script type="module">
  import Uppy, { Dashboard } from "/uppy/uppy.mjs";
  import Airlock from "/airlock/uppy.js";
  const { endpoint, token, freshToken = token } = window.access;
  let current = token;
  const getToken = async ({ fresh } = {}) => (current = fresh ? freshToken : current);
  window.uppy = new Uppy()
    .use(Dashboard, { inline: true, target: "#uppy" })
    .use(Airlock, { endpoint, getToken, allowedMetaFields: ["project"] });
  window.uppy.setMeta({ project: "x", secret: "y" });
  window.documents = [];
  window.uppy.on("upload-success", (file, { body }) => window.documents.push(body));
</script>"""


@dataclass(frozen=True)
class UppyPage:
    page: Page

    @classmethod
    def open(cls, context: BrowserContext, stack: LocalStack) -> "UppyPage":
        return cls.open_with_access(context, {"endpoint": stack.api, "token": stack.users[0].access_token})

    @classmethod
    def open_with_access(cls, context: BrowserContext, access: dict[str, str]) -> "UppyPage":
        """Opens a page that uses this `endpoint`, `token` and, if given, `freshToken`."""
        page = context.new_page()
        page.route("**/uppy/*", _serve)
        # A real URL, because browsers block requests to this machine from a document that a route has fulfilled.
        page.goto("/airlock/uppy.js")
        page.evaluate("access => { window.access = access }", access)
        page.set_content(_HTML)
        return cls(page)

    def choose_file(self, path: Path) -> None:
        """Adds the file to the Dashboard and starts the upload."""
        self.choose_files(path)

    def choose_files(self, *paths: Path) -> None:
        """Adds the files to the Dashboard and starts their uploads."""
        self.page.locator(".uppy-Dashboard-input").first.set_input_files(paths)
        self.press(f"Upload {len(paths)} file{'s' if len(paths) > 1 else ''}")

    def press(self, button: str) -> None:
        """Presses the last button of this name: some exist in the row of the file and again in the status bar."""
        self.page.get_by_role("button", name=button, exact=True).last.click()

    def expect_text(self, text: str) -> None:
        expect(self.page.locator("#uppy")).to_contain_text(text)

    def expect_error(self, message: str) -> None:
        """Expects the message of the question mark beside the file."""
        expect(self.page.get_by_role("button", name=message, exact=True)).to_be_visible()

    @property
    def documents(self) -> list[dict[str, Any]]:
        """Documents of the upload-success events."""
        documents: list[dict[str, Any]] = self.page.evaluate("window.documents")
        return documents


def _serve(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    content_type = "text/css" if name.endswith(".css") else "text/javascript"
    route.fulfill(path=build_uppy() / name, content_type=content_type)

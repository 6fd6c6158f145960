"""The upload client with a duplicate: the error names the document that has the bytes, and nothing is sent."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Route

from tests.journeys.browser import needs_chromium

pytestmark = needs_chromium

PROBLEM = {
    "status": 409,
    "code": "duplicate",
    "detail": "The document one has the same content.",
    "duplicateOf": "one",
}
_UPLOAD = """async (batch) => {
  const { Airlock } = await import("/airlock/index.js");
  const { describeError } = await import("/airlock/messages.js");
  const airlock = new Airlock({ endpoint: "/fake-api", getToken: async () => "a.b.c" });
  const file = new File(["hello"], "a.txt");
  const upload = batch ? airlock.uploadAll([{ file }, { file }])[1] : airlock.upload(file);
  try {
    await upload;
  } catch (error) {
    const { code, duplicateOf, temporary } = error;
    return { code, duplicateOf, temporary, message: describeError(error) };
  }
}"""


@pytest.mark.parametrize("batch", [False, True])
def test_a_duplicate_is_an_error_that_names_its_original_and_is_not_repeated(
    context: BrowserContext, batch: bool
) -> None:
    requests: list[str] = []

    def respond(route: Route) -> None:
        path = route.request.url.partition("/fake-api")[2]
        if path == "/kinds":
            route.fulfill(status=404)
            return
        requests.append(f"{route.request.method} {path}")
        if path == "/documents/batch":
            count = len((route.request.post_data_json or {})["documents"])
            route.fulfill(json={"results": [{"problem": PROBLEM}] * count})
        else:
            route.fulfill(status=409, json=PROBLEM, content_type="application/problem+json")

    context.route("**/fake-api/**", respond)
    page = context.new_page()
    page.goto("/airlock/index.js")
    page.set_content("<p>")
    error: dict[str, Any] = page.evaluate(_UPLOAD, batch)
    assert error == {
        "code": "duplicate",
        "duplicateOf": "one",
        "temporary": False,
        "message": PROBLEM["detail"],
    }
    assert requests == ["POST /documents/batch" if batch else "POST /documents"]

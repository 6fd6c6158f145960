"""Downloads of the client in ranges in every engine: as a stream, as a blob, and with the error of the download."""

import hashlib

import pytest

from local.stack import LocalStack
from tests.journeys.api_client import ApiClient
from tests.journeys.engines.marks import in_every_engine
from tests.journeys.engines.tab import Tab
from tests.journeys.fake_downloads import MIB
from tests.journeys.files import pdf

STACK = "delivery_stack"
_DATA = pdf(20 * MIB)
_RANGES = 3
_SAVE = """async ({ endpoint, token, id, downloads }) => {
  const { Airlock } = await import("/airlock/index.js");
  const { fetchDocument } = await import("/airlock/download.js");
  const airlock = new Airlock({ endpoint, getToken: async () => token });
  const hash = async (blob) => {
    const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  const chunks = [];
  performance.clearResourceTimings();
  const response = await fetchDocument(airlock, id);
  await response.body.pipeTo(new WritableStream({ write: (chunk) => void chunks.push(chunk) }));
  const requests = performance.getEntriesByType("resource").filter(({ name }) => name.startsWith(downloads));
  const blob = await (await fetchDocument(airlock, id)).blob();
  const controller = new AbortController();
  const ended = await fetchDocument(airlock, id, { signal: controller.signal });
  controller.abort(new RangeError("enough"));
  return {
    stream: await hash(new Blob(chunks)),
    requests: requests.length,
    blob: await hash(blob),
    type: blob.type,
    fileName: response.fileName,
    errors: [
      await ended.blob().catch(({ name }) => name),
      await fetchDocument(airlock, "none").catch(({ code }) => code),
    ],
  };
}"""


@pytest.fixture(scope="module")
def document_id(user: ApiClient) -> str:
    id: str = user.upload(_DATA, "plan.pdf", "application/pdf")["id"]
    return id


@in_every_engine
def test_a_document_is_saved(tab: Tab, own_stack: LocalStack, document_id: str) -> None:
    assert own_stack.edge is not None
    access = {"endpoint": own_stack.api, "token": own_stack.users[0].access_token}
    tab.open(own_stack.web)
    saved = tab.run(_SAVE, access | {"id": document_id, "downloads": own_stack.edge.origin})
    sha256 = hashlib.sha256(_DATA).hexdigest()
    assert (saved["stream"], saved["blob"], saved["type"]) == (sha256, sha256, "application/pdf")
    assert (saved["requests"], saved["fileName"]) == (_RANGES, "plan.pdf")
    assert saved["errors"] == ["RangeError", "document_not_found"]

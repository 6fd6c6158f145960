"""A scenario for test_logs in a process of its own, as Lambda runs it: stdout holds only what the functions log.

The last line of stderr lists the secrets that no log may contain.
"""

import json
import os
import sys
from typing import Any

from functions import wiring
from functions.domain.keys import owner_key
from functions.lambdas import pipeline, purge, sweeps
from strict_s3 import strict_s3_client
from tests.examples import PNG
from tests.lambdas.account import ACCESS_KEY, SECRET, TOKEN, Account, forget_wiring, new_account
from tests.lambdas.api import BEARER, Api
from tests.lambdas.events import PURGES_QUEUE, Context, sqs_event, sqs_message
from tests.lambdas.steps import put

NAMES = [
    "private-name",
    "private-title",
    "private-album",
    "private-metadata",
    "a-private-subject",
    "a-private-key",
]


def main() -> None:
    name, title, album, metadata, subject, key = NAMES
    ada = Api(subject)
    request = {
        "fileName": f"{name}.png",
        "size": len(PNG),
        "contentType": "image/png",
        "title": title,
        "metadata": {album: metadata},
    }
    with new_account() as account:
        os.environ |= account.environment()
        secrets = _run_successes(account, ada, request, key)
        _run_faults(account, ada, request)
        forget_wiring()  # closes the connection to the table, which is a warning at the end of the process
    report = {"secrets": [*NAMES, *secrets, BEARER, TOKEN, SECRET, "X-Amz-Signature"]}
    sys.stderr.write(json.dumps(report))


def _run_successes(account: Account, ada: Api, request: dict[str, Any], key: str) -> list[str]:
    """Runs requests that succeed, and returns the presigned URLs and their signatures."""
    created = ada.post("/documents", request, **{"idempotency-key": key}).json
    document_id, upload = created["document"]["id"], created["upload"]
    with strict_s3_client({ACCESS_KEY: (SECRET, TOKEN)}, wiring.now) as s3:
        assert put(s3, upload, PNG).status_code == 200
    account.deliver(account.arrival_event(ada.subject, document_id))
    assert ada.document(document_id)["status"] == "ready"
    url = ada.get(f"/documents/{document_id}/download").json["url"]
    parts = ada.post("/documents", request | {"method": "MULTIPART"}).json
    path = f"/documents/{parts['document']['id']}"
    ada.get(f"/documents/{document_id}/content")
    ada.get("/documents", limit="1")
    ada.get(f"{path}/parts")
    ada.post(f"{path}/parts", {"partNumbers": [1]})
    ada.post(f"{path}/complete")
    ada.post(f"{path}/abort")
    ada.post("/documents", "{")
    ada.get("/openapi.json")
    ada.get("/docs")
    sweeps.lambda_handler({}, Context())
    sweeps.lambda_handler({"source": "aws.events"}, Context())
    sweeps.lambda_handler(sqs_event([sqs_message('{"slice": "staging/0", "turn": 0}')]), Context())
    ada.delete(document_id)
    ada.restore(document_id)
    order = json.dumps({"owner": owner_key(ada.subject), "documentId": document_id})
    purge.lambda_handler(sqs_event([sqs_message(order, queue=PURGES_QUEUE)]), Context())
    urls = [upload["url"], url, parts["upload"]["parts"][0]["url"]]
    return [*urls, *(text.rpartition("=")[2] for text in urls)]


def _run_faults(account: Account, ada: Api, request: dict[str, Any]) -> None:
    poison = sqs_message(json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "fileName": NAMES[0]}]}))
    pipeline.lambda_handler(sqs_event([poison]), Context())
    os.environ |= account.environment(table="a-table-that-is-gone")
    forget_wiring()
    assert ada.post("/documents", request).status == 500


if __name__ == "__main__":
    main()

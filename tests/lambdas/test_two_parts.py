"""One file of 64 MiB and a byte, for which the service plans two parts, from create to download.

It is the only test here with many bytes, because moto and S3 require 5 MiB in every part but the last.
"""

import hashlib

import httpx

from tests.lambdas.account import Account
from tests.lambdas.api import Api

PART = 64 * 1024**2
DATA = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42".ljust(PART + 1, b"\0")


def test_a_file_in_two_parts_becomes_a_document(account: Account, ada: Api, s3: httpx.Client) -> None:
    created = ada.create(DATA, fileName="film.mp4", contentType="video/mp4")
    document_id, (first, last) = created["document"]["id"], created["upload"]["parts"]
    assert (first["size"], last["size"]) == (PART, 1)

    assert s3.put(last["url"], content=DATA[PART:], headers=last["headers"]).status_code == 200
    held = ada.get(f"/documents/{document_id}/parts").json
    assert (held["missing"], [part["partNumber"] for part in held["uploaded"]]) == ([1], [2])
    refused = ada.post(f"/documents/{document_id}/complete")
    assert refused.problem == (409, "parts_incomplete")

    assert s3.put(first["url"], content=DATA[:PART], headers=first["headers"]).status_code == 200
    assert ada.post(f"/documents/{document_id}/complete").status == 200
    account.deliver(account.arrival_event("ada", document_id))

    document = ada.document(document_id)
    assert (document["status"], document["size"]) == ("ready", PART + 1)
    # S3 computes it over the whole object when it copies. For parts it has a hash of hashes at most.
    assert document["sha256"] == hashlib.sha256(DATA).hexdigest()
    url = ada.get(f"/documents/{document_id}/download").json["url"]
    assert s3.get(url, headers={"range": f"bytes={PART - 1}-"}).content == DATA[PART - 1 :]

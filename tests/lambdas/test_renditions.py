"""Renditions: in the document's JSON, as downloads, and in a purge."""

import hashlib
from typing import Any

import httpx
import pytest

from functions import wiring
from functions.domain.keys import owner_key, renditions_prefix
from functions.domain.steps import StepRecord, StepStatus
from functions.lambdas import purge
from tests.examples import JPEG, PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.events import PURGES_QUEUE, Context, sqs_event, sqs_message
from tests.lambdas.history import HOUR, backdate, rewrite
from tests.lambdas.steps import process_document
from tests.lambdas.sweep_invocations import sweep


def put_rendition(account: Account, document_id: str) -> dict[str, Any]:
    """Writes a rendition as the worker of a step `render` does, and returns its facts."""
    key = f"{renditions_prefix(owner_key('ada'), document_id)}render/thumb"
    version = account.s3.put_object(Bucket=account.bucket, Key=key, Body=JPEG)["VersionId"]
    sha256 = hashlib.sha256(JPEG).hexdigest()
    return {
        "versionId": version,
        "contentType": "image/jpeg",
        "size": len(JPEG),
        "sha256": sha256,
        "width": 8,
    }


@pytest.fixture
def document_id(account: Account, ada: Api, s3: httpx.Client) -> str:
    """A ready document with a rendition `thumb`, and with a newer version of it that no result names."""
    document_id = process_document(account, ada, s3, PNG)
    thumb = put_rendition(account, document_id)
    put_rendition(account, document_id)
    facts = {"renditions": {"thumb": thumb}}
    step = StepRecord(
        name="render", status=StepStatus.PASSED, at=wiring.now(), attempt=1, detail="Small.", facts=facts
    )
    rewrite(account, document_id, steps=(step,))
    return document_id


def test_a_document_lists_its_renditions_and_the_steps_that_made_them(ada: Api, document_id: str) -> None:
    document = ada.document(document_id)
    sha256 = hashlib.sha256(JPEG).hexdigest()
    assert document["renditions"] == {
        "thumb": {"contentType": "image/jpeg", "size": len(JPEG), "sha256": sha256, "width": 8}
    }
    assert [step["name"] for step in document["steps"]] == ["size", "type", "render", "promote"]
    assert document["steps"][2].keys() == {"name", "status", "at", "detail"}


def test_a_download_of_a_rendition_has_its_bytes_its_type_and_a_name_of_its_own(
    ada: Api, s3: httpx.Client, document_id: str
) -> None:
    download = ada.get(f"/documents/{document_id}/download", rendition="thumb").json
    assert {name: download[name] for name in ("fileName", "size", "contentType", "sha256")} == {
        "fileName": "cat-thumb.jpg",
        "size": len(JPEG),
        "contentType": "image/jpeg",
        "sha256": hashlib.sha256(JPEG).hexdigest(),
    }
    answer = s3.get(download["url"])
    assert (answer.content, answer.headers["content-type"]) == (JPEG, "image/jpeg")
    content = ada.get(f"/documents/{document_id}/content", rendition="thumb")
    assert s3.get(content.headers["location"]).content == JPEG
    assert s3.get(ada.get(f"/documents/{document_id}/download").json["url"]).content == PNG


def test_without_an_original_the_download_is_the_first_rendition(
    account: Account, ada: Api, s3: httpx.Client, document_id: str
) -> None:
    rewrite(account, document_id, stored_version=None, sha256=None)
    assert s3.get(ada.get(f"/documents/{document_id}/download").json["url"]).content == JPEG


@pytest.mark.parametrize("operation", ["download", "content"])
def test_an_unknown_rendition_is_not_found_and_a_long_name_not_valid(
    ada: Api, document_id: str, operation: str
) -> None:
    path = f"/documents/{document_id}/{operation}"
    assert ada.get(path, rendition="large").problem == (404, "rendition_not_found")
    assert ada.get(path, rendition="render/thumb").problem == (404, "rendition_not_found")
    assert ada.get(path, rendition="x" * 65).problem == (422, "validation_failed")


def test_a_purge_deletes_every_version_of_a_rendition(account: Account, ada: Api, document_id: str) -> None:
    ada.delete(document_id)
    backdate(account, document_id, HOUR)
    rewrite(account, document_id, purge_after=wiring.now() - HOUR)
    assert sweep() == {"purge_enqueued": 1, "deleted_version": 1}
    event = sqs_event([sqs_message(body, queue=PURGES_QUEUE) for body in account.drain_purge_tasks()])
    assert purge.lambda_handler(event, Context()) == {"batchItemFailures": []}
    assert account.snapshot()[2] == []
    assert account.usage("ada") == (0, 0)

"""The first steps of an upload, for tests that are about a later one."""

import io
from dataclasses import replace
from typing import Any

import httpx

from functions.domain.keys import owner_key, staging_key
from functions.pipeline.promote import PromoteStep
from functions.wiring.pipeline import engine
from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api


def put(s3: httpx.Client, upload: Any, data: bytes, **headers: str) -> httpx.Response:
    """Sends `data` as `upload` of a create says; `headers` replaces single headers."""
    return s3.put(upload["url"], content=data, headers=upload["headers"] | headers)


def post(s3: httpx.Client, form: Any, data: bytes, **fields: str) -> httpx.Response:
    """Posts `data` with the form of a create; `fields` replaces single fields."""
    files = {"file": ("cat.png", io.BytesIO(data), "image/png")}
    return s3.post(form["url"], data=form["fields"] | fields, files=files)


def put_only_part(s3: httpx.Client, created: Any) -> None:
    """Sends the whole of `PNG` as the only part of a multipart upload; `created` is the response to its create."""
    [part] = created["upload"]["parts"]
    answer = s3.put(part["url"], content=PNG, headers=part["headers"])
    assert answer.status_code == 200, answer.text


def stage_document(api: Api, s3: httpx.Client, data: bytes, **more: object) -> str:
    """Creates a document, sends its bytes and returns its id. The event of the arrival is not delivered."""
    created = api.create(data, **more)
    answer = put(s3, created["upload"], data)
    assert answer.status_code == 200, answer.text
    document_id: str = created["document"]["id"]
    return document_id


def process_document(account: Account, api: Api, s3: httpx.Client, data: bytes, **more: object) -> str:
    """Stages a document, delivers the event and returns its id: the document is ready or rejected."""
    document_id = stage_document(api, s3, data, **more)
    account.deliver(account.arrival_event(api.subject, document_id))
    return document_id


def process_large_document(account: Account, document_id: str) -> Any:
    """Runs the pipeline on ada's staged document with a single-copy limit of 1 byte, and returns the suspended document."""
    built = engine()
    [promote] = built.last
    assert isinstance(promote, PromoteStep)
    key = staging_key(owner_key("ada"), document_id)
    [version] = account.staged_versions("ada", document_id)
    limited = replace(built, last=(replace(promote, single_copy_limit=1),))
    assert limited.process_upload(key, version) == "suspended"
    return Api("ada").document(document_id)

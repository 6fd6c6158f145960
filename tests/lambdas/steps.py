"""The first steps of an upload, for tests that are about a later one."""

from typing import Any

import httpx

from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api


def put(s3: httpx.Client, upload: Any, data: bytes, **headers: str) -> httpx.Response:
    """Sends `data` as `upload` of a create says; `headers` replaces single headers."""
    return s3.put(upload["url"], content=data, headers=upload["headers"] | headers)


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

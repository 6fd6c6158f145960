"""Steps in the life of a file, for tests that are about a later one."""

from typing import Any

import httpx

from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api


def put(s3: httpx.Client, upload: Any, data: bytes, **headers: str) -> httpx.Response:
    """Send `data` as the answer of a create says; `headers` replace what it says."""
    return s3.put(upload["url"], content=data, headers=upload["headers"] | headers)


def put_only_part(s3: httpx.Client, created: Any) -> None:
    """Send the whole of `PNG` as the one part of an upload in parts; `created` is the answer of its create."""
    [part] = created["upload"]["parts"]
    answer = s3.put(part["url"], content=PNG, headers=part["headers"])
    assert answer.status_code == 200, answer.text


def staged(api: Api, s3: httpx.Client, data: bytes, **more: object) -> str:
    """The id of a document whose bytes have arrived, and nobody has looked yet."""
    created = api.create(data, **more)
    answer = put(s3, created["upload"], data)
    assert answer.status_code == 200, answer.text
    document_id: str = created["document"]["id"]
    return document_id


def settled(account: Account, api: Api, s3: httpx.Client, data: bytes, **more: object) -> str:
    """The id of a document that was inspected: ready, or rejected."""
    document_id = staged(api, s3, data, **more)
    account.deliver(account.notice(api.subject, document_id))
    return document_id

"""The routes of manifests. moto signs the digest as if it were a message, so tests/services/test_manifests.py verifies signatures."""

import base64
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from functions.lambdas import manifests
from tests.examples import PNG
from tests.lambdas.account import ISSUER, Account
from tests.lambdas.api import Api
from tests.lambdas.steps import process_document


def decode(part: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@pytest.fixture
def document(account: Account, ada: Api, s3: httpx.Client) -> Any:
    return ada.document(process_document(account, ada, s3, PNG))


def test_the_owner_gets_the_manifest_of_a_ready_document(ada: Api, document: Any) -> None:
    answer = ada.get(f"/documents/{document['id']}/manifest")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/jose")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["etag"] == document["etag"]
    header, claims, _ = answer.text.split(".")
    [key] = ada.get("/.well-known/jwks.json").json["keys"]
    assert decode(header) == {"alg": "ES256", "kid": key["kid"], "typ": "airlock-manifest+jwt"}
    said = decode(claims)
    assert said["iss"] == ISSUER
    for name in ("id", "fileName", "size", "contentType", "sha256", "createdAt"):
        assert said[name] == document[name], name
    assert [step["name"] for step in said["steps"]] == [step["name"] for step in document["steps"]]


def test_a_manifest_that_the_client_has_is_not_signed_again(ada: Api, document: Any) -> None:
    answer = ada.call(
        "GET", f"/documents/{document['id']}/manifest", headers={"if-none-match": document["etag"]}
    )
    assert (answer.status, answer.text) == (304, "")


def test_nobody_else_gets_it_and_nobody_after_a_delete(ada: Api, grace: Api, document: Any) -> None:
    path = f"/documents/{document['id']}/manifest"
    assert grace.get(path).problem == (404, "document_not_found")
    ada.delete(document["id"])
    assert ada.get(path).problem == (404, "document_not_found")


def test_a_document_that_is_not_checked_has_none_yet(ada: Api) -> None:
    created = ada.create(PNG)["document"]
    answer = ada.get(f"/documents/{created['id']}/manifest")
    assert answer.problem == (409, "not_ready")
    assert answer.headers["retry-after"] == "1"


def test_everybody_gets_the_keys_and_caches_may_keep_them(account: Account) -> None:
    for method in ("GET", "HEAD"):
        answer = Api().call(method, "/.well-known/jwks.json")
        assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
        assert answer.headers["cache-control"] == "public, max-age=3600"


def test_a_key_that_is_gone_is_unavailable(ada: Api, document: Any, deploy: Callable[..., None]) -> None:
    deploy(manifest=json.dumps({"key": "a-key-of-nobody", "issuer": ISSUER, "earlierKeys": []}))
    assert ada.get(f"/documents/{document['id']}/manifest").problem == (503, "signing_unavailable")
    answer = Api().get("/.well-known/jwks.json")
    assert answer.problem == (503, "signing_unavailable")
    assert answer.headers["cache-control"] == "no-store"


def test_the_function_serves_no_other_route() -> None:
    assert manifests.api.operations == {"getManifest", "getKeySet"}

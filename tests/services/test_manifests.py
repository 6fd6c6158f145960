"""Manifests: what they say, that independent libraries verify them, and that nothing else has one."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from functions.domain.document import Document, HistoryEntry, Status
from functions.domain.errors import NotFound, WrongState
from functions.domain.keys import owner_key
from functions.services.manifests import ManifestService
from tests.domain.step_examples import a_passed_step, a_render_step
from tests.examples import NOW, OWNER, PLENTY, a_document, an_id
from tests.fakes import InMemoryDocuments
from tests.signing_key import LocalSigningKey

ISSUER = "https://api.example"
READY_AT = NOW + timedelta(seconds=5)


def manifest_service(*documents: Document, **changes: Any) -> ManifestService:
    repository = InMemoryDocuments()
    for document in documents:
        repository.create(document, PLENTY, None, NOW)
    values: dict[str, Any] = {"key": LocalSigningKey(), "earlier_keys": ()} | changes
    return ManifestService(repository=repository, issuer=ISSUER, **values)


def ready(**changes: Any) -> Document:
    values: dict[str, Any] = {
        "status": Status.READY,
        "content_type": "image/png",
        "sha256": "ab" * 32,
        "stored_version": "d1",
        "history": (HistoryEntry(Status.PENDING, NOW), HistoryEntry(Status.READY, READY_AT)),
    }
    return a_document(**values | changes)


def verify(manifest: str, service: ManifestService) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns header and claims, verified by another library with the published keys."""
    keys = KeySet.import_key_set(service.describe_keys())  # type: ignore[arg-type]
    verified = jws.deserialize_compact(manifest, keys, algorithms=["ES256"])
    return dict(verified.protected), json.loads(verified.payload)


def sign(service: ManifestService) -> str:
    return service.sign(service.get_document(OWNER, an_id()), NOW + timedelta(days=1))


def test_a_manifest_says_what_the_file_is_and_what_it_has_passed() -> None:
    scanned = a_passed_step(
        "scan", facts={"engine": "clamav", "engineVersion": "1.4.3", "signatureVersion": "27800", "x": 1}
    )
    service = manifest_service(ready(steps=(scanned, a_render_step("thumb.webp"))))
    header, claims = verify(sign(service), service)
    assert header == {
        "alg": "ES256",
        "kid": service.key.public_key().thumbprint,
        "typ": "airlock-manifest+jwt",
    }
    at, ready_at = "2026-05-04T12:00:00.000Z", "2026-05-04T12:00:05.000Z"
    passed = {"status": "passed", "at": ready_at}
    engine = {"engine": "clamav", "engineVersion": "1.4.3", "signatureVersion": "27800"}
    assert claims == {
        "iss": ISSUER,
        "iat": int((NOW + timedelta(days=1)).timestamp()),
        "id": an_id(),
        "fileName": ready().file_name,
        "size": ready().size,
        "contentType": "image/png",
        "sha256": "ab" * 32,
        "versionId": "d1",
        "createdAt": at,
        "readyAt": ready_at,
        "steps": [
            {"name": "size", **passed},
            {"name": "type", **passed},
            {"name": "scan", "status": "passed", "at": at, **engine},
            {"name": "render", "status": "passed", "at": at},
            {"name": "promote", **passed},
        ],
        "renditions": {
            "thumb.webp": {"contentType": "image/webp", "size": 30, "sha256": "ab" * 32, "versionId": "r1"}
        },
    }


def test_a_manifest_that_was_changed_anywhere_is_refused() -> None:
    service = manifest_service(ready())
    manifest = sign(service)
    header, claims, signature = manifest.split(".")
    other = sign(manifest_service(ready(size=1), key=service.key))
    for forged in (
        f"{header}.{other.split('.')[1]}.{signature}",
        f"{header}.{claims}.{other.split('.')[2]}",
        f"{header}.{claims}.{'A' * len(signature)}",
        ".".join([header, *sign(manifest_service(ready())).split(".")[1:]]),
    ):
        with pytest.raises(BadSignatureError):
            verify(forged, service)


def test_a_manifest_of_an_earlier_key_is_still_verified() -> None:
    earlier = LocalSigningKey()
    old = manifest_service(ready(), key=earlier)
    manifest = sign(old)
    rotated = manifest_service(ready(), earlier_keys=(earlier.public_key(),))
    assert verify(manifest, rotated)[0]["kid"] == earlier.public_key().thumbprint
    assert verify(sign(rotated), rotated)[0]["kid"] == rotated.key.public_key().thumbprint
    assert [key["kid"] for key in rotated.describe_keys()["keys"]] == [
        rotated.key.public_key().thumbprint,
        earlier.public_key().thumbprint,
    ]


def test_a_key_stands_once_in_the_set() -> None:
    key = LocalSigningKey()
    assert len(manifest_service(key=key, earlier_keys=(key.public_key(),)).describe_keys()["keys"]) == 1


def test_a_restore_does_not_change_when_the_file_became_ready() -> None:
    history = (
        *ready().history,
        HistoryEntry(Status.DELETED, NOW),
        HistoryEntry(Status.READY, NOW + timedelta(days=2)),
    )
    service = manifest_service(ready(history=history))
    assert verify(sign(service), service)[1]["readyAt"] == "2026-05-04T12:00:05.000Z"


def test_an_unknown_checksum_is_null() -> None:
    service = manifest_service(ready(sha256=None))
    assert verify(sign(service), service)[1]["sha256"] is None


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.PENDING, "not_ready"),
        (Status.PROCESSING, "not_ready"),
        (Status.REJECTED, "rejected"),
        (Status.FAILED, "invalid_state"),
        (Status.EXPIRED, "invalid_state"),
    ],
)
def test_only_a_ready_document_has_a_manifest(status: Status, code: str) -> None:
    service = manifest_service(replace(ready(), status=status))
    with pytest.raises(WrongState) as refused:
        sign(service)
    assert refused.value.code == code


@pytest.mark.parametrize("status", [Status.DELETED, Status.PURGING, Status.PURGED])
def test_a_deleted_document_has_no_manifest(status: Status) -> None:
    with pytest.raises(NotFound):
        sign(manifest_service(replace(ready(), status=status)))


def test_a_document_of_another_owner_has_no_manifest() -> None:
    with pytest.raises(NotFound):
        manifest_service(ready()).get_document(owner_key("somebody-else"), an_id())

"""presignParts and listParts: the URLs of parts, what each URL allows, and the progress of an upload."""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from functions import wiring
from functions.domain.keys import owner_key, staging_key
from strict_s3 import read_error as refusal
from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api, ApiResponse
from tests.lambdas.history import rewrite

MIB = 1024**2
LARGE: dict[str, object] = {"fileName": "film.mp4", "contentType": "video/mp4"}
SHA256 = hashlib.sha256(PNG).hexdigest()


@pytest.fixture
def one_part(ada: Api) -> Any:
    """The response to a create whose only part is the whole file."""
    return ada.create(PNG, method="MULTIPART")


def sign(api: Api, document_id: str, part_numbers: object, **more: object) -> ApiResponse:
    return api.post(f"/documents/{document_id}/parts", {"partNumbers": part_numbers, **more})


def put_part(s3: httpx.Client, part: Any, data: bytes) -> httpx.Response:
    return s3.put(part["url"], content=data, headers=part["headers"])


def test_create_returns_the_plan_and_the_first_urls(ada: Api) -> None:
    created = ada.create(b"", **LARGE, size=150 * 64 * MIB + 1)
    upload = created["upload"]
    assert (upload["method"], upload["partSize"], upload["partCount"]) == ("MULTIPART", 64 * MIB, 151)
    assert [part["partNumber"] for part in upload["parts"]] == list(range(1, 101))
    assert {part["size"] for part in upload["parts"]} == {64 * MIB}
    created_at = datetime.fromisoformat(created["document"]["createdAt"])
    assert datetime.fromisoformat(upload["lastExpiresAt"]) == created_at + timedelta(days=7)


def test_a_create_may_wish_for_another_part_size(ada: Api) -> None:
    upload = ada.create(b"", **LARGE, size=100 * MIB, partSize=8 * MIB)["upload"]
    assert (upload["method"], upload["partSize"], upload["partCount"]) == ("MULTIPART", 8 * MIB, 13)
    assert ada.create(b"", **LARGE, size=100 * MIB, partSize=1)["upload"]["partSize"] == 5 * MIB


def test_each_document_of_a_batch_may_wish_for_a_part_size(ada: Api) -> None:
    items = [
        LARGE | {"size": 100 * MIB} | wish for wish in ({"partSize": 8 * MIB}, {"partSize": 20 * MIB}, {})
    ]
    results = ada.post("/documents/batch", {"documents": items}).json["results"]
    assert [result["upload"]["partSize"] for result in results] == [8 * MIB, 20 * MIB, 64 * MIB]


@pytest.mark.parametrize("wish", [0, -1, 1.5, "8388608", True, (1 << 53) + 1])
def test_a_part_size_that_is_no_number_of_bytes_is_not_valid(ada: Api, wish: object) -> None:
    refused = ada.post("/documents", LARGE | {"size": 100 * MIB, "partSize": wish})
    assert refused.problem == (422, "validation_failed")
    assert refused.json["errors"][0]["field"] == "partSize"


def test_the_last_part_is_shorter(ada: Api) -> None:
    document_id = ada.create(b"", **LARGE, size=150 * 64 * MIB + 1)["document"]["id"]
    parts = sign(ada, document_id, [150, 151]).json["parts"]
    assert [(part["partNumber"], part["size"]) for part in parts] == [(150, 64 * MIB), (151, 1)]


def test_a_part_accepts_exactly_its_length(account: Account, one_part: Any, s3: httpx.Client) -> None:
    [part] = one_part["upload"]["parts"]
    assert part["size"] == len(PNG)
    for data in (PNG + b"!", PNG[:-1]):
        assert refusal(put_part(s3, part, data)) == (403, "SignatureDoesNotMatch")
    assert put_part(s3, part, PNG).status_code == 200


def test_the_url_of_one_part_does_not_work_for_another(one_part: Any, s3: httpx.Client) -> None:
    [part] = one_part["upload"]["parts"]
    other = part | {"url": part["url"].replace("partNumber=1", "partNumber=2")}
    assert refusal(put_part(s3, other, PNG)) == (403, "SignatureDoesNotMatch")


def test_the_upload_progress_lists_the_missing_parts(ada: Api, one_part: Any, s3: httpx.Client) -> None:
    path = f"/documents/{one_part['document']['id']}/parts"
    assert ada.get(path).json == {"partSize": 64 * MIB, "partCount": 1, "uploaded": [], "missing": [1]}

    etag = put_part(s3, one_part["upload"]["parts"][0], PNG).headers["etag"]

    held = ada.get(path).json
    assert held["missing"] == []
    assert held["uploaded"] == [{"partNumber": 1, "size": len(PNG), "etag": etag}]


def test_the_filled_in_template_equals_the_full_url(ada: Api) -> None:
    document_id = ada.create(b"", **LARGE, size=2 * 64 * MIB + 1)["document"]["id"]
    for _ in range(5):  # repeated until both are signed in the same second
        full = sign(ada, document_id, [3, 1, 2]).json
        compact = sign(ada, document_id, [3, 1, 2], compact=True).json
        if full["expiresAt"] == compact["expiresAt"]:
            break
    template = compact["urlTemplate"]
    filled = {
        int(number): template.replace("{partNumber}", number).replace("{signature}", signature)
        for number, signature in compact["signatures"].items()
    }
    assert filled == {part["partNumber"]: part["url"] for part in full["parts"]}
    assert {part["partNumber"]: part["headers"] for part in full["parts"]} == dict.fromkeys(
        filled, compact["headers"]
    )


def test_compact_urls_of_10_000_parts_fit_into_one_response(ada: Api) -> None:
    document_id = ada.create(b"", **LARGE, size=10_000 * 64 * MIB)["document"]["id"]
    answer = sign(ada, document_id, list(range(1, 10_001)), compact=True)
    assert len(answer.json["signatures"]) == 10_000
    assert len(answer.text) < 1_000_000


def test_one_request_returns_urls_for_up_to_1000_parts(ada: Api) -> None:
    document_id = ada.create(b"", **LARGE, size=1_001 * 64 * MIB)["document"]["id"]
    answer = sign(ada, document_id, list(range(1, 1_001)))
    assert len(answer.json["parts"]) == 1_000
    assert len(answer.text) < 6_000_000
    refused = sign(ada, document_id, list(range(1, 1_002)))
    assert refused.problem == (422, "too_many_parts_requested")


@pytest.mark.parametrize(
    ("part_numbers", "code"),
    [
        ([0], "part_number_invalid"),
        ([-1], "part_number_invalid"),
        ([2], "part_number_invalid"),
        ([10_001], "part_number_invalid"),
        ([1 << 80], "part_number_invalid"),
        ([1, 1], "validation_failed"),
        ([], "validation_failed"),
        (["1"], "validation_failed"),
        ([1.0], "validation_failed"),
        ([True], "validation_failed"),
        (1, "validation_failed"),
        ([1] * 10_001, "too_many_parts_requested"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_parts_outside_the_plan_are_refused(ada: Api, one_part: Any, part_numbers: object, code: str) -> None:
    assert sign(ada, one_part["document"]["id"], part_numbers).problem == (422, code)


def test_with_part_checksums_each_part_is_checked_by_s3(account: Account, ada: Api, s3: httpx.Client) -> None:
    created = ada.create(PNG, method="MULTIPART", partChecksums=True)
    document_id = created["document"]["id"]
    assert created["upload"]["parts"] == []

    [part] = sign(ada, document_id, [1], checksums={"1": SHA256}).json["parts"]

    encoded = base64.b64encode(bytes.fromhex(SHA256)).decode()
    assert part["headers"] == {"x-amz-checksum-sha256": encoded}
    assert refusal(put_part(s3, part, PNG[::-1])) == (400, "BadDigest")
    assert put_part(s3, part, PNG).status_code == 200
    # moto's ListParts omits the checksum; a journey tests that `uploaded` has a sha256.
    assert ada.get(f"/documents/{document_id}/parts").json["missing"] == []
    assert ada.post(f"/documents/{document_id}/complete").status == 200
    account.deliver(account.arrival_event("ada", document_id))
    assert ada.document(document_id)["sha256"] == SHA256


@pytest.mark.parametrize(
    ("checksums", "code"),
    [
        (None, "checksum_invalid"),
        ({}, "checksum_invalid"),
        ({"2": SHA256}, "checksum_invalid"),
        ({"1": SHA256, "2": SHA256}, "checksum_invalid"),
        ({"1": SHA256.upper()}, "validation_failed"),
        ({"1": "x"}, "validation_failed"),
        ({"one": SHA256}, "validation_failed"),
        ({"01": SHA256}, "validation_failed"),
        ({"\N{ARABIC-INDIC DIGIT ONE}": SHA256}, "validation_failed"),
        ({"1" * 5_000: SHA256}, "validation_failed"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_with_part_checksums_each_part_needs_one(ada: Api, checksums: object, code: str) -> None:
    document_id = ada.create(PNG, method="MULTIPART", partChecksums=True)["document"]["id"]
    assert sign(ada, document_id, [1], checksums=checksums).problem == (422, code)
    assert sign(ada, document_id, [1], checksums=checksums, compact=True).status == 422


def test_without_part_checksums_none_is_accepted(ada: Api, one_part: Any) -> None:
    refused = sign(ada, one_part["document"]["id"], [1], checksums={"1": SHA256})
    assert refused.problem == (422, "checksum_invalid")


def test_a_single_put_has_no_parts(ada: Api) -> None:
    document_id = ada.create(PNG)["document"]["id"]
    assert sign(ada, document_id, [1]).problem == (409, "not_multipart")
    assert ada.get(f"/documents/{document_id}/parts").problem == (409, "not_multipart")


def test_after_an_abort_there_are_no_parts_and_no_upload(
    account: Account, ada: Api, one_part: Any, s3: httpx.Client
) -> None:
    document_id, [part] = one_part["document"]["id"], one_part["upload"]["parts"]
    put_part(s3, part, PNG)

    assert ada.post(f"/documents/{document_id}/abort").status == 204

    assert account.open_uploads() == []
    assert account.usage("ada") == (0, 0)
    assert sign(ada, document_id, [1]).problem == (409, "invalid_state")
    assert ada.get(f"/documents/{document_id}/parts").problem == (409, "invalid_state")
    assert refusal(put_part(s3, part, PNG)) == (404, "NoSuchUpload")


def test_an_upload_that_is_gone_from_s3_takes_no_parts_and_can_be_aborted(
    account: Account, ada: Api, one_part: Any
) -> None:
    document_id, [upload_id] = one_part["document"]["id"], account.open_uploads()
    key = staging_key(owner_key("ada"), document_id)
    account.s3.abort_multipart_upload(Bucket=account.bucket, Key=key, UploadId=upload_id)
    assert ada.get(f"/documents/{document_id}/parts").problem == (409, "invalid_state")
    assert ada.post(f"/documents/{document_id}/abort").status == 204
    assert ada.document(document_id)["status"] == "aborted"


def test_after_the_deadline_there_are_no_more_urls(
    account: Account, ada: Api, deploy: Callable[..., None]
) -> None:
    deploy(upload_lifetime=0)
    document_id = ada.create(PNG, method="MULTIPART")["document"]["id"]
    assert sign(ada, document_id, [1]).problem == (410, "upload_expired")
    assert sign(ada, document_id, [1], compact=True).problem == (410, "upload_expired")


@pytest.mark.parametrize(("days", "moved_to"), [(1, 1), (30, 7)])
def test_presigning_parts_extends_the_deadline_up_to_a_week(
    account: Account, ada: Api, deploy: Callable[..., None], days: int, moved_to: int
) -> None:
    before = ada.create(PNG, method="MULTIPART")["document"]
    rewrite(account, before["id"], upload_deadline=wiring.now() + timedelta(minutes=10))
    deploy(upload_lifetime=days * 86_400)

    sign(ada, before["id"], [1])

    after = ada.document(before["id"])
    lasts = datetime.fromisoformat(after["expiresAt"]) - datetime.fromisoformat(after["createdAt"])
    assert timedelta(days=moved_to) <= lasts <= timedelta(days=moved_to, minutes=5)

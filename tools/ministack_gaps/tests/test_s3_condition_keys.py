"""Bucket policies with conditions on how a request was signed and on what a write creates."""

from typing import Any

import pytest

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, error_code, request

_DATA = b"hello world"
_PRESIGNED = {"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}


@pytest.mark.parametrize(
    "condition",
    [
        _PRESIGNED,
        {"StringEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}},
        {"NumericGreaterThan": {"s3:signatureAge": -1}},
        _PRESIGNED | {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}},
    ],
)
def test_a_policy_denies_a_write_by_how_it_was_signed(
    closed: Account, published: Account, condition: dict[str, Any]
) -> None:
    def put(account: Account) -> int:
        url = account.presign("put_object", Bucket=account.create_bucket(condition), Key="a")
        return request("PUT", url, content=_DATA).status_code

    assert put(closed) == 403
    assert put(published) == 200, FIXED_UPSTREAM


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"s3:authType": "REST-HEADER"}},
        {"NumericGreaterThan": {"s3:signatureAge": 60_000}},
        {"Null": {"s3:if-none-match": "true"}},
        {"Bool": {"s3:ObjectCreationOperation": "false"}},
    ],
)
def test_a_policy_allows_a_write_that_its_condition_does_not_match(
    closed: Account, condition: dict[str, Any]
) -> None:
    url = closed.presign("put_object", Bucket=closed.create_bucket(condition), Key="a", IfNoneMatch="*")
    assert request("PUT", url, content=_DATA, headers={"if-none-match": "*"}).status_code == 200


def test_a_policy_on_object_creation_matches_complete_but_not_the_parts(closed: Account) -> None:
    bucket = closed.create_bucket({"Bool": {"s3:ObjectCreationOperation": "true"}})
    upload = closed.s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    target = {"Bucket": bucket, "Key": "a", "UploadId": upload}
    part = closed.s3.upload_part(**target, PartNumber=1, Body=_DATA)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    assert error_code(closed.s3.complete_multipart_upload, **target, MultipartUpload=parts) == "AccessDenied"


def test_a_policy_denies_a_post_form(closed: Account, published: Account) -> None:
    def post_form(account: Account, auth_type: str) -> int:
        bucket = account.create_bucket({"StringEquals": {"s3:authType": auth_type}})
        form = account.s3.generate_presigned_post(bucket, "a")
        return request("POST", form["url"], data=form["fields"], files={"file": _DATA}).status_code

    assert post_form(closed, "POST") == 403
    assert post_form(closed, "REST-QUERY-STRING") == 204
    assert post_form(published, "POST") == 204, FIXED_UPSTREAM

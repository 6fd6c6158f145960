"""moto's own behaviour at each gap. A test that fails here means that moto behaves as S3 does: remove the code that it names."""

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from moto.moto_server.werkzeug_app import create_backend_app

from strict_s3.client import wsgi_client

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEY = "folder/document"
BODY = b"hello, moto"
OTHER_SHA256 = base64.b64encode(hashlib.sha256(b"other bytes").digest()).decode()
OTHER_ETAG = '"00000000000000000000000000000000"'


def put_url(s3: "S3Client", bucket: str) -> httpx.URL:
    params = {"Bucket": bucket, "Key": KEY, "ContentLength": 1, "ContentType": "image/png"}
    return httpx.URL(s3.generate_presigned_url("put_object", Params=params, ExpiresIn=1))


def test_moto_accepts_any_signature_and_any_signed_header(
    moto: httpx.Client, s3: "S3Client", bucket: str
) -> None:
    """Corrected in `signatures`."""
    url = put_url(s3, bucket).copy_set_param("X-Amz-Signature", "0" * 64)
    assert moto.put(url, content=BODY, headers={"content-type": "text/html"}).status_code == 200


def test_moto_accepts_an_expired_url(moto: httpx.Client, s3: "S3Client", bucket: str) -> None:
    """Corrected in `signatures`."""
    url = put_url(s3, bucket).copy_set_param("X-Amz-Date", "20130524T000000Z")
    assert moto.put(url, content=BODY).status_code == 200


def test_moto_accepts_a_checksum_that_does_not_match(moto: httpx.Client, s3: "S3Client", bucket: str) -> None:
    """Corrected in `checksums`."""
    headers = {"x-amz-checksum-sha256": OTHER_SHA256, "content-md5": "bm90IGFuIG1kNQ=="}
    assert moto.put(put_url(s3, bucket), content=BODY, headers=headers).status_code == 200


def test_moto_stores_no_checksum_of_a_presigned_put(moto: httpx.Client, s3: "S3Client", bucket: str) -> None:
    """Corrected in `middleware._sdk_checksum_header`."""
    moto.put(put_url(s3, bucket), content=BODY, headers={"x-amz-checksum-sha256": OTHER_SHA256})
    assert "ChecksumSHA256" not in s3.head_object(Bucket=bucket, Key=KEY, ChecksumMode="ENABLED")


def test_moto_raises_key_error_for_a_part_of_an_aborted_upload(
    moto: httpx.Client, s3: "S3Client", bucket: str
) -> None:
    """Corrected in `middleware._find_missing_upload`."""
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key=KEY)["UploadId"]
    s3.abort_multipart_upload(Bucket=bucket, Key=KEY, UploadId=upload_id)
    params = {"Bucket": bucket, "Key": KEY, "UploadId": upload_id, "PartNumber": 1}
    with pytest.raises(KeyError):
        moto.put(s3.generate_presigned_url("upload_part", Params=params), content=BODY)


def test_moto_accepts_a_form_against_its_policy_and_responds_without_an_etag(
    moto: httpx.Client, s3: "S3Client", bucket: str
) -> None:
    """Corrected in `form_policies` and `forms.to_form_response`."""
    form = s3.generate_presigned_post(bucket, KEY, Conditions=[["content-length-range", 1, 2]])
    response = moto.post(form["url"], data=form["fields"], files={"file": BODY})
    assert response.status_code == 204
    assert "etag" not in response.headers


def test_moto_stores_no_checksum_of_a_form(moto: httpx.Client, s3: "S3Client", bucket: str) -> None:
    """Corrected in `middleware._store_form`, which stores a form as a PUT."""
    form = s3.generate_presigned_post(bucket, KEY, Fields={"x-amz-checksum-sha256": OTHER_SHA256})
    moto.post(form["url"], data=form["fields"], files={"file": BODY})
    assert "ChecksumSHA256" not in s3.head_object(Bucket=bucket, Key=KEY, ChecksumMode="ENABLED")


def test_moto_deletes_more_than_a_thousand_versions_at_once(s3: "S3Client", bucket: str) -> None:
    """Corrected in `delete_limit`."""
    version = s3.put_object(Bucket=bucket, Key=KEY, Body=BODY)["VersionId"]
    missing: Any = [{"Key": f"key-{number}", "VersionId": "v1"} for number in range(1_000)]
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [*missing, {"Key": KEY, "VersionId": version}]})
    assert "Versions" not in s3.list_object_versions(Bucket=bucket)


def test_moto_allows_every_origin(s3: "S3Client", bucket: str) -> None:
    """Corrected in `client.moto_s3`."""
    with wsgi_client(create_backend_app("s3")) as unchanged:
        response = unchanged.options(put_url(s3, bucket), headers={"origin": "https://elsewhere.example"})
    assert response.headers["access-control-allow-origin"] == "https://elsewhere.example"


def test_moto_ignores_copy_source_if_match(s3: "S3Client", bucket: str) -> None:
    """Corrected in `copy_conditions`."""
    s3.put_object(Bucket=bucket, Key=KEY, Body=BODY)
    source = f"{bucket}/{KEY}"
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=source, CopySourceIfMatch=OTHER_ETAG)
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == BODY


def test_moto_ignores_copy_source_if_match_of_a_part(s3: "S3Client", bucket: str) -> None:
    """Corrected in `copy_conditions`."""
    s3.put_object(Bucket=bucket, Key=KEY, Body=BODY)
    part: dict[str, Any] = {"Bucket": bucket, "Key": "parts", "PartNumber": 1}
    part["UploadId"] = s3.create_multipart_upload(Bucket=bucket, Key="parts")["UploadId"]
    copied = s3.upload_part_copy(**part, CopySource=f"{bucket}/{KEY}", CopySourceIfMatch=OTHER_ETAG)
    assert copied["CopyPartResult"]["ETag"] == s3.head_object(Bucket=bucket, Key=KEY)["ETag"]


def test_moto_ignores_if_none_match_on_the_destination_of_a_copy(s3: "S3Client", bucket: str) -> None:
    """Corrected in `copy_conditions`."""
    s3.put_object(Bucket=bucket, Key=KEY, Body=BODY)
    s3.put_object(Bucket=bucket, Key="copy", Body=b"there already")
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/{KEY}", IfNoneMatch="*")
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == BODY

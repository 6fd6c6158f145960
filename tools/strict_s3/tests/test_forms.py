"""POST forms of boto3: each way to violate a policy, and the responses to a valid form."""

import base64
import hashlib
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import httpx
import pytest

from strict_s3 import read_error
from tools.strict_s3.tests.signing import REGION, SESSION_KEY, SESSION_SECRET, Clock, s3_client

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FILE = b"\x89PNG\r\n\x1a\nnot much of an image\r\n"
KEY = "folder/owner/a +ü"
SHA256 = base64.b64encode(hashlib.sha256(FILE).digest()).decode()
TYPE = {"Content-Type": "image/png"}


def presign_form(s3: "S3Client", bucket: str, **fields: str) -> tuple[str, dict[str, str]]:
    """Returns URL and fields of a form with an exact key and type, a range of sizes, and `fields`."""
    fields = TYPE | fields
    exact = [{name: value} for name, value in fields.items()]
    range_ = ["content-length-range", len(FILE), len(FILE)]
    form = s3.generate_presigned_post(bucket, KEY, fields, [*exact, range_])
    return form["url"], form["fields"]


def post(front: httpx.Client, form: tuple[str, dict[str, str]], file: bytes = FILE) -> httpx.Response:
    url, fields = form
    return front.post(url, data=fields, files={"file": ("a.png", file)})


def test_a_valid_form_is_stored_with_status_204(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    response = post(front, presign_form(s3, bucket, **{"x-amz-meta-kind": "photo"}))
    assert (response.status_code, response.content) == (204, b"")
    stored = s3.get_object(Bucket=bucket, Key=KEY)
    assert (stored["Body"].read(), stored["ContentType"]) == (FILE, "image/png")
    assert stored["Metadata"] == {"kind": "photo"}
    assert response.headers["etag"] == stored["ETag"]
    assert response.headers["x-amz-version-id"] == stored["VersionId"]


def test_a_form_may_ask_for_201_with_an_xml_body(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    response = post(front, presign_form(s3, bucket, success_action_status="201"))
    assert response.status_code == 201
    result = ElementTree.fromstring(response.content)
    assert (result.findtext("Bucket"), result.findtext("Key")) == (bucket, KEY)
    assert result.findtext("ETag") == s3.head_object(Bucket=bucket, Key=KEY)["ETag"]
    location = f"https://{bucket}.s3.{REGION}.amazonaws.com/folder%2Fowner%2Fa%20%2B%C3%BC"
    assert result.findtext("Location") == response.headers["location"] == location


@pytest.mark.parametrize(("requested", "status"), [("200", 200), ("404", 204), ("", 204)])
def test_a_form_may_ask_for_200_and_gets_204_for_anything_else(
    front: httpx.Client, s3: "S3Client", bucket: str, requested: str, status: int
) -> None:
    assert post(front, presign_form(s3, bucket, success_action_status=requested)).status_code == status


def test_the_other_fields_of_a_form_are_those_of_a_put(
    front: httpx.Client, s3: "S3Client", bucket: str
) -> None:
    form = presign_form(s3, bucket, **{"acl": "public-read", "Cache-Control": "no-store"})
    assert post(front, form).status_code == 204
    assert s3.head_object(Bucket=bucket, Key=KEY)["CacheControl"] == "no-store"
    grants = s3.get_object_acl(Bucket=bucket, Key=KEY)["Grants"]
    assert "READ" in [grant["Permission"] for grant in grants]


def test_the_response_to_a_form_has_the_cors_headers_of_the_bucket(
    front: httpx.Client, s3: "S3Client", bucket: str
) -> None:
    rule: Any = {"AllowedOrigins": ["https://app.example"], "AllowedMethods": ["POST"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    url, fields = presign_form(s3, bucket)
    response = front.post(url, data=fields, files={"file": FILE}, headers={"origin": "https://app.example"})
    assert response.headers["access-control-allow-origin"] == "https://app.example"


def test_fields_after_the_file_are_ignored(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    url, fields = presign_form(s3, bucket)
    parts = [(name, (None, value.encode())) for name, value in fields.items()]
    ordered = [*parts, ("file", (None, FILE)), ("submit", (None, b"Upload")), ("key", (None, b"elsewhere"))]
    assert front.post(url, files=ordered).status_code == 204
    assert s3.get_object(Bucket=bucket, Key=KEY)["Body"].read() == FILE


def test_an_error_of_the_bucket_is_not_hidden(front: httpx.Client, s3: "S3Client") -> None:
    assert read_error(post(front, presign_form(s3, "nobody-has-this"))) == (404, "NoSuchBucket")


def test_a_form_posted_path_style_is_stored(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    _, fields = presign_form(s3, bucket)
    assert post(front, (f"https://s3.{REGION}.amazonaws.com/{bucket}", fields)).status_code == 204
    assert s3.get_object(Bucket=bucket, Key=KEY)["Body"].read() == FILE


def test_a_form_can_be_posted_twice(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    """A form has no If-None-Match, so each POST creates a version."""
    form = presign_form(s3, bucket)
    assert [post(front, form).status_code for _ in range(2)] == [204, 204]
    assert len(s3.list_object_versions(Bucket=bucket)["Versions"]) == 2


@pytest.mark.parametrize(
    ("file", "code"),
    [(FILE[:-1], "EntityTooSmall"), (FILE + b"!", "EntityTooLarge")],
    ids=["smaller", "larger"],
)
def test_a_file_outside_the_range_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, file: bytes, code: str
) -> None:
    assert read_error(post(front, presign_form(s3, bucket), file)) == (400, code)
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"key": "folder/owner/another"}, "Policy Condition failed"),
        ({"Content-Type": "text/html"}, "Policy Condition failed"),
        ({"acl": "public-read"}, "Extra input fields: acl"),
        ({"x-amz-meta-owner": "somebody"}, "Extra input fields: x-amz-meta-owner"),
        ({"x-amz-date": "20260101T000000Z"}, "Policy Condition failed"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_form_with_other_fields_than_its_policy_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, changed: dict[str, str], reason: str
) -> None:
    url, fields = presign_form(s3, bucket)
    response = post(front, (url, fields | changed))
    assert read_error(response) == (403, "AccessDenied")
    assert f"Invalid according to Policy: {reason}" in response.text


def test_fields_to_ignore_may_be_added(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    url, fields = presign_form(s3, bucket)
    assert post(front, (url, fields | {"x-ignore-page": "upload"})).status_code == 204


def test_a_form_for_another_bucket_is_refused(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    url, fields = presign_form(s3, bucket)
    response = post(front, (url.replace(bucket, "another"), fields))
    assert read_error(response) == (403, "AccessDenied")


def test_a_form_is_valid_until_its_expiration(
    front: httpx.Client, s3: "S3Client", bucket: str, clock: Clock
) -> None:
    form = presign_form(s3, bucket)
    policy = json.loads(base64.b64decode(form[1]["policy"]))
    clock.set_to = datetime.fromisoformat(policy["expiration"])
    assert post(front, form).status_code == 204
    clock.set_to += timedelta(seconds=1)
    response = post(front, form)
    assert read_error(response) == (403, "AccessDenied")
    assert "Policy expired" in response.text


def test_a_form_with_another_policy_than_signed_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str
) -> None:
    wider = base64.b64encode(b'{"expiration": "2100-01-01T00:00:00Z", "conditions": []}').decode()
    url, fields = presign_form(s3, bucket)
    response = post(front, (url, fields | {"policy": wider}))
    assert read_error(response) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("dropped", ["policy", "x-amz-credential", "x-amz-algorithm"])
def test_a_form_that_is_not_signed_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, dropped: str
) -> None:
    url, fields = presign_form(s3, bucket)
    del fields[dropped]
    response = post(front, (url, fields))
    assert read_error(response) == (403, "AccessDenied")
    assert "Invalid according to Policy" not in response.text


def test_a_form_beside_an_authorization_header_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str
) -> None:
    url, fields = presign_form(s3, bucket)
    bearer = {"authorization": "Bearer token-of-the-app"}
    response = front.post(url, data=fields, files={"file": FILE}, headers=bearer)
    assert read_error(response) == (400, "InvalidArgument")


def test_a_form_of_a_temporary_key_needs_its_own_token(
    front: httpx.Client, session_s3: "S3Client", bucket: str
) -> None:
    assert post(front, presign_form(session_s3, bucket)).status_code == 204
    another = s3_client(SESSION_KEY, SESSION_SECRET, "another token")
    assert read_error(post(front, presign_form(another, bucket))) == (400, "InvalidToken")


def test_a_checksum_in_a_form_is_verified_and_stored(
    front: httpx.Client, s3: "S3Client", bucket: str
) -> None:
    form = presign_form(s3, bucket, **{"x-amz-checksum-sha256": SHA256})
    assert read_error(post(front, form, FILE.swapcase())) == (400, "BadDigest")
    assert post(front, form).status_code == 204
    head = s3.head_object(Bucket=bucket, Key=KEY, ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == SHA256


def test_a_form_without_a_file_is_refused(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    url, fields = presign_form(s3, bucket)
    response = front.post(url, data=fields, files={"attachment": b"text"})
    assert read_error(response) == (400, "InvalidArgument")


def test_a_form_without_a_key_is_refused(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    url, fields = presign_form(s3, bucket)
    del fields["key"]
    assert read_error(post(front, (url, fields))) == (400, "InvalidArgument")


def test_a_form_of_another_length_than_its_content_length_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str
) -> None:
    url, fields = presign_form(s3, bucket)
    request = front.build_request("POST", url, data=fields, files={"file": FILE})
    request.headers["content-length"] = str(int(request.headers["content-length"]) - 1)
    assert read_error(front.send(request)) == (400, "IncompleteBody")


def test_a_truncated_form_is_refused(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    url, fields = presign_form(s3, bucket)
    whole = front.build_request("POST", url, data=fields, files={"file": FILE})
    content_type = {"content-type": whole.headers["content-type"]}
    response = front.post(url, content=whole.read()[:-80], headers=content_type)
    assert read_error(response) == (400, "MalformedPOSTRequest")


def test_a_field_that_is_not_text_is_refused(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    url, fields = presign_form(s3, bucket)
    response = front.post(url, data=fields, files={"attachment": FILE, "file": FILE})
    assert read_error(response) == (400, "MalformedPOSTRequest")


def test_unsupported_fields_are_refused(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    redirecting = presign_form(s3, bucket, redirect="https://app.example/done")
    assert read_error(post(front, redirecting)) == (501, "NotImplemented")
    url, fields = presign_form(s3, bucket)
    assert read_error(post(front, (url, fields | {"key": "${filename}"}))) == (501, "NotImplemented")


@pytest.mark.parametrize(
    ("target", "separator"), [("https://app.example/done", "?"), ("https://app.example/done?step=2", "&")]
)
def test_a_stored_form_leads_to_the_page_that_it_names(
    front: httpx.Client, s3: "S3Client", bucket: str, target: str, separator: str
) -> None:
    response = post(
        front, presign_form(s3, bucket, success_action_redirect=target, success_action_status="201")
    )
    location = response.headers["location"]
    assert (response.status_code, response.content) == (303, b"")
    assert location.startswith(target + separator)
    etag = s3.head_object(Bucket=bucket, Key=KEY)["ETag"]
    query = location.removeprefix(target + separator)
    assert dict(parse_qsl(query)) == {"bucket": bucket, "key": KEY, "etag": etag}


def test_a_form_that_is_refused_leads_nowhere(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    form = presign_form(s3, bucket, success_action_redirect="https://app.example/done")
    assert read_error(post(front, form, FILE + b"x")) == (400, "EntityTooLarge")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("cat.png", "cat.png"),
        ("C:\\photos\\cat.png", "cat.png"),
        ("photos/cat.png", "cat.png"),
        ("Käse.png", "=?UTF-8?B?S8Okc2UucG5n?="),
        ("${filename}.png", "${filename}.png"),
    ],
)
def test_the_name_of_the_file_takes_the_place_of_the_variable(
    front: httpx.Client, s3: "S3Client", bucket: str, sent: str, kept: str
) -> None:
    free = ["starts-with", "$x-amz-meta-name", ""]
    range_ = ["content-length-range", 1, len(FILE)]
    form = s3.generate_presigned_post(bucket, KEY, {"x-amz-meta-name": "${filename}"}, [free, range_])
    response = front.post(form["url"], data=form["fields"], files={"file": (sent, FILE)})
    assert response.status_code == 204
    assert s3.head_object(Bucket=bucket, Key=KEY)["Metadata"] == {"name": kept}


def test_the_policy_holds_for_the_name_and_not_for_the_variable(
    front: httpx.Client, s3: "S3Client", bucket: str
) -> None:
    form = presign_form(s3, bucket, **{"x-amz-meta-name": "${filename}"})
    assert read_error(post(front, form)) == (403, "AccessDenied")

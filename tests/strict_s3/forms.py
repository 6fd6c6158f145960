"""POST forms: the signature over the policy, the policy's conditions over the fields and the file, the answer.

Rules are from the S3 API Reference, "Browser-Based Uploads Using POST (AWS Signature Version 4)", pages
"POST policy" and "Calculating a signature", and from "POST Object". Not done, and refused with 501:
`${filename}` in the key, redirects, tags.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import quote
from xml.sax.saxutils import escape

from botocore.auth import S3SigV4PostAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData
from werkzeug.wrappers import Response

from tests.strict_s3.errors import S3Error, access_denied
from tests.strict_s3.request import S3Request
from tests.strict_s3.signatures import ALGORITHM, Secrets, check_equal, secret_of

_OUTSIDE_THE_POLICY = {"policy", "x-amz-signature"}
_NOT_DONE = {"redirect", "success_action_redirect", "tagging"}
_REST_FIELDS = {"cache-control", "content-disposition", "content-encoding", "content-type", "expires"}


@dataclass(frozen=True, slots=True)
class PostForm:
    """`fields` are those before the file, with lower-case names; S3 ignores what comes after the file."""

    fields: Mapping[str, str]
    file: bytes


def is_form(request: S3Request) -> bool:
    return request.method == "POST" and request.headers.get("content-type", "").startswith(
        "multipart/form-data"
    )


def read_form(request: S3Request) -> PostForm:
    """Raises S3Error when the body is not a form, or has no key or no file."""
    try:
        parts = _parts(request)
        file = parts.pop("file", None)
        fields = {name: value.decode() for name, value in parts.items()}
    except ValueError:
        message = "The body of your POST request is not well-formed multipart/form-data."
        raise S3Error(400, "MalformedPOSTRequest", message) from None
    if file is None:
        raise S3Error(400, "InvalidArgument", "POST requires exactly one file upload per request.")
    if "key" not in fields:
        raise S3Error(400, "InvalidArgument", "Bucket POST must contain a field named 'key'.")
    if fields.keys() & _NOT_DONE or "${filename}" in fields["key"]:
        raise S3Error(501, "NotImplemented", "The strict front does not do what this form asks for.")
    return PostForm(fields, file)


def authenticate_form(form: PostForm, secrets: Secrets) -> None:
    """Raises S3Error unless the policy is signed with SigV4 by a known key."""
    fields = form.fields
    credential = fields.get("x-amz-credential", "").split("/")
    if fields.get("x-amz-algorithm") != ALGORITHM or "policy" not in fields or len(credential) != 5:
        raise access_denied()
    access_key, day, region = credential[:3]
    secret = secret_of(access_key, fields.get("x-amz-security-token"), secrets)
    request = AWSRequest()
    request.context["timestamp"] = day
    signer = S3SigV4PostAuth(Credentials(access_key, secret), "s3", region)
    check_equal(signer.signature(fields["policy"], request), fields.get("x-amz-signature", ""))


def check_policy(form: PostForm, bucket: str, now: datetime) -> None:
    """Raises S3Error unless the policy is good at `now`, each condition holds and each field has a condition."""
    policy = _decode_policy(form.fields["policy"])
    if now > datetime.fromisoformat(policy["expiration"]):
        _refuse("Policy expired.")
    fields = {**form.fields, "bucket": bucket}
    covered = set()
    for condition in policy["conditions"]:
        operator, name, value = _condition(condition)
        if operator == "content-length-range":
            _check_size(len(form.file), int(name), int(value))
            continue
        if not _holds(operator, fields.get(name, ""), value):
            _refuse(f"Policy Condition failed: {json.dumps(condition)}")
        covered.add(name)
    extra = form.fields.keys() - covered - _OUTSIDE_THE_POLICY
    if extra := {name for name in extra if not name.startswith("x-ignore-")}:
        _refuse(f"Extra input fields: {', '.join(sorted(extra))}")


def put_headers(form: PostForm) -> dict[str, str]:
    """The headers of the PUT that stores the same object, signed in name only: moto wants to see a signer."""
    fields = form.fields
    headers = {
        name: value for name, value in fields.items() if name in _REST_FIELDS or name.startswith("x-amz-")
    }
    if "acl" in fields:
        headers["x-amz-acl"] = fields["acl"]
    credential, signature = fields["x-amz-credential"], fields["x-amz-signature"]
    signer = f"Credential={credential}, SignedHeaders=host, Signature={signature}"
    return headers | {"authorization": f"{ALGORITHM} {signer}"}


def stored_answer(form: PostForm, request: S3Request, stored: Response) -> Response:
    """S3's answer to a stored form: 200, 201 with an XML body, or 204, as `success_action_status` asks."""
    asked = form.fields.get("success_action_status")
    status = int(asked) if asked in ("200", "201") else 204
    key = form.fields["key"]
    location = f"https://{request.host}{request.path.rstrip('/')}/{quote(key, safe='')}"
    headers = {name: value for name, value in stored.headers if not name.lower().startswith("content-")}
    body = ""
    if status == 201:
        body = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<PostResponse><Location>{escape(location)}</Location><Bucket>{request.bucket}</Bucket>"
            f"<Key>{escape(key)}</Key><ETag>{escape(stored.headers['ETag'])}</ETag></PostResponse>"
        )
    return Response(body, status, {**headers, "Location": location}, content_type="application/xml")


def _parts(request: S3Request) -> dict[str, bytes]:
    """The form's parts up to and with the file; ValueError when the body is cut short or has no boundary."""
    _, options = parse_options_header(request.headers["content-type"])
    decoder = MultipartDecoder(options.get("boundary", "").encode())
    decoder.receive_data(request.body)
    decoder.receive_data(None)
    parts: dict[str, bytes] = {}
    name = ""
    while not isinstance(event := decoder.next_event(), Epilogue | NeedData) and "file" not in parts:
        if isinstance(event, Field | File):
            name, content = event.name.lower(), b""
        elif isinstance(event, Data):
            content += event.data
            if not event.more_data:
                parts[name] = content
    return parts


def _decode_policy(encoded: str) -> dict[str, Any]:
    try:
        policy = json.loads(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        policy = {}
    if not isinstance(policy, dict) or not {"expiration", "conditions"} <= policy.keys():
        raise S3Error(400, "InvalidPolicyDocument", "Invalid Policy: Invalid JSON.")
    return policy


def _condition(condition: dict[str, Any] | list[Any]) -> tuple[str, str, str]:
    """One condition as (operator, field name in lower case, value); a range as (operator, least, most)."""
    if isinstance(condition, dict):
        ((name, value),) = condition.items()
        return "eq", name.lower(), str(value)
    operator, name, value = condition
    return operator.lower(), str(name).removeprefix("$").lower(), str(value)


def _holds(operator: str, field: str, value: str) -> bool:
    if operator == "starts-with":
        return field.startswith(value)
    return operator == "eq" and field == value


def _check_size(size: int, least: int, most: int) -> None:
    if size < least:
        message = "Your proposed upload is smaller than the minimum allowed size"
        raise S3Error(400, "EntityTooSmall", message)
    if size > most:
        raise S3Error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")


def _refuse(reason: str) -> NoReturn:
    raise access_denied(f"Invalid according to Policy: {reason}")

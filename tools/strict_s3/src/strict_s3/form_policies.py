"""The signature of a POST form, and the conditions of its policy on the fields and the file.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html
"""

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from botocore.auth import S3SigV4PostAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from strict_s3.errors import S3Error, access_denied
from strict_s3.forms import PostForm
from strict_s3.parameters import ALGORITHM
from strict_s3.signatures import Secrets, compare_signatures, find_secret

_NEEDS_NO_CONDITION = {"policy", "x-amz-signature"}


def authenticate_form(form: PostForm, secrets: Secrets) -> None:
    """Raises S3Error unless the policy is signed with SigV4 by a known key."""
    fields = form.fields
    credential = fields.get("x-amz-credential", "").split("/")
    if fields.get("x-amz-algorithm") != ALGORITHM or "policy" not in fields or len(credential) != 5:
        raise access_denied()
    access_key, day, region = credential[:3]
    secret = find_secret(access_key, fields.get("x-amz-security-token"), secrets)
    request = AWSRequest()
    request.context["timestamp"] = day
    auth = S3SigV4PostAuth(Credentials(access_key, secret), "s3", region)
    compare_signatures(auth.signature(fields["policy"], request), fields.get("x-amz-signature", ""))


def check_policy(form: PostForm, bucket: str, now: datetime) -> None:
    """Raises S3Error unless the policy is valid at `now`, every condition holds and every field has a condition."""
    policy = _decode_policy(form.fields["policy"])
    if now > datetime.fromisoformat(policy["expiration"]):
        raise _policy_violated("Policy expired.")
    fields = {**form.fields, "bucket": bucket}
    covered = set()
    for condition in policy["conditions"]:
        operator, name, value = _parse_condition(condition)
        if operator == "content-length-range":
            _check_size(len(form.file), int(name), int(value))
            continue
        if not _is_satisfied(operator, fields.get(name, ""), value):
            raise _policy_violated(f"Policy Condition failed: {json.dumps(condition)}")
        covered.add(name)
    extra = form.fields.keys() - covered - _NEEDS_NO_CONDITION
    if extra := {name for name in extra if not name.startswith("x-ignore-")}:
        raise _policy_violated(f"Extra input fields: {', '.join(sorted(extra))}")


def _decode_policy(encoded: str) -> dict[str, Any]:
    try:
        policy = json.loads(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        policy = {}
    if not isinstance(policy, dict) or not {"expiration", "conditions"} <= policy.keys():
        raise S3Error(400, "InvalidPolicyDocument", "Invalid Policy: Invalid JSON.")
    return policy


def _parse_condition(condition: dict[str, Any] | list[Any]) -> tuple[str, str, str]:
    """Returns (operator, field name in lower case, value); for content-length-range (operator, minimum, maximum)."""
    if isinstance(condition, dict):
        ((name, value),) = condition.items()
        return "eq", name.lower(), str(value)
    operator, name, value = condition
    return operator.lower(), str(name).removeprefix("$").lower(), str(value)


def _is_satisfied(operator: str, field: str, value: str) -> bool:
    if operator == "starts-with":
        return field.startswith(value)
    return operator == "eq" and field == value


def _check_size(size: int, minimum: int, maximum: int) -> None:
    if size < minimum:
        message = "Your proposed upload is smaller than the minimum allowed size"
        raise S3Error(400, "EntityTooSmall", message)
    if size > maximum:
        raise S3Error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")


def _policy_violated(reason: str) -> S3Error:
    return access_denied(f"Invalid according to Policy: {reason}")

"""Object Lock: CloudFormation's properties of a bucket, versions that stay on, and who may see a lock.

MiniStack's API of Object Lock does as AWS, but its CloudFormation ignores both properties, so that a bucket that a template locks
is not locked.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
"""

from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from ministack_gaps.responses import Response
from ministack_gaps.role_policies import is_caller_allowed

_LOCK_HEADERS = ("x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date")

_upstream_put_versioning = s3._put_bucket_versioning


def install() -> None:
    """Adds both properties to the configurations of a bucket, and wraps PutBucketVersioning, GetObject and HeadObject."""
    enabled = ("ObjectLockEnabled", str, _enable, _keep)
    rule = ("ObjectLockConfiguration", _configuration_xml, s3._put_object_lock_configuration, _keep)
    provisioners._S3_BUCKET_CONFIGURATIONS = (*provisioners._S3_BUCKET_CONFIGURATIONS, enabled, rule)
    s3._put_bucket_versioning = _put_versioning
    s3._get_object = _hide_lock(s3._get_object)
    s3._head_object = _hide_lock(s3._head_object)


def _enable(bucket: str, value: str) -> None:
    """Turns the lock on, and versions with it. CloudFormation passes `true` as text."""
    if value.lower() == "true":
        s3._bucket_versioning[bucket] = "Enabled"
        s3._bucket_object_lock.setdefault(bucket, {"enabled": True, "default_retention": None})


def _keep(_bucket: str) -> None:
    """A lock cannot be turned off."""


def _configuration_xml(configuration: Mapping[str, Any]) -> bytes:
    """Returns the body of PutObjectLockConfiguration."""
    root = Element("ObjectLockConfiguration", xmlns=s3.S3_NS)
    SubElement(root, "ObjectLockEnabled").text = configuration.get("ObjectLockEnabled", "Enabled")
    if retention := configuration.get("Rule", {}).get("DefaultRetention"):
        element = SubElement(SubElement(root, "Rule"), "DefaultRetention")
        for name, value in retention.items():
            SubElement(element, name).text = str(value)
    return bytes(tostring(root, encoding="utf-8"))


def _put_versioning(bucket: str, body: bytes) -> Response:
    """Refuses to suspend versions, which a lock needs."""
    if bucket in s3._bucket_object_lock and b"Suspended" in body:
        message = "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
        refused: Response = s3._error("InvalidBucketState", message, 409)
        return refused
    answer: Response = _upstream_put_versioning(bucket, body)
    return answer


def _hide_lock(read: Callable[..., Response]) -> Callable[..., Response]:
    """Returns `read` without the headers of a lock for a caller without s3:GetObjectRetention."""

    def read_and_hide(bucket: str, key: str, *request: Any, **more: Any) -> Response:
        status, headers, body = read(bucket, key, *request, **more)
        is_shown = not set(_LOCK_HEADERS) & headers.keys() or is_caller_allowed(
            "s3:GetObjectRetention", f"arn:aws:s3:::{bucket}/{key}"
        )
        kept = headers if is_shown else {name: headers[name] for name in headers if name not in _LOCK_HEADERS}
        return status, kept, body

    return read_and_hide

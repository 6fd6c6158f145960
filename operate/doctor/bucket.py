"""Checks of the bucket: CORS by real preflights, nothing public, versions, lifecycle, events."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from operate.aws_calls import error_code
from operate.doctor.finding import DEPLOY_AGAIN, Finding, Inspection
from operate.doctor.preflight import check_foreign_origin, is_allowed, send_preflight
from operate.http import request
from operate.template import Resource


def check_bucket_cors(inspection: Inspection) -> Iterator[Finding]:
    """Sends the preflight of an upload from each origin of a page, and from one that is not allowed."""
    bucket = _documents(inspection)
    url = _object_url(inspection, bucket.physical_id)
    for rule in bucket.properties.get("CorsConfiguration", {}).get("CorsRules", []):
        for origin in rule["AllowedOrigins"]:
            response = send_preflight(url, origin, "PUT", rule["AllowedHeaders"])
            if response.status != 200 or not is_allowed(response):
                problem = f"does not let pages of {origin} upload (preflight: status {response.status})"
                yield Finding(
                    bucket.physical_id,
                    problem,
                    f"Its CORS rules are not those of the template. {DEPLOY_AGAIN}",
                )
    yield from check_foreign_origin(bucket.physical_id, url, "PUT", "upload")


def check_public_access(inspection: Inspection) -> Iterator[Finding]:
    """Also reads an object without a signature. IAM action: s3:GetBucketPublicAccessBlock."""
    s3 = inspection.client("s3")
    for bucket in inspection.template.list_resources("AWS::S3::Bucket"):
        expected = bucket.properties["PublicAccessBlockConfiguration"]
        found = _read(s3.get_public_access_block, bucket, "NoSuchPublicAccessBlockConfiguration")
        blocked = found.get("PublicAccessBlockConfiguration", {})
        missing = [name for name in expected if not blocked.get(name)]
        if missing:
            yield Finding(bucket.physical_id, f"may become public: {', '.join(missing)} is off", DEPLOY_AGAIN)
        status = request("GET", _object_url(inspection, bucket.physical_id)).status
        if status != 403:
            problem = f"answers a request without a signature with {status} instead of 403"
            yield Finding(bucket.physical_id, problem, "Remove the statement that makes it public.")


def check_versions(inspection: Inspection) -> Iterator[Finding]:
    """IAM action: s3:GetBucketVersioning."""
    bucket = _documents(inspection)
    status = inspection.client("s3").get_bucket_versioning(Bucket=bucket.physical_id).get("Status")
    if status != "Enabled":
        problem = (
            f"keeps no versions (versioning is {status}), so that what is checked is not what is downloaded"
        )
        yield Finding(
            bucket.physical_id, problem, "Enable versioning at once, then look at what was written meanwhile."
        )


def check_lifecycle(inspection: Inspection) -> Iterator[Finding]:
    """A rule too many may delete documents. IAM action: s3:GetLifecycleConfiguration."""
    s3 = inspection.client("s3")
    for bucket in inspection.template.list_resources("AWS::S3::Bucket"):
        rules = bucket.properties.get("LifecycleConfiguration", {}).get("Rules", [])
        found = _read(s3.get_bucket_lifecycle_configuration, bucket, "NoSuchLifecycleConfiguration")
        enabled = {rule.get("ID"): rule for rule in found.get("Rules", []) if rule["Status"] == "Enabled"}
        expected = {rule.get("Id"): rule for rule in rules}
        for name, rule in expected.items():
            if name not in enabled or _read_rule(enabled[name]) != _read_expected_rule(rule):
                yield Finding(bucket.physical_id, f"lacks the lifecycle rule {name}", DEPLOY_AGAIN)
        for name in enabled.keys() - expected.keys():
            problem = (
                f"has the lifecycle rule {name}, which the template has not and which may delete documents"
            )
            yield Finding(bucket.physical_id, problem, "Remove it.")


def _read_rule(rule: dict[str, Any]) -> tuple[Any, ...]:
    """Returns the prefix of a rule of S3 and what it deletes."""
    expiration = rule.get("Expiration", {})
    return (
        rule.get("Filter", {}).get("Prefix", rule.get("Prefix", "")),
        rule.get("AbortIncompleteMultipartUpload"),
        expiration.get("Days"),
        bool(expiration.get("ExpiredObjectDeleteMarker")),
        rule.get("NoncurrentVersionExpiration"),
    )


def _read_expected_rule(rule: dict[str, Any]) -> tuple[Any, ...]:
    """Returns the same of a rule of the template, in which CloudFormation has other names."""
    return (
        rule.get("Prefix", ""),
        rule.get("AbortIncompleteMultipartUpload"),
        rule.get("ExpirationInDays"),
        bool(rule.get("ExpiredObjectDeleteMarker")),
        rule.get("NoncurrentVersionExpiration"),
    )


def check_bucket_events(inspection: Inspection) -> Iterator[Finding]:
    """IAM action: s3:GetBucketNotification."""
    bucket = _documents(inspection)
    expected = bucket.properties.get("NotificationConfiguration", {})
    found = inspection.client("s3").get_bucket_notification_configuration(Bucket=bucket.physical_id)
    queues = {entry["QueueArn"] for entry in found.get("QueueConfigurations", [])}
    for entry in expected.get("QueueConfigurations", []):
        if entry["Queue"] not in queues:
            problem = f"sends no events to {entry['Queue']}, so that uploads stay `pending` until a sweep finds them"
            yield Finding(bucket.physical_id, problem, DEPLOY_AGAIN)
    if "EventBridgeConfiguration" in expected and "EventBridgeConfiguration" not in found:
        yield Finding(bucket.physical_id, "sends no events to EventBridge", DEPLOY_AGAIN)


def _documents(inspection: Inspection) -> Resource:
    """Returns the bucket of documents."""
    buckets = inspection.template.list_resources("AWS::S3::Bucket")
    return next(bucket for bucket in buckets if bucket.physical_id == inspection.deployment.bucket)


def _object_url(inspection: Inspection, bucket: str) -> str:
    """Returns the URL of an object that does not exist."""
    if endpoint := inspection.deployment.endpoint:
        return f"{endpoint}/{bucket}/staging/doctor"
    host = inspection.client("s3").meta.endpoint_url.partition("://")[2]
    region = inspection.template.region
    regional = host if region in host else host.replace("s3.", f"s3.{region}.", 1)
    return f"https://{bucket}.{regional}/staging/doctor"


def _read(call: Any, bucket: Resource, absent: str) -> dict[str, Any]:
    try:
        return dict(call(Bucket=bucket.physical_id))
    except ClientError as error:
        if error_code(error) == absent:
            return {}
        raise

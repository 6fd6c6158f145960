"""The check of the audit trail: its bucket locks what is written, and its records do not wait.

Readers of its queues, policies and functions are checked with all others. `audit verify` checks what was written.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError

from functions.adapters.dynamodb.attributes import to_item
from functions.adapters.dynamodb.chain_heads import AUDIT, head_from_item
from functions.domain.audit_trail import Chain
from operate.aws_calls import error_code
from operate.doctor.finding import DEPLOY_AGAIN, Finding, Inspection
from operate.template import Resource

_LATE = timedelta(minutes=15)


def check_audit(inspection: Inspection) -> Iterator[Finding]:
    """A deployment without a trail has no finding.

    IAM actions: s3:GetBucketObjectLockConfiguration, sqs:GetQueueAttributes, dynamodb:GetItem.
    """
    for bucket in inspection.template.list_resources("AWS::S3::Bucket"):
        if "ObjectLockConfiguration" in bucket.properties:
            yield from _check_lock(inspection, bucket)
            for chain in Chain:
                yield from _check_age(inspection, chain)


def _check_lock(inspection: Inspection, bucket: Resource) -> Iterator[Finding]:
    wanted = bucket.properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    try:
        answer = inspection.client("s3").get_object_lock_configuration(Bucket=bucket.physical_id)
        found = answer["ObjectLockConfiguration"].get("Rule", {}).get("DefaultRetention", {})
    except ClientError as error:
        if error_code(error) != "ObjectLockConfigurationNotFoundError":
            raise
        found = {}
    if (found.get("Mode"), str(found.get("Days"))) != (wanted["Mode"], str(wanted["Days"])):
        problem = f"locks what is written by {found or 'nothing'} instead of {wanted}"
        yield Finding(bucket.physical_id, problem, f"{DEPLOY_AGAIN} Then run `audit verify`.")


def _check_age(inspection: Inspection, chain: Chain) -> Iterator[Finding]:
    """Records that wait are late if nothing was written for 15 minutes. A message is gathered for at most one."""
    [queue] = [
        each
        for each in inspection.template.list_resources("AWS::SQS::Queue")
        if each.logical_id.startswith(f"Audit{chain.title()}Queue")
    ]
    attributes = inspection.client("sqs").get_queue_attributes(
        QueueUrl=queue.physical_id, AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]
    waiting = int(attributes["ApproximateNumberOfMessages"])
    written_at = _read_written_at(inspection, chain)
    if waiting and (written_at is None or datetime.now(UTC) - written_at > _LATE):
        since = f"since {written_at:%Y-%m-%dT%H:%M:%SZ}" if written_at else "at all"
        problem = f"has {waiting} messages that wait, and nothing was written {since}"
        yield Finding(queue.logical_id, problem, "See docs/runbooks/audit-late.md.")


def _read_written_at(inspection: Inspection, chain: Chain) -> datetime | None:
    key = to_item({"pk": AUDIT, "sk": chain.value})
    table = inspection.deployment.table
    found = inspection.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
    return head_from_item(found["Item"]).at if "Item" in found else None

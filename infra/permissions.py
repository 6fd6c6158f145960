"""Permissions of each function: every action by its name.

A presigned URL has the permissions of the role that signed it, so each of them is a permission of every client.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from functions.domain.keys import DOCUMENTS, QUARANTINE, RENDITIONS, STAGING
from functions.domain.steps import PROMOTE, SCAN
from infra.context import Deployment
from infra.document_table import DUE, FAILED
from infra.encryption import DECRYPT, WRITE, allow_via_service
from infra.nag import suppress
from infra.queue_with_dead_letters import QueueWithDeadLetters
from infra.queues import Queues
from infra.statements import CONSUME, allow, allow_batches
from infra.step_queues import StepQueues

# DeleteObjects needs DeleteObjectVersion alone for an entry with a version id, as DeleteObject does.
_EMPTY = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:DeleteObjectVersion")


@dataclass(frozen=True, kw_only=True)
class PermissionProps:
    """The resources of a deployment, and the options on which permissions depend.

    - `reports` is the bucket of S3 Inventory's reports, if there is one.
    - With `has_quarantine`, the pipeline writes infected bytes. No function can read them.
    - With `counts_owners`, `documents` counts calls and downloads of owners.
    - With `has_claims`, a sweep releases the digest of a document that nobody has claimed.
    - Without `signs_downloads`, CloudFront alone delivers, and `documents` has no right to any object.
    """

    bucket: s3.Bucket
    table: dynamodb.Table
    queues: Queues
    steps: Mapping[str, StepQueues]
    reports: s3.Bucket | None
    has_quarantine: bool
    counts_owners: bool
    has_claims: bool
    signs_downloads: bool

    def objects(self, *prefixes: str) -> list[str]:
        """Returns the ARNs of the objects under some prefixes."""
        return [self.bucket.arn_for_objects(f"{prefix}*") for prefix in prefixes]

    def allow_table(self, *actions: str) -> iam.PolicyStatement:
        """Allows actions of DynamoDB on the items of the table. A transaction needs the permissions of its single writes.

        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
        """
        return allow(self.table.table_arn, *(f"dynamodb:{action}" for action in actions))


def permissions(props: PermissionProps) -> dict[str, list[iam.PolicyStatement]]:
    """Returns function name -> statements."""
    return {
        "uploads": _uploads(props),
        "documents": _documents(props),
        "pipeline": _pipeline(props),
        "large_copy": _large_copy(props),
        "sweeps": _sweeps(props),
        "purge": _purge(props),
    }


def _uploads(props: PermissionProps) -> list[iam.PolicyStatement]:
    return [
        allow(
            props.objects(STAGING), "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"
        ),
        # BatchGetItem finds the originals of duplicates.
        props.allow_table("GetItem", "BatchGetItem", "PutItem", "UpdateItem"),
    ]


def _documents(props: PermissionProps) -> list[iam.PolicyStatement]:
    downloads = [allow(props.objects(DOCUMENTS, RENDITIONS), "s3:GetObjectVersion")]
    return [
        *(downloads if props.signs_downloads else []),
        # PutItem is for delete and restore. DeleteItem is for the digest of a deleted original.
        props.allow_table("GetItem", "PutItem", "DeleteItem", "Query"),
        *([props.allow_table("UpdateItem")] if props.counts_owners else []),
    ]


def _pipeline(props: PermissionProps) -> list[iam.PolicyStatement]:
    queues, steps = props.queues, props.steps
    return [
        # For a request with a version id S3 requires these alone. DeleteObject only adds a delete marker in a
        # versioned bucket, and then a presigned URL that is still valid could write the key again.
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
        allow(props.objects(STAGING), "s3:GetObjectVersion", "s3:DeleteObjectVersion"),
        # PutObject also starts a copy in parts, which `large_copy` continues. The reads are for the HEAD after a copy.
        allow(props.objects(DOCUMENTS), "s3:PutObject", "s3:GetObject", "s3:GetObjectVersion"),
        _allow_missing(props.bucket),
        props.allow_table("GetItem", "PutItem", "UpdateItem"),
        *allow_batches(queues.object_created, *(step.results for step in steps.values())),
        allow([step.tasks.queue.queue_arn for step in steps.values()], "sqs:SendMessage"),
        *([allow(props.objects(QUARANTINE), "s3:PutObject")] if props.has_quarantine else []),
        *(_allow_rescans(props) if SCAN in steps else []),
    ]


def _large_copy(props: PermissionProps) -> list[iam.PolicyStatement]:
    queues = props.steps[PROMOTE]
    return [
        allow(props.objects(STAGING), "s3:GetObjectVersion"),
        # PutObject copies parts and completes the copy, but starts none: the pipeline does.
        allow(
            props.objects(DOCUMENTS),
            *("s3:PutObject", "s3:GetObject", "s3:GetObjectVersion", "s3:ListMultipartUploadParts"),
        ),
        _allow_missing(props.bucket),
        *allow_batches(queues.tasks),
        allow(queues.results.queue.queue_arn, "sqs:SendMessage"),
    ]


def _sweeps(props: PermissionProps) -> list[iam.PolicyStatement]:
    queues, table = props.queues, props.table.table_arn
    return [
        *_allow_lists(props.bucket),
        allow(props.objects(STAGING), *_EMPTY),
        allow(props.objects(RENDITIONS), "s3:DeleteObjectVersion"),
        # The indexes yield owners and documents; the table is then queried for the documents of an owner.
        props.allow_table("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "Query"),
        allow([f"{table}/index/{index}" for index in (DUE, FAILED)], "dynamodb:Query"),
        allow([queues.object_created.queue.queue_arn, queues.purge_tasks.queue.queue_arn], "sqs:SendMessage"),
        *allow_batches(queues.sweep_slices),
        *(_allow_reports(props.reports) if props.reports else []),
        *([props.allow_table("DeleteItem")] if props.has_claims else []),
    ]


def _purge(props: PermissionProps) -> list[iam.PolicyStatement]:
    return [
        *_allow_lists(props.bucket, QUARANTINE),
        allow(props.objects(STAGING, DOCUMENTS, RENDITIONS), *_EMPTY),
        # Also without a quarantine, because one that was switched off has left bytes.
        allow(props.objects(QUARANTINE), "s3:DeleteObjectVersion"),
        props.allow_table("GetItem", "PutItem", "UpdateItem"),
        *allow_batches(props.queues.purge_tasks),
    ]


def counts_owners(deployment: Deployment) -> bool:
    """Returns True if the functions of the API count calls or downloads of owners."""
    return bool(deployment.call_rate or deployment.daily_download_bytes_limit)


def step_worker_statements(
    bucket: s3.Bucket, queues: StepQueues, step: str, key: kms.IKey | None = None
) -> list[iam.PolicyStatement]:
    """Returns the permissions of the worker of a step that the kinds file defines. The worker may run anywhere.

    The role reads staged versions, writes the renditions of its own step and says nothing for another step. It never
    touches the table. `key` is the KMS key of the deployment, if there is one.

    IAM cannot name one version of an object, nor the part of staging of one kind, because a step that a deploy adds
    to a kind also gets what still waits. So a worker reads what its task names, and its code must hold to that.
    """
    statements = [
        allow(bucket.arn_for_objects(f"{STAGING}*"), "s3:GetObjectVersion"),
        allow(bucket.arn_for_objects(f"{RENDITIONS}*/*/{step}/*"), "s3:PutObject"),
        *_allow_work(queues),
    ]
    return [*statements, *_worker_key_permissions(key)] if key else statements


def shipped_worker_statements(
    bucket: s3.Bucket, queues: StepQueues, step: str, key: kms.IKey | None = None
) -> list[iam.PolicyStatement]:
    """Returns the permissions of the worker of a step that Airlock ships.

    They are those of any worker, and those to send a task anew after a fault and to learn that a version is gone.
    """
    return [
        *step_worker_statements(bucket, queues, step, key),
        allow([queues.tasks.queue.queue_arn, queues.tasks.dead_letters.queue_arn], "sqs:SendMessage"),
        _allow_missing(bucket),
    ]


def scan_statements(
    queues: StepQueues, verdicts: QueueWithDeadLetters, key: kms.IKey | None
) -> list[iam.PolicyStatement]:
    """Returns the permissions of the function `scan`, which forwards verdicts of GuardDuty and asks for scans.

    SendObjectMalwareScan has no resource type, so the service's own check of the plan's role bounds what is scanned.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonguardduty.html
    """
    statements = [
        *allow_batches(queues.tasks, verdicts),
        allow(queues.results.queue.queue_arn, "sqs:SendMessage"),
        allow("*", "guardduty:SendObjectMalwareScan"),
    ]
    return [*statements, allow_via_service(key, "sqs", *WRITE)] if key else statements


def clamav_statements(
    bucket: s3.Bucket, queues: StepQueues, key: kms.IKey | None
) -> list[iam.PolicyStatement]:
    """Returns the permissions of the container with ClamAV: it reads staged and, for rescans, stored versions."""
    statements = [
        allow([bucket.arn_for_objects(f"{each}*") for each in (STAGING, DOCUMENTS)], "s3:GetObjectVersion"),
        _allow_missing(bucket),
        allow(queues.tasks.queue.queue_arn, "sqs:ReceiveMessage", "sqs:DeleteMessage"),
        allow(queues.results.queue.queue_arn, "sqs:SendMessage"),
    ]
    return [*statements, *_worker_key_permissions(key)] if key else statements


def manifest_statements(
    table: dynamodb.Table, signing_key: kms.IKey, key: kms.IKey | None
) -> list[iam.PolicyStatement]:
    """Returns the permissions of the function `manifests`: it reads records, and signs with one key that encrypts nothing."""
    statements = [
        allow(table.table_arn, "dynamodb:GetItem"),
        allow(signing_key.key_arn, "kms:Sign", "kms:GetPublicKey"),
    ]
    return [*statements, allow_via_service(key, "dynamodb", *DECRYPT)] if key else statements


def malware_protection_statements(bucket: s3.Bucket, key: kms.IKey | None) -> list[iam.PolicyStatement]:
    """Returns the permissions of the role that GuardDuty scans with: its documented policy, without tags of objects.

    It may read all of `staging/`, because the step asks for a scan of what came before its kind listed `scan`, and
    `documents/` for rescans.
    https://docs.aws.amazon.com/guardduty/latest/ug/malware-protection-s3-iam-policy-prerequisite.html
    """
    rule = cdk.Stack.of(bucket).format_arn(
        service="events",
        resource="rule",
        resource_name="DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*",
    )
    managed = {"StringLike": {"events:ManagedBy": "malware-protection-plan.guardduty.amazonaws.com"}}
    statements = [
        allow(
            rule,
            *("events:PutRule", "events:DeleteRule", "events:PutTargets", "events:RemoveTargets"),
            conditions=managed,
        ),
        allow(rule, "events:DescribeRule", "events:ListTargetsByRule"),
        allow(bucket.bucket_arn, "s3:PutBucketNotification", "s3:GetBucketNotification", "s3:ListBucket"),
        allow(bucket.arn_for_objects("malware-protection-resource-validation-object"), "s3:PutObject"),
        allow(
            [bucket.arn_for_objects(f"{each}*") for each in (STAGING, DOCUMENTS)],
            *("s3:GetObject", "s3:GetObjectVersion"),
        ),
    ]
    return [*statements, allow_via_service(key, "s3", *WRITE)] if key else statements


def trace_statement() -> iam.PolicyStatement:
    """Returns the permission of a function that sends traces to X-Ray. These actions have no resource type.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
    """
    return allow("*", "xray:PutTraceSegments", "xray:PutTelemetryRecords")


def key_permissions(key: kms.IKey, signs_downloads: bool = True) -> dict[str, list[iam.PolicyStatement]]:
    """Returns function name -> additional statements for a deployment with a KMS key. Deletes and other lists need no key.

    ListParts needs kms:Decrypt. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
    DynamoDB decrypts the key of the table on behalf of each caller.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html
    """
    table = allow_via_service(key, "dynamodb", *DECRYPT)
    list_and_send = [
        table,
        allow_via_service(key, "s3", *DECRYPT),
        allow_via_service(key, "sqs", *WRITE),
    ]
    return {
        "uploads": [table, allow_via_service(key, "s3", *WRITE)],
        "documents": [table, *([allow_via_service(key, "s3", *DECRYPT)] if signs_downloads else [])],
        "pipeline": [table, *_worker_key_permissions(key)],
        "large_copy": _worker_key_permissions(key),
        "sweeps": list_and_send,
        "purge": list_and_send,
    }


def _worker_key_permissions(key: kms.IKey) -> list[iam.PolicyStatement]:
    return [allow_via_service(key, "s3", *WRITE), allow_via_service(key, "sqs", *WRITE)]


def _allow_missing(bucket: s3.Bucket) -> iam.PolicyStatement:
    """Allows ListBucket, without which S3 returns 403 instead of 404 for an object that does not exist.

    Not restricted to a prefix, because a GET has no condition key `s3:prefix`.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    """
    return allow(bucket.bucket_arn, "s3:ListBucket")


def _allow_rescans(props: PermissionProps) -> list[iam.PolicyStatement]:
    """Allows to have infected bytes purged, and to release the digest of a document that was an original."""
    return [
        allow(props.queues.purge_tasks.queue.queue_arn, "sqs:SendMessage"),
        props.allow_table("DeleteItem"),
    ]


def _allow_work(queues: StepQueues) -> list[iam.PolicyStatement]:
    """Allows to consume the tasks of a step and to send its results."""
    return [
        allow(queues.tasks.queue.queue_arn, *CONSUME),
        allow(queues.results.queue.queue_arn, "sqs:SendMessage"),
    ]


def _allow_lists(bucket: s3.Bucket, *more: str) -> list[iam.PolicyStatement]:
    """Allows lists of the three prefixes, and of `more`. ListMultipartUploads has no condition key for the prefix.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
    """
    prefixes = {"StringLike": {"s3:prefix": [f"{each}*" for each in (STAGING, DOCUMENTS, RENDITIONS, *more)]}}
    return [
        allow(bucket.bucket_arn, "s3:ListBucketVersions", conditions=prefixes),
        allow(bucket.bucket_arn, "s3:ListBucketMultipartUploads"),
    ]


def _allow_reports(reports: s3.Bucket) -> list[iam.PolicyStatement]:
    """Allows to find and to read the reports. Nothing else is in their bucket."""
    return [
        allow(reports.bucket_arn, "s3:ListBucket"),
        allow(reports.arn_for_objects("*"), "s3:GetObject"),
    ]


def suppress_prefix_findings(role: iam.Role, statements: Sequence[iam.PolicyStatement]) -> None:
    """Suppresses the findings for resources that end in `/*`. Any other wildcard remains a finding."""
    for resource in [resource for statement in statements for resource in statement.resources]:
        if resource.endswith("/*"):
            name = _nag_resource_name(cdk.Stack.of(role).resolve(resource))
            suppress(role, f"AwsSolutions-IAM5[Resource::{name}]")


def _nag_resource_name(joined: dict[str, list[Any]]) -> str:
    return "".join(
        part if isinstance(part, str) else f"<{part.get('Ref') or '.'.join(part['Fn::GetAtt'])}>"
        for part in joined["Fn::Join"][1]
    )

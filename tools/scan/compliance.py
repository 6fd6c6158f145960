"""Findings of cdk-nag's packs for HIPAA and NIST 800-53 that are accepted, each with its reason.

Both packs have the same rules. tests/infra/test_compliance.py fails for any other finding, and for one that is gone.
"""

from collections.abc import Mapping
from typing import NamedTuple

FUNCTIONS = ("Uploads", "Documents", "Pipeline", "Sweeps", "Purge", "LargeCopy")
_SCAN = "Scan/GuardDuty/Scan"
_SUBSCRIBERS = (
    "Events/Publish",
    "Push/Push",
    "Push/Sockets",
    "Push/Tickets",
    "Audit/Writer",
    "Webhooks/Crm/Function",
    "Webhooks/DataLake/Function",
)
_COPY = "Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C512MiB"
"""CDK's function that copies the page to its bucket."""
_SUBNETS = ("Scan/ClamAV/Vpc/PublicSubnet1", "Scan/ClamAV/Vpc/PublicSubnet2")


class Accepted(NamedTuple):
    """The constructs with a finding, in any variant of the stack, and why the finding is accepted."""

    constructs: tuple[str, ...]
    reason: str


ALWAYS: Mapping[str, Accepted] = {
    "CloudWatchAlarmAction": Accepted(
        tuple(
            f"ServiceLevel/{burn}Burn{window}" for burn in ("Fast", "Slow") for window in ("Long", "Short")
        ),
        "An alarm on one window of the service level is read by a composite alarm, which notifies.",
    ),
    "DynamoDBInBackupPlan": Accepted(
        ("DocumentTable/Table",),
        "Point-in-time recovery covers 35 days. A plan of AWS Backup is of the account: select the table by its name.",
    ),
    "IAMNoInlinePolicy": Accepted(
        (
            *(f"{name}/Role" for name in (*FUNCTIONS, _SCAN, *_SUBSCRIBERS, "Scan/GuardDuty", "Scan/ClamAV")),
            "Scan/ClamAV/Task/ExecutionRole/DefaultPolicy",
            f"{_COPY}/ServiceRole/DefaultPolicy",
        ),
        "Each role has a policy that no other role may have, and that exists before the role is used.",
    ),
    "LambdaConcurrency": Accepted(
        (*(f"{name}/Function" for name in (*FUNCTIONS, _SCAN, *_SUBSCRIBERS)), _COPY),
        "A reservation cannot be deployed to a new account (docs/limits.md). The mappings of the queues have a maximum.",
    ),
    "LambdaDLQ": Accepted(
        (*(f"{name}/Function" for name in (*FUNCTIONS, _SCAN, *_SUBSCRIBERS)), _COPY),
        "The API and the queues invoke synchronously, and the queues have dead-letter queues. Sweeps repeat.",
    ),
    "LambdaInsideVPC": Accepted(
        (*(f"{name}/Function" for name in (*FUNCTIONS, _SCAN, *_SUBSCRIBERS)), _COPY),
        "The functions call S3, DynamoDB, SQS and KMS over TLS with IAM, and reach nothing in a VPC.",
    ),
    "S3BucketLoggingEnabled": Accepted(
        ("Storage/Bucket", "Inventory/Reports", "Events/Failures", "Audit/Bucket", "Page/Files"),
        "A log bucket costs a write per request. CloudTrail data events are the audit trail, and the account's choice.",
    ),
    "S3BucketReplicationEnabled": Accepted(
        ("Storage/Bucket", "Inventory/Reports", "Events/Failures", "Audit/Bucket", "Page/Files"),
        "A replica doubles the storage, and needs a bucket in another Region. docs/deploy.md says how to add one.",
    ),
    "S3BucketVersioningEnabled": Accepted(
        ("Inventory/Reports", "Events/Failures", "Page/Files"),
        "S3 and Lambda write each object under a new key, and the objects expire. The files of the page are in this repository.",
    ),
    "S3DefaultEncryptionKMS": Accepted(
        ("Page/Files",), "The page is public, and S3 encrypts its files with keys of its own."
    ),
    "SecretsManagerRotationEnabled": Accepted(
        ("Webhooks/Crm/Secret", "Webhooks/DataLake/Secret"),
        "The receiver has the secret too, so that its owner rotates it, with `operate webhooks rotate`.",
    ),
    "VPCFlowLogsEnabled": Accepted(
        ("Scan/ClamAV/Vpc",),
        "Nothing can connect to the containers, which call S3, SQS and the source of the signatures.",
    ),
    "VPCNoUnrestrictedRouteToIGW": Accepted(
        tuple(f"{subnet}/DefaultRoute" for subnet in _SUBNETS),
        "The containers fetch signatures from the internet. Their security group admits no connection from it.",
    ),
    "VPCSubnetAutoAssignPublicIpDisabled": Accepted(
        tuple(f"{subnet}/Subnet" for subnet in _SUBNETS),
        "A NAT gateway costs more than the containers. Their security group admits no connection.",
    ),
}
"""Rule without its pack -> findings of every variant that has the construct."""

WITHOUT_KEY: Mapping[str, Accepted] = {
    "CloudWatchLogGroupEncrypted": Accepted(
        (*(f"{name}/Log" for name in FUNCTIONS), "Api/AccessLog", "WebAcl/Log"),
        "AWS encrypts logs; kms=true uses a key of the account, but not for the logs of the edge, which are in us-east-1.",
    ),
    "S3DefaultEncryptionKMS": Accepted(
        ("Storage/Bucket", "Page/Files"),
        "S3 encrypts with keys of its own; kms=true uses a key of the account.",
    ),
    "SNSEncryptedKMS": Accepted(
        ("Notifications/Topic",),
        "Alarms contain names and figures. CloudWatch cannot use the key of AWS; kms=true uses a key of the account.",
    ),
}
"""Findings of a variant without a KMS key."""

"""The audit trail: off by default; with it a locked bucket, to which one role adds and from which nobody takes."""

import json
from typing import Any

import pytest

from functions.adapters.dynamodb.chain_heads import AUDIT
from functions.domain.audit_trail import PREFIX
from infra.checks import ContextError
from infra.context import Deployment
from tests.infra.conftest import Variant
from tests.infra.policy import allowed_actions, denying_sids, role_statements
from tests.infra.template import Synthesis
from tests.infra.test_permissions import PERMISSIONS, SEND, TABLE
from tests.infra.test_upgrade import create_only

BUCKET = "${AuditBucket.Arn}"
WRITER = "${AuditWriterRole.Arn}"
OBJECT = f"{BUCKET}/{PREFIX}changes/000000000001.ndjson"
WRITE = {"aws:SecureTransport": "true", "s3:TlsVersion": 1.3, "s3:if-none-match": "*"}
REQUESTS = "${AuditRequestsQueue.Arn}"
READ_QUEUE = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
SENDERS = ("UploadsRole", "DocumentsRole")


@pytest.fixture(scope="module")
def audit(variant: Variant) -> Synthesis:
    return variant(audit="true", auditReads="true", manifest="true")


@pytest.fixture(scope="module")
def encrypted_audit(variant: Variant) -> Synthesis:
    return variant(audit="true", kms="true", auditDays="30")


def policy(audit: Synthesis) -> dict[str, Any]:
    found: dict[str, Any] = audit.all("AWS::S3::BucketPolicy")["AuditBucketPolicy"]["PolicyDocument"]
    return found


def test_without_the_key_there_is_no_trail(stack: Synthesis) -> None:
    assert [name for name in stack.resources() if name.startswith("Audit")] == []
    assert all(
        function["Environment"]["Variables"]["AIRLOCK_AUDIT"] == ""
        for function in stack.all("AWS::Lambda::Function").values()
    )


def test_download_urls_are_recorded_only_with_a_trail() -> None:
    with pytest.raises(ContextError, match="auditReads requires audit"):
        Deployment.from_context({"auditReads": "true"})


def test_each_object_is_locked_for_the_days_of_the_deployment(
    audit: Synthesis, encrypted_audit: Synthesis
) -> None:
    for synthesis, days in ((audit, 365), (encrypted_audit, 30)):
        bucket = synthesis.all("AWS::S3::Bucket")["AuditBucket"]
        retention = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
        assert (bucket["ObjectLockEnabled"], retention) == (True, {"Mode": "COMPLIANCE", "Days": days})
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        expire, markers = bucket["LifecycleConfiguration"]["Rules"]
        assert expire["ExpirationInDays"] == days + 1
        assert markers["ExpiredObjectDeleteMarker"] is True


def test_the_bucket_stays_also_on_an_ephemeral_stage(audit: Synthesis) -> None:
    bucket = audit.resources()["AuditBucket"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_no_upgrade_replaces_the_bucket(audit: Synthesis) -> None:
    """Its logical id is fixed, and so is everything that CloudFormation can change only by a replacement."""
    bucket = json.loads(audit.text)["Resources"]["AuditBucket7486E833"]["Properties"]
    fixed = {name: bucket[name] for name in create_only("AWS::S3::Bucket") & bucket.keys()}
    assert fixed == {}


def test_the_writer_adds_objects_and_knows_the_heads_alone(audit: Synthesis) -> None:
    assert allowed_actions(audit, "AuditWriterRole") == {
        f"{BUCKET}/{PREFIX}*": {"s3:PutObject", "s3:GetObject"},
        BUCKET: {"s3:ListBucket"},
        TABLE: {"dynamodb:GetItem", "dynamodb:PutItem"},
        REQUESTS: READ_QUEUE,
        "${AuditChangesQueue.Arn}": READ_QUEUE,
        "${AuditRequestsDeadLetters.Arn}": SEND,
        "${AuditChangesDeadLetters.Arn}": SEND,
        "${AuditWriterLog.Arn}": {"logs:CreateLogStream", "logs:PutLogEvents"},
    }
    [table] = [each for each in role_statements(audit, "AuditWriterRole") if each["Resource"] == TABLE]
    assert table["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [AUDIT]}}


def test_the_functions_of_the_api_may_send_records_and_nothing_else(audit: Synthesis) -> None:
    for role in SENDERS:
        assert allowed_actions(audit, role) == PERMISSIONS[role] | {REQUESTS: SEND}
    assert allowed_actions(audit, "ManifestsRole")[REQUESTS] == SEND
    others = PERMISSIONS.keys() - set(SENDERS)
    assert {name: allowed_actions(audit, name) for name in others} == {
        name: PERMISSIONS[name] for name in others
    }


def test_only_the_rule_of_the_bus_sends_changes(audit: Synthesis) -> None:
    rule = audit.all("AWS::Events::Rule")["AuditDocuments"]
    assert rule["EventBusName"] == "${EventsBus}"
    assert rule["EventPattern"] == {"source": ["airlock"], "detail-type": [{"prefix": "document."}]}
    [target] = rule["Targets"]
    assert target["Arn"] == "${AuditChangesQueue.Arn}"
    assert target["DeadLetterConfig"] == {"Arn": "${AuditChangesDeadLetters.Arn}"}


def test_messages_are_gathered_for_a_minute_and_kept_for_two_weeks(audit: Synthesis) -> None:
    for name in ("Changes", "Requests"):
        mapping = audit.all("AWS::Lambda::EventSourceMapping")[f"AuditWriterFunction{name}"]
        assert mapping["MaximumBatchingWindowInSeconds"] == 60
        assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
        # All of a batch fails or none, because a batch is one object.
        assert "FunctionResponseTypes" not in mapping
        queue = audit.all("AWS::SQS::Queue")[f"Audit{name}Queue"]
        assert queue["MessageRetentionPeriod"] == 14 * 86_400
        assert queue["VisibilityTimeout"] >= 6 * 60 + 60


@pytest.mark.parametrize(
    "action",
    [
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:PutObjectRetention",
        "s3:PutObjectLegalHold",
        "s3:BypassGovernanceRetention",
    ],
)
def test_nobody_deletes_or_unlocks(audit: Synthesis, action: str) -> None:
    assert denying_sids(policy(audit), action, OBJECT, WRITE | {"aws:PrincipalArn": WRITER}) == {
        "NobodyDeletesOrUnlocks"
    }


def test_only_the_writer_writes_and_never_over_an_object(audit: Synthesis) -> None:
    by_writer = WRITE | {"aws:PrincipalArn": WRITER}
    assert denying_sids(policy(audit), "s3:PutObject", OBJECT, by_writer) == set()
    by_admin = WRITE | {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/Admin"}
    assert denying_sids(policy(audit), "s3:PutObject", OBJECT, by_admin) == {"OnlyTheWriterWrites"}
    unconditional = {key: value for key, value in by_writer.items() if key != "s3:if-none-match"}
    assert denying_sids(policy(audit), "s3:PutObject", OBJECT, unconditional) == {"NobodyOverwrites"}


def test_the_settings_name_the_queue_and_the_bucket(audit: Synthesis) -> None:
    functions = audit.all("AWS::Lambda::Function")

    def read(function: str) -> Any:
        return json.loads(functions[function]["Environment"]["Variables"]["AIRLOCK_AUDIT"])

    for name in ("Uploads", "Documents", "Manifests"):
        assert read(f"{name}Function") == {"queue": "${AuditRequestsQueue}", "reads": True}
    assert read("AuditWriterFunction") == {
        "bucket": "${AuditBucket}",
        "days": 365,
        "chains": {"changes": "${AuditChangesQueue}", "requests": "${AuditRequestsQueue}"},
    }


def test_with_a_kms_key_all_of_it_is_encrypted(encrypted_audit: Synthesis) -> None:
    key = "${EncryptionKey.Arn}"
    assert allowed_actions(encrypted_audit, "AuditWriterRole")[key] == {"kms:Decrypt", "kms:GenerateDataKey"}
    encryption = encrypted_audit.all("AWS::S3::Bucket")["AuditBucket"]["BucketEncryption"]
    [rule] = encryption["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"KMSMasterKeyID": key, "SSEAlgorithm": "aws:kms"}
    queues = encrypted_audit.all("AWS::SQS::Queue")
    assert all(queue["KmsMasterKeyId"] == key for name, queue in queues.items() if name.startswith("Audit"))
    statements = encrypted_audit.all("AWS::KMS::Key")["EncryptionKey"]["KeyPolicy"]["Statement"]
    assert "AllowRulesToSendToEncryptedQueue" in [each.get("Sid") for each in statements]


def test_late_records_and_dead_letters_raise_an_alarm(audit: Synthesis) -> None:
    alarms = audit.all("AWS::CloudWatch::Alarm")
    for name, metric in (
        ("AuditLate", "ApproximateAgeOfOldestMessage"),
        ("AuditDeadLetters", "ApproximateNumberOfMessagesVisible"),
    ):
        watched = [each["MetricStat"] for each in alarms[name]["Metrics"] if "MetricStat" in each]
        assert [each["Metric"]["MetricName"] for each in watched] == [metric, metric]
        assert alarms[name]["AlarmActions"] == ["${NotificationsTopic}"]

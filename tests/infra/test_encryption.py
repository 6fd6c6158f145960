"""Encryption at rest: keys that AWS owns, or with `kms` one KMS key of the deployment (T18)."""

import pytest

from tests.infra.conftest import Variant
from tests.infra.policy import as_list, role_statements
from tests.infra.template import Synthesis

KEY = "${EncryptionKey.Arn}"
READ, WRITE = {"kms:Decrypt"}, {"kms:Decrypt", "kms:GenerateDataKey"}

# Role -> service -> actions on the key within requests to that service. A multipart upload needs Decrypt too.
USES = {
    "UploadsRole": {"dynamodb": READ, "s3": WRITE},
    "DocumentsRole": {"dynamodb": READ, "s3": READ},
    "PipelineRole": {"dynamodb": READ, "s3": WRITE, "sqs": WRITE},
    "LargeCopyRole": {"s3": WRITE, "sqs": WRITE},
    # ListParts decrypts.
    "SweepsRole": {"dynamodb": READ, "s3": READ, "sqs": WRITE},
    "PurgeRole": {"dynamodb": READ, "s3": READ, "sqs": WRITE},
}


def test_without_kms_there_is_no_key_and_no_permission_for_one(stack: Synthesis) -> None:
    assert not stack.all("AWS::KMS::Key")
    assert "kms:" not in stack.text


def test_bucket_table_and_queues_are_encrypted_with_the_one_key(encrypted: Synthesis) -> None:
    (rule,) = encrypted.only("AWS::S3::Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"KMSMasterKeyID": KEY, "SSEAlgorithm": "aws:kms"}
    assert rule["BucketKeyEnabled"] is True
    assert encrypted.only("AWS::DynamoDB::Table")["SSESpecification"] == {
        "KMSMasterKeyId": KEY,
        "SSEEnabled": True,
        "SSEType": "KMS",
    }
    queues = encrypted.all("AWS::SQS::Queue")
    assert len(queues) == 10
    assert {queue["KmsMasterKeyId"] for queue in queues.values()} == {KEY}


@pytest.mark.parametrize("role", USES)
def test_each_role_may_use_the_key_for_its_own_requests_only(encrypted: Synthesis, role: str) -> None:
    uses = {}
    for statement in role_statements(encrypted, role):
        actions = {action for action in as_list(statement["Action"]) if action.startswith("kms:")}
        if actions:
            assert statement["Resource"] == KEY
            ((operator, test),) = statement["Condition"].items()
            assert operator == "StringEquals"
            assert set(test) == {"kms:ViaService"}
            service, _, domain = test["kms:ViaService"].partition(".")
            assert domain == "${AWS::Region}.${AWS::URLSuffix}"
            uses[service] = actions
    assert uses == USES[role]


@pytest.mark.parametrize("role", USES)
def test_kms_changes_no_other_permission_of_a_role(stack: Synthesis, encrypted: Synthesis, role: str) -> None:
    others = [
        statement
        for statement in role_statements(encrypted, role)
        if not str(as_list(statement["Action"])[0]).startswith("kms:")
    ]
    assert others == role_statements(stack, role)


def test_s3_may_use_the_key_to_send_to_the_queue_and_only_for_this_account(encrypted: Synthesis) -> None:
    account, _, _, s3 = encrypted.only("AWS::KMS::Key")["KeyPolicy"]["Statement"]
    assert account["Principal"] == {"AWS": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
    assert s3["Principal"] == {"Service": "s3.amazonaws.com"}
    assert set(s3["Action"]) == WRITE
    assert s3["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
        "ArnLike": {"aws:SourceArn": "arn:${AWS::Partition}:s3:::*"},
    }


def test_the_logs_of_the_stack_are_encrypted_with_the_key_and_no_others_may_use_it(
    stack: Synthesis, encrypted: Synthesis
) -> None:
    groups = encrypted.all("AWS::Logs::LogGroup")
    assert len(groups) == 7
    assert {group["KmsKeyId"] for group in groups.values()} == {KEY}
    assert not [group for group in stack.all("AWS::Logs::LogGroup").values() if "KmsKeyId" in group]
    logs = encrypted.only("AWS::KMS::Key")["KeyPolicy"]["Statement"][1]
    assert logs["Principal"] == {"Service": "logs.${AWS::Region}.${AWS::URLSuffix}"}
    context = {
        "kms:EncryptionContext:aws:logs:arn": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:Airlock-dev-*"
    }
    assert logs["Condition"] == {"ArnLike": context}


def test_alarms_may_publish_to_the_encrypted_topic(encrypted: Synthesis) -> None:
    assert encrypted.only("AWS::SNS::Topic")["KmsMasterKeyId"] == KEY
    alarms = encrypted.only("AWS::KMS::Key")["KeyPolicy"]["Statement"][2]
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert set(alarms["Action"]) == WRITE
    assert alarms["Condition"] == {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}}


def test_on_standby_the_functions_may_use_the_key_and_nothing_new_is_encrypted_with_it(
    stack: Synthesis, encrypted: Synthesis, standby: Synthesis
) -> None:
    assert standby.only("AWS::KMS::Key") == encrypted.only("AWS::KMS::Key")
    for role in USES:
        assert role_statements(standby, role) == role_statements(encrypted, role)
    for type_ in ("S3::Bucket", "DynamoDB::Table", "SQS::Queue", "SNS::Topic", "Logs::LogGroup"):
        assert standby.all(f"AWS::{type_}") == stack.all(f"AWS::{type_}")


def test_the_key_is_rotated_and_retained_with_the_data(encrypted: Synthesis, variant: Variant) -> None:
    assert encrypted.only("AWS::KMS::Key")["EnableKeyRotation"] is True
    prod = variant(kms=True, stage="prod", webOrigins="https://app.example.com").resources()
    assert prod["EncryptionKey"]["DeletionPolicy"] == "Retain"
    assert encrypted.resources()["EncryptionKey"]["DeletionPolicy"] == "Delete"


@pytest.mark.parametrize("name", ["stack", "encrypted"])
def test_keys_of_clients_are_blocked(request: pytest.FixtureRequest, name: str) -> None:
    """Only the client could decrypt an object that it wrote with its own key (SSE-C)."""
    synthesis: Synthesis = request.getfixturevalue(name)
    (rule,) = synthesis.only("AWS::S3::Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BlockedEncryptionTypes"] == {"EncryptionType": ["SSE-C"]}

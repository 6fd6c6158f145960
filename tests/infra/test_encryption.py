"""Encryption at rest: AWS's keys unless `kms` is given, then one of the deployment's own for all that holds data (T18)."""

from typing import Any

import pytest

from tests.infra.conftest import Checked, Variant
from tests.infra.policy import as_list
from tests.infra.template import Synthesis

KEY = "${EncryptionKey.Arn}"
READ, WRITE = {"kms:Decrypt"}, {"kms:Decrypt", "kms:GenerateDataKey"}

# Who may use the key, as part of a request to which service. An upload in parts wants to decrypt as well.
USES = {
    "UploadsRole": {"dynamodb": READ, "s3": WRITE},
    "DocumentsRole": {"dynamodb": READ, "s3": READ},
    "PipelineRole": {"dynamodb": READ, "s3": WRITE, "sqs": WRITE},
    "SweepsRole": {"dynamodb": READ, "sqs": WRITE},
    "PurgeRole": {"dynamodb": READ, "sqs": READ},
}


@pytest.fixture
def encrypted(variant: Variant) -> Synthesis:
    return variant(kms="true")


def statements(synthesis: Synthesis, role: str) -> list[dict[str, Any]]:
    policies = synthesis.all("AWS::IAM::Role")[role]["Policies"]
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def test_without_kms_there_is_no_key_and_no_right_to_one(stack: Checked) -> None:
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
    assert len(queues) == 4
    assert {queue["KmsMasterKeyId"] for queue in queues.values()} == {KEY}


@pytest.mark.parametrize("role", USES)
def test_each_role_may_use_the_key_for_its_own_requests_only(encrypted: Synthesis, role: str) -> None:
    uses = {}
    for statement in statements(encrypted, role):
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
def test_besides_the_key_a_role_may_do_what_it_may_without(
    stack: Checked, encrypted: Synthesis, role: str
) -> None:
    without = [s for s in statements(encrypted, role) if not str(as_list(s["Action"])[0]).startswith("kms:")]
    assert without == statements(stack, role)


def test_s3_may_use_the_key_to_tell_the_queue_and_only_for_this_account(encrypted: Synthesis) -> None:
    account, s3 = encrypted.only("AWS::KMS::Key")["KeyPolicy"]["Statement"]
    assert account["Principal"] == {"AWS": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
    assert s3["Principal"] == {"Service": "s3.amazonaws.com"}
    assert set(s3["Action"]) == WRITE
    assert s3["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
        "ArnLike": {"aws:SourceArn": "arn:${AWS::Partition}:s3:::*"},
    }


def test_the_key_is_rotated_and_kept_with_the_data(encrypted: Synthesis, variant: Variant) -> None:
    assert encrypted.only("AWS::KMS::Key")["EnableKeyRotation"] is True
    prod = variant(kms=True, stage="prod", webOrigins="https://app.example.com").resources()
    assert prod["EncryptionKey"]["DeletionPolicy"] == "Retain"
    assert encrypted.resources()["EncryptionKey"]["DeletionPolicy"] == "Delete"


@pytest.mark.parametrize("kms", [None, "false", "true"])
def test_no_client_may_bring_a_key_of_its_own(stack: Checked, variant: Variant, kms: str | None) -> None:
    """Who wrote with one would hold the bytes to ransom."""
    synthesis = variant(kms=kms) if kms else stack
    (rule,) = synthesis.only("AWS::S3::Bucket")["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BlockedEncryptionTypes"] == {"EncryptionType": ["SSE-C"]}

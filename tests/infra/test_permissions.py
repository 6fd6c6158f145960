"""A role is what a presigned URL can do, so each role is compared whole: nothing less, nothing more."""

from typing import Any

import pytest

from tests.infra.conftest import Checked
from tests.infra.policy import as_list

STAGING = "${StorageBucket.Arn}/staging/*"
DOCUMENTS = "${StorageBucket.Arn}/documents/*"
TABLE = "${DocumentTable.Arn}"
LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}

RIGHTS = {
    "UploadsRole": {
        STAGING: {"s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"},
        TABLE: {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "${UploadsLog.Arn}": LOG,
    },
    "DocumentsRole": {
        DOCUMENTS: {"s3:GetObjectVersion"},
        TABLE: {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"},
        "${DocumentsLog.Arn}": LOG,
    },
    "PipelineRole": {
        STAGING: {"s3:GetObjectVersion", "s3:DeleteObjectVersion"},
        DOCUMENTS: {"s3:PutObject", "s3:GetObject", "s3:GetObjectVersion", "s3:ListMultipartUploadParts"},
        "${StorageBucket.Arn}": {"s3:ListBucket"},
        TABLE: {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "${ObjectCreatedQueue.Arn}": {
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ChangeMessageVisibility",
            "sqs:SendMessage",
        },
        "${PipelineLog.Arn}": LOG,
    },
    "SweepsRole": {
        STAGING: {"s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:DeleteObjectVersion"},
        "${StorageBucket.Arn}": {"s3:ListBucketVersions", "s3:ListBucketMultipartUploads"},
        TABLE: {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query"},
        f"{TABLE}/index/due": {"dynamodb:Query"},
        "${ObjectCreatedQueue.Arn}": {"sqs:SendMessage"},
        "${PurgeTasksQueue.Arn}": {"sqs:SendMessage"},
        "${SweepsLog.Arn}": LOG,
    },
    "PurgeRole": {
        STAGING: {"s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:DeleteObjectVersion"},
        DOCUMENTS: {"s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:DeleteObjectVersion"},
        "${StorageBucket.Arn}": {"s3:ListBucketVersions", "s3:ListBucketMultipartUploads"},
        TABLE: {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "${PurgeTasksQueue.Arn}": {
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ChangeMessageVisibility",
        },
        "${PurgeLog.Arn}": LOG,
    },
}


def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    return [statement for policy in role["Policies"] for statement in policy["PolicyDocument"]["Statement"]]


def rights(role: dict[str, Any]) -> dict[str, set[str]]:
    """Resource -> actions."""
    found: dict[str, set[str]] = {}
    for statement in statements(role):
        for resource in as_list(statement["Resource"]):
            found.setdefault(resource, set()).update(as_list(statement["Action"]))
    return found


@pytest.mark.parametrize("name", RIGHTS)
def test_a_role_has_exactly_its_rights(stack: Checked, name: str) -> None:
    assert rights(stack.all("AWS::IAM::Role")[name]) == RIGHTS[name]


def test_there_is_a_role_for_each_function_and_no_other(stack: Checked) -> None:
    assert set(stack.all("AWS::IAM::Role")) == set(RIGHTS)
    used = {name: function["Role"] for name, function in stack.all("AWS::Lambda::Function").items()}
    assert used == {
        "UploadsFunction": "${UploadsRole.Arn}",
        "DocumentsFunction": "${DocumentsRole.Arn}",
        "PipelineFunction": "${PipelineRole.Arn}",
        "SweepsFunction": "${SweepsRole.Arn}",
        "PurgeFunction": "${PurgeRole.Arn}",
    }


@pytest.mark.parametrize("name", ["SweepsRole", "PurgeRole"])
def test_versions_are_listed_in_our_prefixes_only(stack: Checked, name: str) -> None:
    conditions = {
        action: statement["Condition"]
        for statement in statements(stack.all("AWS::IAM::Role")[name])
        for action in as_list(statement["Action"])
        if "Condition" in statement
    }
    assert conditions == {
        "s3:ListBucketVersions": {"StringLike": {"s3:prefix": ["staging/*", "documents/*"]}}
    }


def test_rights_are_in_the_role_itself_and_nowhere_else(stack: Checked) -> None:
    for role in stack.all("AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role
    kinds = {resource["Type"] for resource in stack.resources().values()}
    assert {kind for kind in kinds if kind.startswith("AWS::IAM::")} == {"AWS::IAM::Role"}


def test_only_lambda_may_take_a_role(stack: Checked) -> None:
    for role in stack.all("AWS::IAM::Role").values():
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_every_action_is_written_by_its_name(stack: Checked) -> None:
    for role in stack.all("AWS::IAM::Role").values():
        for statement in statements(role):
            assert statement["Effect"] == "Allow"
            assert "NotAction" not in statement
            assert "NotResource" not in statement
            assert not [action for action in as_list(statement["Action"]) if "*" in action]


@pytest.mark.parametrize(("verb", "roles"), [("s3:Put", {"PipelineRole"}), ("s3:Delete", {"PurgeRole"})])
def test_one_function_writes_documents_and_another_removes_them(
    stack: Checked, verb: str, roles: set[str]
) -> None:
    found = {
        name
        for name, role in stack.all("AWS::IAM::Role").items()
        for resource, actions in rights(role).items()
        if not resource.startswith(STAGING.removesuffix("*"))
        and any(action.startswith(verb) for action in actions)
    }
    assert found == roles

"""Permissions: each role is compared as a whole, because a presigned URL has the permissions of the role that signed it."""

import pytest

from tests.infra.conftest import Variant
from tests.infra.policy import allowed_actions, as_list, role_statements
from tests.infra.template import Synthesis

STAGING = "${StorageBucket.Arn}/staging/*"
DOCUMENTS = "${StorageBucket.Arn}/documents/*"
RENDITIONS = "${StorageBucket.Arn}/renditions/*"
QUARANTINE = "${StorageBucket.Arn}/quarantine/*"
TABLE = "${DocumentTable.Arn}"
LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}
CONSUME = {
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ChangeMessageVisibility",
}
CONSUME_AND_SEND_ANEW = CONSUME | {"sqs:SendMessage"}
SEND = {"sqs:SendMessage"}
EMPTY = {"s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:DeleteObjectVersion"}

PERMISSIONS = {
    "UploadsRole": {
        STAGING: {"s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"},
        TABLE: {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "${UploadsLog.Arn}": LOG,
    },
    "DocumentsRole": {
        DOCUMENTS: {"s3:GetObjectVersion"},
        RENDITIONS: {"s3:GetObjectVersion"},
        TABLE: {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"},
        "${DocumentsLog.Arn}": LOG,
    },
    "PipelineRole": {
        STAGING: {"s3:GetObjectVersion", "s3:DeleteObjectVersion"},
        DOCUMENTS: {"s3:PutObject", "s3:GetObject", "s3:GetObjectVersion"},
        "${StorageBucket.Arn}": {"s3:ListBucket"},
        TABLE: {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "${ObjectCreatedQueue.Arn}": CONSUME_AND_SEND_ANEW,
        "${ObjectCreatedDeadLetters.Arn}": SEND,
        "${StepsPromoteResultsQueue.Arn}": CONSUME_AND_SEND_ANEW,
        "${StepsPromoteResultsDeadLetters.Arn}": SEND,
        "${StepsPromoteTasksQueue.Arn}": SEND,
        "${PipelineLog.Arn}": LOG,
    },
    "LargeCopyRole": {
        STAGING: {"s3:GetObjectVersion"},
        DOCUMENTS: {"s3:PutObject", "s3:GetObject", "s3:GetObjectVersion", "s3:ListMultipartUploadParts"},
        "${StorageBucket.Arn}": {"s3:ListBucket"},
        "${StepsPromoteTasksQueue.Arn}": CONSUME_AND_SEND_ANEW,
        "${StepsPromoteTasksDeadLetters.Arn}": SEND,
        "${StepsPromoteResultsQueue.Arn}": SEND,
        "${LargeCopyLog.Arn}": LOG,
    },
    "SweepsRole": {
        STAGING: EMPTY,
        RENDITIONS: {"s3:DeleteObjectVersion"},
        "${StorageBucket.Arn}": {"s3:ListBucketVersions", "s3:ListBucketMultipartUploads"},
        TABLE: {
            "dynamodb:GetItem",
            "dynamodb:BatchGetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
            "dynamodb:Query",
        },
        f"{TABLE}/index/due": {"dynamodb:Query"},
        f"{TABLE}/index/failed": {"dynamodb:Query"},
        "${ObjectCreatedQueue.Arn}": SEND,
        "${PurgeTasksQueue.Arn}": SEND,
        "${SweepSlicesQueue.Arn}": {"sqs:SendMessage", *CONSUME},
        "${SweepSlicesDeadLetters.Arn}": SEND,
        "${SweepsLog.Arn}": LOG,
    },
    "PurgeRole": {
        STAGING: EMPTY,
        DOCUMENTS: EMPTY,
        RENDITIONS: EMPTY,
        QUARANTINE: {"s3:DeleteObjectVersion"},
        "${StorageBucket.Arn}": {"s3:ListBucketVersions", "s3:ListBucketMultipartUploads"},
        TABLE: {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "${PurgeTasksQueue.Arn}": CONSUME_AND_SEND_ANEW,
        "${PurgeTasksDeadLetters.Arn}": SEND,
        "${PurgeLog.Arn}": LOG,
    },
}


@pytest.mark.parametrize("name", PERMISSIONS)
def test_a_role_has_exactly_these_permissions(stack: Synthesis, name: str) -> None:
    assert allowed_actions(stack, name) == PERMISSIONS[name]


def test_there_is_a_role_for_each_function_and_no_other(stack: Synthesis) -> None:
    assert set(stack.all("AWS::IAM::Role")) == set(PERMISSIONS)
    used = {name: function["Role"] for name, function in stack.all("AWS::Lambda::Function").items()}
    assert used == {
        "UploadsFunction": "${UploadsRole.Arn}",
        "DocumentsFunction": "${DocumentsRole.Arn}",
        "PipelineFunction": "${PipelineRole.Arn}",
        "SweepsFunction": "${SweepsRole.Arn}",
        "PurgeFunction": "${PurgeRole.Arn}",
        "LargeCopyFunction": "${LargeCopyRole.Arn}",
    }


def test_with_a_quarantine_the_pipeline_writes_there_and_no_function_reads_there(variant: Variant) -> None:
    kept = variant(quarantineDays="30")
    allowed = {role: allowed_actions(kept, role).get(QUARANTINE) for role in kept.all("AWS::IAM::Role")}
    assert {role: actions for role, actions in allowed.items() if actions} == {
        "PipelineRole": {"s3:PutObject"},
        "PurgeRole": {"s3:DeleteObjectVersion"},
    }


@pytest.mark.parametrize("option", [{"callRate": "50"}, {"dailyDownloadBytesLimit": "1000"}])
def test_with_a_limit_of_calls_or_downloads_documents_may_count_and_no_other_role_changes(
    stack: Synthesis, variant: Variant, option: dict[str, str]
) -> None:
    limited = variant(**option)
    for role in stack.all("AWS::IAM::Role"):
        more = {TABLE: {"dynamodb:UpdateItem"}} if role == "DocumentsRole" else {}
        before, after = allowed_actions(stack, role), allowed_actions(limited, role)
        assert {key: after[key] - before[key] for key in after if after[key] - before[key]} == more


def test_with_claims_a_sweep_may_delete_a_digest_and_no_other_role_changes(
    stack: Synthesis, variant: Variant
) -> None:
    claimed = variant(kindsFile="tests/journeys/claim_kinds.toml")
    for role in stack.all("AWS::IAM::Role"):
        more = {TABLE: {"dynamodb:DeleteItem"}} if role == "SweepsRole" else {}
        before, after = allowed_actions(stack, role), allowed_actions(claimed, role)
        assert {key: after[key] - before[key] for key in after if after[key] - before[key]} == more


@pytest.mark.parametrize(("name", "more"), [("SweepsRole", []), ("PurgeRole", ["quarantine/*"])])
def test_versions_are_listed_in_the_prefixes_of_the_function_only(
    stack: Synthesis, name: str, more: list[str]
) -> None:
    conditions = {
        action: statement["Condition"]
        for statement in role_statements(stack, name)
        for action in as_list(statement["Action"])
        if "Condition" in statement
    }
    assert conditions == {
        "s3:ListBucketVersions": {
            "StringLike": {"s3:prefix": ["staging/*", "documents/*", "renditions/*", *more]}
        }
    }


def test_permissions_are_inline_policies_only(stack: Synthesis) -> None:
    for role in stack.all("AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role
    types = {resource["Type"] for resource in stack.resources().values()}
    assert {type_ for type_ in types if type_.startswith("AWS::IAM::")} == {"AWS::IAM::Role"}


def test_only_lambda_may_assume_a_role(stack: Synthesis) -> None:
    for role in stack.all("AWS::IAM::Role").values():
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_no_action_has_a_wildcard(stack: Synthesis) -> None:
    for role in stack.all("AWS::IAM::Role"):
        for statement in role_statements(stack, role):
            assert statement["Effect"] == "Allow"
            assert "NotAction" not in statement
            assert "NotResource" not in statement
            assert not [action for action in as_list(statement["Action"]) if "*" in action]


@pytest.mark.parametrize(
    ("verb", "prefix", "roles"),
    [
        ("s3:Put", STAGING, {"UploadsRole"}),
        ("s3:Put", DOCUMENTS, {"PipelineRole", "LargeCopyRole"}),
        ("s3:Put", RENDITIONS, set()),
        ("s3:Delete", STAGING, {"PipelineRole", "SweepsRole", "PurgeRole"}),
        ("s3:Delete", DOCUMENTS, {"PurgeRole"}),
        ("s3:Delete", RENDITIONS, {"SweepsRole", "PurgeRole"}),
    ],
)
def test_only_these_functions_write_or_delete_under_a_prefix(
    stack: Synthesis, verb: str, prefix: str, roles: set[str]
) -> None:
    found = {
        name
        for name in stack.all("AWS::IAM::Role")
        if any(action.startswith(verb) for action in allowed_actions(stack, name).get(prefix, ()))
    }
    assert found == roles


def test_the_pipeline_reads_the_results_of_each_step_and_sends_its_tasks(with_step: Synthesis) -> None:
    allowed = allowed_actions(with_step, "PipelineRole")
    for step in ("Promote", "WordList"):
        assert allowed[f"${{Steps{step}ResultsQueue.Arn}}"] == CONSUME_AND_SEND_ANEW
        assert allowed[f"${{Steps{step}ResultsDeadLetters.Arn}}"] == SEND
        assert allowed[f"${{Steps{step}TasksQueue.Arn}}"] == SEND


def test_a_step_of_the_kinds_file_changes_the_role_of_the_pipeline_only(
    stack: Synthesis, with_step: Synthesis
) -> None:
    roles = with_step.all("AWS::IAM::Role")
    assert {name for name in roles if roles[name] != stack.all("AWS::IAM::Role").get(name)} == {
        "PipelineRole"
    }

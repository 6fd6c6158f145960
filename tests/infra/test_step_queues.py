"""The queues of a step, and the worker of a deployer's own that reads its tasks and sends its results."""

from pathlib import Path
from typing import cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from infra.build import build
from infra.bundle import WITHOUT_BUNDLING
from infra.permissions import step_worker_statements
from infra.stack import AirlockStack
from tests.infra.conftest import KINDS_FILE
from tests.infra.policy import allowed_actions, role_statements
from tests.infra.template import Synthesis

TASKS, RESULTS = "StepsWordListTasksQueue", "StepsWordListResultsQueue"


def synthesise_worker(outdir: Path, **context: object) -> Synthesis:
    """Synthesises the stack with a worker of the step `word_list`, as a deployer adds one."""
    app = build({**WITHOUT_BUNDLING, "kindsFile": KINDS_FILE, **context}, outdir=str(outdir))
    stack = cast(AirlockStack, app.node.find_child("Airlock-dev"))
    queues = stack.steps["word_list"]
    statements = step_worker_statements(stack.bucket, queues, "word_list", stack.key)
    role = iam.Role(
        stack,
        "WorkerRole",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        inline_policies={"Permissions": iam.PolicyDocument(statements=statements)},
    )
    function = lambda_.Function(
        stack,
        "Worker",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        timeout=cdk.Duration.seconds(40),
        role=role,
    )
    queues.connect(function)
    app.synth()
    return Synthesis(outdir)


@pytest.fixture(scope="module")
def with_worker(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesise_worker(tmp_path_factory.mktemp("with-worker"))


def test_a_worker_is_invoked_with_one_task_at_a_time(with_worker: Synthesis) -> None:
    assert with_worker.all("AWS::Lambda::EventSourceMapping")["WorkerTasks"] == {
        "EventSourceArn": f"${{{TASKS}.Arn}}",
        "FunctionName": "${Worker}",
        "BatchSize": 1,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 3},
    }


def test_a_task_is_redelivered_after_the_timeout_of_the_worker(with_worker: Synthesis) -> None:
    assert with_worker.all("AWS::SQS::Queue")[TASKS]["VisibilityTimeout"] == 40


def test_a_task_is_redelivered_after_15_minutes_where_the_worker_is_elsewhere(with_step: Synthesis) -> None:
    queues = with_step.all("AWS::SQS::Queue")
    assert queues[TASKS]["VisibilityTimeout"] == 15 * 60
    assert queues[TASKS]["RedrivePolicy"]["maxReceiveCount"] == 8
    pipeline = with_step.all("AWS::Lambda::Function")["PipelineFunction"]
    assert queues[RESULTS]["VisibilityTimeout"] == pipeline["Timeout"]


def test_outputs_name_the_queues_of_a_step_of_the_kinds_file_and_of_no_other(
    stack: Synthesis, with_step: Synthesis
) -> None:
    assert "PromoteTasks" not in stack.outputs
    added = with_step.outputs.items() - stack.outputs.items()
    assert dict(added) == {"WordListTasks": f"${{{TASKS}}}", "WordListResults": f"${{{RESULTS}}}"}


def test_a_worker_reads_staging_writes_its_renditions_and_speaks_for_its_own_step(
    with_worker: Synthesis,
) -> None:
    assert allowed_actions(with_worker, "WorkerRole") == {
        "${StorageBucket.Arn}/staging/*": {"s3:GetObjectVersion"},
        "${StorageBucket.Arn}/renditions/*/*/word_list/*": {"s3:PutObject"},
        f"${{{TASKS}.Arn}}": {
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ChangeMessageVisibility",
        },
        f"${{{RESULTS}.Arn}}": {"sqs:SendMessage"},
    }


def test_with_a_kms_key_a_worker_may_use_it_for_objects_and_messages_only(tmp_path: Path) -> None:
    encrypted = synthesise_worker(tmp_path, kms=True)
    uses = {
        statement["Condition"]["StringEquals"]["kms:ViaService"].partition(".")[0]: set(statement["Action"])
        for statement in role_statements(encrypted, "WorkerRole")
        if statement["Resource"] == "${EncryptionKey.Arn}"
    }
    write = {"kms:GenerateDataKey", "kms:Decrypt"}
    assert uses == {"s3": write, "sqs": write}

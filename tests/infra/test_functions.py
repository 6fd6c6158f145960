"""Lambda functions: handlers, timeouts, triggers, logs and environment."""

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from functions.domain.slices import PERIOD
from functions.settings import Settings
from infra.functions import SharedProps
from tests.infra.conftest import KINDS_FILE, Variant
from tests.infra.template import Synthesis

ROOT = Path(__file__).parents[2]
SHARED = {
    *("__init__", "step_worker", "scan", "manifests", "publish", "webhooks"),
    *("tickets", "sockets", "push", "audit", "block_owner"),
}
"""Modules that are no function of every deployment: the workers of shipped steps share one, `scan` needs GuardDuty, and `manifests`,
`publish`, `webhooks`, `audit`, `block_owner` and the three of push their options."""
CONSUMED = {
    "PipelineFunctionMessages": "ObjectCreatedQueue",
    "PipelineFunctionPromoteResults": "StepsPromoteResultsQueue",
    "PipelineFunctionWordListResults": "StepsWordListResultsQueue",
    "PurgeFunctionMessages": "PurgeTasksQueue",
}


def test_every_module_of_lambdas_is_one_function_and_there_is_no_other_without_a_shipped_step(
    stack: Synthesis,
) -> None:
    handlers = [function["Handler"] for function in stack.all("AWS::Lambda::Function").values()]
    modules = [path for path in ROOT.glob("functions/lambdas/*.py") if path.stem not in SHARED]
    assert all("lambda_handler" in path.read_text("utf-8") for path in modules)
    assert sorted(handlers) == sorted(f"functions.lambdas.{path.stem}.lambda_handler" for path in modules)


def test_api_functions_time_out_before_the_api_and_sweeps_before_the_next_one(stack: Synthesis) -> None:
    timeouts = {name: function["Timeout"] for name, function in stack.all("AWS::Lambda::Function").items()}
    assert timeouts.pop("UploadsFunction") < 30
    assert timeouts.pop("DocumentsFunction") < 30
    assert timeouts.pop("SweepsFunction") < PERIOD.total_seconds()
    assert timeouts == {
        "PipelineFunction": 15 * 60,
        "PurgeFunction": 5 * 60,
        "LargeCopyFunction": 15 * 60,
    }


@pytest.mark.parametrize("name", CONSUMED)
def test_a_consumer_takes_batches_of_which_only_the_failures_are_retried(
    with_step: Synthesis, name: str
) -> None:
    assert with_step.all("AWS::Lambda::EventSourceMapping")[name] == {
        "EventSourceArn": f"${{{CONSUMED[name]}.Arn}}",
        "FunctionName": f"${{{name.partition('Function')[0]}Function}}",
        "BatchSize": 10,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 10 if name.startswith("Purge") else 50},
    }


def test_every_large_copy_has_an_invocation_of_its_own(with_step: Synthesis) -> None:
    mappings = with_step.all("AWS::Lambda::EventSourceMapping")
    assert set(mappings) == {*CONSUMED, "LargeCopyFunctionTasks", "SweepsFunctionMessages"}
    assert mappings["LargeCopyFunctionTasks"] == {
        "EventSourceArn": "${StepsPromoteTasksQueue.Arn}",
        "FunctionName": "${LargeCopyFunction}",
        "BatchSize": 1,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 10},
    }


def test_every_slice_of_a_sweep_has_an_invocation_of_its_own(stack: Synthesis) -> None:
    assert stack.all("AWS::Lambda::EventSourceMapping")["SweepsFunctionMessages"] == {
        "EventSourceArn": "${SweepSlicesQueue.Arn}",
        "FunctionName": "${SweepsFunction}",
        "BatchSize": 1,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 5},
    }


def test_a_deployer_sets_how_many_batches_each_function_takes_at_a_time(variant: Variant) -> None:
    synthesis = variant(
        kindsFile=KINDS_FILE,
        pipelineConcurrency=1_000,
        largeCopyConcurrency=4,
        sweepConcurrency=2,
        purgeConcurrency=3,
    )
    concurrency = {
        name: mapping["ScalingConfig"]["MaximumConcurrency"]
        for name, mapping in synthesis.all("AWS::Lambda::EventSourceMapping").items()
    }
    assert concurrency == {
        "PipelineFunctionMessages": 1_000,
        "PipelineFunctionPromoteResults": 1_000,
        "PipelineFunctionWordListResults": 1_000,
        "LargeCopyFunctionTasks": 4,
        "SweepsFunctionMessages": 2,
        "PurgeFunctionMessages": 3,
    }


def test_no_function_reserves_concurrency_which_a_new_account_does_not_have(with_step: Synthesis) -> None:
    for function in with_step.all("AWS::Lambda::Function").values():
        assert "ReservedConcurrentExecutions" not in function


def test_the_smallest_concurrency_of_every_mapping_fits_a_new_account(variant: Variant) -> None:
    synthesis = variant(pipelineConcurrency=2, largeCopyConcurrency=2, sweepConcurrency=2, purgeConcurrency=2)
    mappings = synthesis.all("AWS::Lambda::EventSourceMapping").values()
    assert sum(mapping["ScalingConfig"]["MaximumConcurrency"] for mapping in mappings) == 10


def test_the_defaults_leave_most_of_a_usual_account_to_the_api(stack: Synthesis) -> None:
    mappings = stack.all("AWS::Lambda::EventSourceMapping").values()
    assert sum(mapping["ScalingConfig"]["MaximumConcurrency"] for mapping in mappings) == 125


def test_sweeps_run_every_15_minutes_and_only_their_schedule_may_invoke_them(stack: Synthesis) -> None:
    rule = stack.only("AWS::Events::Rule")
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(15 minutes)", "ENABLED")
    assert [target["Arn"] for target in rule["Targets"]] == ["${SweepsFunction.Arn}"]
    (permission,) = [
        permission
        for permission in stack.all("AWS::Lambda::Permission").values()
        if permission["FunctionName"] == "${SweepsFunction.Arn}"
    ]
    assert permission["Principal"] == "events.amazonaws.com"
    assert permission["SourceArn"] == "${SweepsSchedule.Arn}"


def test_only_the_api_and_the_schedule_may_invoke_a_function(stack: Synthesis) -> None:
    invokers = {
        (permission["FunctionName"], permission["Principal"])
        for permission in stack.all("AWS::Lambda::Permission").values()
    }
    assert invokers == {
        ("${UploadsFunction.Arn}", "apigateway.amazonaws.com"),
        ("${DocumentsFunction.Arn}", "apigateway.amazonaws.com"),
        ("${SweepsFunction.Arn}", "events.amazonaws.com"),
    }


def test_each_function_logs_json_to_its_own_group_and_lambda_adds_lines_only_on_failure(
    stack: Synthesis,
) -> None:
    for name, function in stack.all("AWS::Lambda::Function").items():
        group = name.replace("Function", "Log")
        assert function["LoggingConfig"] == {
            "LogFormat": "JSON",
            "LogGroup": f"${{{group}}}",
            "SystemLogLevel": "WARN",
        }


def test_logs_are_retained_for_a_month(stack: Synthesis) -> None:
    groups = stack.all("AWS::Logs::LogGroup").values()
    assert {properties["RetentionInDays"] for properties in groups} == {30}


def test_every_function_reads_the_settings_that_the_stack_wrote(stack: Synthesis) -> None:
    for function in stack.all("AWS::Lambda::Function").values():
        settings = Settings.from_environment(function["Environment"]["Variables"])
        assert json.loads(settings.step_queues) == {"promote": urls("Promote")}
        assert json.loads(settings.consumed_queues) == [
            [f"${{{name}Queue}}", f"${{{name}DeadLetters}}"]
            for name in (
                "ObjectCreated",
                "PurgeTasks",
                "SweepSlices",
                "StepsPromoteTasks",
                "StepsPromoteResults",
            )
        ]
        assert replace(settings, step_queues="", consumed_queues="") == Settings(
            bucket="${StorageBucket}",
            table="${DocumentTable}",
            metrics_namespace="Airlock-dev",
            upload_events_url="${ObjectCreatedQueue}",
            purge_queue_url="${PurgeTasksQueue}",
            consumed_queues="",
            slice_queue_url="${SweepSlicesQueue}",
            step_queues="",
        )


def test_every_function_knows_the_queues_of_a_step_that_the_kinds_file_defines(with_step: Synthesis) -> None:
    for function in with_step.all("AWS::Lambda::Function").values():
        settings = Settings.from_environment(function["Environment"]["Variables"])
        assert json.loads(settings.step_queues) == {
            "promote": urls("Promote"),
            "word_list": urls("WordList"),
        }


def urls(step: str) -> dict[str, str]:
    return {"tasks": f"${{Steps{step}TasksQueue}}", "results": f"${{Steps{step}ResultsQueue}}"}


def test_a_feature_replaces_settings_by_their_names_and_no_others() -> None:
    shared = SharedProps(
        code=cast(lambda_.Code, None),
        environment={"AIRLOCK_STEP": "", "AIRLOCK_BUCKET": "b"},
        removal_policy=cdk.RemovalPolicy.DESTROY,
        key=None,
    )
    assert shared.with_settings(step="image").environment == {
        "AIRLOCK_STEP": "image",
        "AIRLOCK_BUCKET": "b",
    }
    with pytest.raises(KeyError, match="stepp"):
        shared.with_settings(stepp="image")


def test_context_reaches_the_settings(variant: Variant) -> None:
    synthesis = variant(ownerClaim="tenant", dailyFilesLimit="7", partSize=16_777_216)
    for function in synthesis.all("AWS::Lambda::Function").values():
        settings = Settings.from_environment(function["Environment"]["Variables"])
        assert (settings.owner_claim, settings.daily_files_limit) == ("tenant", 7)
        assert settings.part_size == 16 << 20

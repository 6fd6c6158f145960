"""The Lambda functions, what they are told, and the code they get."""

from datetime import timedelta
from pathlib import Path

from functions.domain.effects import LEASE, PURGE_LEASE
from functions.services.sweeps import PERIOD
from functions.settings import Settings
from tests.infra.conftest import Checked, Variant

ROOT = Path(__file__).parents[2]


def test_the_functions_are_ours_and_cdk_added_none_of_its_own(stack: Checked) -> None:
    handlers = {function["Handler"] for function in stack.all("AWS::Lambda::Function").values()}
    assert handlers == {
        "functions.lambdas.uploads.lambda_handler",
        "functions.lambdas.documents.lambda_handler",
        "functions.lambdas.pipeline.lambda_handler",
        "functions.lambdas.sweeps.lambda_handler",
        "functions.lambdas.purge.lambda_handler",
    }
    kinds = {resource["Type"] for resource in stack.resources().values()}
    assert not [kind for kind in kinds if kind.startswith("Custom::") or "CustomResource" in kind]


def test_every_handler_is_a_file_in_the_package(stack: Checked) -> None:
    for function in stack.all("AWS::Lambda::Function").values():
        module, _, name = function["Handler"].rpartition(".")
        source = (ROOT / module.replace(".", "/")).with_suffix(".py").read_text()
        assert f"def {name}(" in source


def test_functions_run_on_the_newest_python_on_arm_with_half_a_gigabyte(stack: Checked) -> None:
    for function in stack.all("AWS::Lambda::Function").values():
        assert function["Runtime"] == "python3.14"
        assert function["Architectures"] == ["arm64"]
        assert function["MemorySize"] == 512


def test_api_functions_give_up_before_api_gateway_does_and_a_lease_lasts_as_long_as_its_holder(
    stack: Checked,
) -> None:
    timeouts = {name: function["Timeout"] for name, function in stack.all("AWS::Lambda::Function").items()}
    assert timeouts == {
        "UploadsFunction": 29,
        "DocumentsFunction": 10,
        "PipelineFunction": LEASE.total_seconds(),
        "SweepsFunction": 300,
        "PurgeFunction": PURGE_LEASE.total_seconds(),
    }


def test_the_janitor_comes_every_quarter_of_an_hour_and_only_its_schedule_may_call_it(stack: Checked) -> None:
    rule = stack.only("AWS::Events::Rule")
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(15 minutes)", "ENABLED")
    assert timedelta(minutes=15) == PERIOD
    assert [target["Arn"] for target in rule["Targets"]] == ["${SweepsFunction.Arn}"]
    (permission,) = [
        permission
        for permission in stack.all("AWS::Lambda::Permission").values()
        if permission["FunctionName"] == "${SweepsFunction.Arn}"
    ]
    assert permission["Principal"] == "events.amazonaws.com"
    assert permission["SourceArn"] == "${SweepsSchedule.Arn}"


def test_only_the_api_and_the_schedule_may_call_a_function(stack: Checked) -> None:
    callers = {
        (permission["FunctionName"], permission["Principal"])
        for permission in stack.all("AWS::Lambda::Permission").values()
    }
    assert callers == {
        ("${UploadsFunction.Arn}", "apigateway.amazonaws.com"),
        ("${DocumentsFunction.Arn}", "apigateway.amazonaws.com"),
        ("${SweepsFunction.Arn}", "events.amazonaws.com"),
    }


def test_logs_are_json_kept_for_a_month_and_lambda_adds_lines_only_on_failure(stack: Checked) -> None:
    for name, function in stack.all("AWS::Lambda::Function").items():
        group = name.replace("Function", "Log")
        assert function["LoggingConfig"] == {
            "LogFormat": "JSON",
            "LogGroup": f"${{{group}}}",
            "SystemLogLevel": "WARN",
        }
    for properties in stack.all("AWS::Logs::LogGroup").values():
        assert properties["RetentionInDays"] == 30


def test_nothing_is_traced(stack: Checked) -> None:
    for function in stack.all("AWS::Lambda::Function").values():
        assert "TracingConfig" not in function


def test_every_function_reads_back_the_settings_that_the_stack_wrote(stack: Checked) -> None:
    for function in stack.all("AWS::Lambda::Function").values():
        environment = function["Environment"]["Variables"]
        settings = Settings.from_environment(environment)
        assert settings == Settings(
            bucket="${StorageBucket}",
            table="${DocumentTable}",
            upload_events_url="${ObjectCreatedQueue}",
            purge_queue_url="${PurgeTasksQueue}",
        )
        assert environment["POWERTOOLS_SERVICE_NAME"].startswith("airlock-")
        assert environment["LOG_LEVEL"] == "INFO"


def test_context_reaches_the_settings(variant: Variant) -> None:
    synthesis = variant(ownerClaim="tenant", dailyFilesLimit="7", openUploadsLimit=3)
    for function in synthesis.all("AWS::Lambda::Function").values():
        settings = Settings.from_environment(function["Environment"]["Variables"])
        assert (settings.owner_claim, settings.daily_files_limit, settings.open_uploads_limit) == (
            "tenant",
            7,
            3,
        )


def test_all_functions_share_one_asset(stack: Checked) -> None:
    keys = {function["Code"]["S3Key"] for function in stack.all("AWS::Lambda::Function").values()}
    assert len(keys) == len(stack.assets()) == 1


def test_without_bundling_the_asset_is_the_package_and_only_the_package(stack: Checked) -> None:
    (asset,) = stack.assets()
    root = stack.outdir / asset["path"]
    staged = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    source = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "functions").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert staged == source


def test_what_ships_is_pinned_to_one_version_each_and_boto3_is_the_runtimes() -> None:
    lines = (ROOT / "functions" / "requirements.txt").read_text().splitlines()
    pins = [line.split("==") for line in lines if not line.startswith("#")]
    assert all(len(pin) == 2 for pin in pins)
    names = {name for name, *_ in pins}
    assert {"aws-lambda-powertools", "pydantic"} <= names
    assert not names & {"boto3", "botocore"}

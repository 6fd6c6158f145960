"""CloudWatch alarms."""

from typing import Any

import pytest

from tests.infra.template import Synthesis

SQS, LAMBDA, API = "AWS/SQS", "AWS/Lambda", "AWS/ApiGateway"
ALARMS = {
    "DeadLetters": (SQS, "ApproximateNumberOfMessagesVisible", "${ObjectCreatedDeadLetters.QueueName}", 1),
    "PurgeDeadLetters": (SQS, "ApproximateNumberOfMessagesVisible", "${PurgeTasksDeadLetters.QueueName}", 1),
    "SliceDeadLetters": (SQS, "ApproximateNumberOfMessagesVisible", "${SweepSlicesDeadLetters.QueueName}", 1),
    "OldestUploadEvent": (SQS, "ApproximateAgeOfOldestMessage", "${ObjectCreatedQueue.QueueName}", 600),
    "PipelineErrors": (LAMBDA, "Errors", "${PipelineFunction}", 1),
    "SweepsErrors": (LAMBDA, "Errors", "${SweepsFunction}", 1),
    "ApiServerErrors": (API, "5xx", "${ApiHttpApi}", 1),
}
DEAD_LETTERS_OF_STEPS = {
    f"{step}{singular}DeadLetters": (
        *(SQS, "ApproximateNumberOfMessagesVisible"),
        *(f"${{Steps{step}{singular}sDeadLetters.QueueName}}", 1),
    )
    for step in ("Promote", "WordList")
    for singular in ("Task", "Result")
}


OF_A_LOG = {"AlarmsStagingSweep", "AlarmsOldestMessage"}
"""Alarms on a metric that CloudWatch reads from a log."""


@pytest.fixture
def alarms(with_step: Synthesis) -> dict[str, dict[str, Any]]:
    """All alarms but those on a metric of a log."""
    alarms = with_step.all("AWS::CloudWatch::Alarm")
    return {
        name: alarm for name, alarm in alarms.items() if name.startswith("Alarms") and name not in OF_A_LOG
    }


def metric_filter(synthesis: Synthesis, name: str) -> dict[str, Any]:
    return synthesis.all("AWS::Logs::MetricFilter")[f"Alarms{name}"]


def test_each_alarm_watches_the_metric_of_one_resource(alarms: dict[str, dict[str, Any]]) -> None:
    watched = {}
    for name, alarm in alarms.items():
        (dimension,) = alarm["Dimensions"]
        watched[name.removeprefix("Alarms")] = (
            *(alarm["Namespace"], alarm["MetricName"]),
            *(dimension["Value"], alarm["Threshold"]),
        )
    assert watched == ALARMS | DEAD_LETTERS_OF_STEPS


def test_an_alarm_fires_at_its_threshold_and_missing_data_is_not_breaching(
    alarms: dict[str, dict[str, Any]],
) -> None:
    for alarm in alarms.values():
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert alarm["TreatMissingData"] == "notBreaching"
        assert (alarm["Period"], alarm["EvaluationPeriods"]) == (300, 1)


def test_an_alarm_fires_within_15_minutes_of_the_first_try_of_a_message_that_is_not_done(
    stack: Synthesis,
) -> None:
    alarm = stack.all("AWS::CloudWatch::Alarm")["AlarmsOldestMessage"]
    oldest = metric_filter(stack, "OldestSeconds")
    (transformation,) = oldest["MetricTransformations"]
    assert transformation == {
        "MetricNamespace": alarm["Namespace"],
        "MetricName": alarm["MetricName"],
        "MetricValue": "$.oldest_seconds",
    }
    assert (alarm["Statistic"], alarm["EvaluationPeriods"]) == ("Maximum", 1)
    assert alarm["Threshold"] + alarm["Period"] <= 15 * 60
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["TreatMissingData"] == "notBreaching"


def test_the_age_of_the_oldest_message_is_read_from_the_lines_that_the_pipeline_logs(
    stack: Synthesis,
) -> None:
    oldest = metric_filter(stack, "OldestSeconds")
    assert oldest["LogGroupName"] == "${PipelineLog}"
    assert oldest["FilterPattern"] == '{ ($.message = "batch") && ($.oldest_seconds >= 0) }'


def test_an_alarm_fires_when_a_slice_of_staging_is_six_hours_old_or_no_sweep_says_how_old(
    stack: Synthesis,
) -> None:
    alarm = stack.all("AWS::CloudWatch::Alarm")["AlarmsStagingSweep"]
    age = metric_filter(stack, "StagingAge")
    (transformation,) = age["MetricTransformations"]
    assert transformation == {
        "MetricNamespace": alarm["Namespace"],
        "MetricName": alarm["MetricName"],
        "MetricValue": "$.staging_age",
    }
    assert (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == ("Maximum", 3600, 1)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanOrEqualToThreshold", 6 * 3600)
    assert alarm["TreatMissingData"] == "breaching"


def test_the_age_of_staging_is_read_from_the_line_that_the_function_logs(stack: Synthesis) -> None:
    """`tests/lambdas/test_sweep_slices.py` shows the line."""
    age = metric_filter(stack, "StagingAge")
    assert age["LogGroupName"] == "${SweepsLog}"
    assert age["FilterPattern"] == '{ ($.message = "sweep_started") && ($.staging_age >= 0) }'


def test_deployments_in_one_account_have_metrics_of_their_own(stack: Synthesis, prod: Synthesis) -> None:
    namespaces = [
        {
            filter_["MetricTransformations"][0]["MetricNamespace"]
            for filter_ in synthesis.all("AWS::Logs::MetricFilter").values()
        }
        for synthesis in (stack, prod)
    ]
    assert namespaces == [{"Airlock-dev"}, {"Airlock-prod"}]


def test_every_alarm_says_what_it_means(with_step: Synthesis) -> None:
    for alarm in with_step.all("AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmDescription"].endswith(".")
        assert len(alarm["AlarmDescription"]) <= 1024  # CloudWatch's limit

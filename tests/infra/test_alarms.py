"""CloudWatch alarms."""

from typing import Any

import pytest

from tests.infra.template import Synthesis

SQS, LAMBDA, API = "AWS/SQS", "AWS/Lambda", "AWS/ApiGateway"
ALARMS = {
    "DeadLetters": (SQS, "ApproximateNumberOfMessagesVisible", "${ObjectCreatedDeadLetters.QueueName}", 1),
    "PurgeDeadLetters": (SQS, "ApproximateNumberOfMessagesVisible", "${PurgeTasksDeadLetters.QueueName}", 1),
    "OldestUploadEvent": (SQS, "ApproximateAgeOfOldestMessage", "${ObjectCreatedQueue.QueueName}", 1200),
    "PipelineErrors": (LAMBDA, "Errors", "${PipelineFunction}", 1),
    "SweepsErrors": (LAMBDA, "Errors", "${SweepsFunction}", 1),
    "ApiServerErrors": (API, "5xx", "${ApiHttpApi}", 1),
}


@pytest.fixture
def alarms(stack: Synthesis) -> dict[str, dict[str, Any]]:
    return stack.all("AWS::CloudWatch::Alarm")


def test_each_alarm_watches_the_metric_of_one_resource(alarms: dict[str, dict[str, Any]]) -> None:
    watched = {}
    for name, alarm in alarms.items():
        (dimension,) = alarm["Dimensions"]
        watched[name.removeprefix("Alarms")] = (
            *(alarm["Namespace"], alarm["MetricName"]),
            *(dimension["Value"], alarm["Threshold"]),
        )
    assert watched == ALARMS


def test_an_alarm_fires_at_its_threshold_and_missing_data_is_not_breaching(
    alarms: dict[str, dict[str, Any]],
) -> None:
    for alarm in alarms.values():
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert alarm["TreatMissingData"] == "notBreaching"
        assert (alarm["Period"], alarm["EvaluationPeriods"]) == (300, 1)


def test_the_event_age_alarm_outlasts_one_invocation_of_the_pipeline(
    stack: Synthesis, alarms: dict[str, dict[str, Any]]
) -> None:
    timeout = stack.all("AWS::Lambda::Function")["PipelineFunction"]["Timeout"]
    assert alarms["AlarmsOldestUploadEvent"]["Threshold"] > timeout

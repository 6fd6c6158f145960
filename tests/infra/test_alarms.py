"""What wakes somebody up."""

from typing import Any

from tests.infra.conftest import Checked

ALARMS = {
    "AlarmsDeadLetters": ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", 1),
    "AlarmsDeadPurges": ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum", 1),
    "AlarmsOldestArrival": ("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", 1200),
    "AlarmsPipelineErrors": ("AWS/Lambda", "Errors", "Sum", 1),
    "AlarmsSweepsErrors": ("AWS/Lambda", "Errors", "Sum", 1),
    "AlarmsApiServerErrors": ("AWS/ApiGateway", "5xx", "Sum", 1),
}
WATCHED = {
    "AlarmsDeadLetters": {"QueueName": "${ObjectCreatedDeadLetters.QueueName}"},
    "AlarmsDeadPurges": {"QueueName": "${PurgeTasksDeadLetters.QueueName}"},
    "AlarmsOldestArrival": {"QueueName": "${ObjectCreatedQueue.QueueName}"},
    "AlarmsPipelineErrors": {"FunctionName": "${PipelineFunction}"},
    "AlarmsSweepsErrors": {"FunctionName": "${SweepsFunction}"},
    "AlarmsApiServerErrors": {"ApiId": "${ApiHttpApi}"},
}


def dimensions(alarm: dict[str, Any]) -> dict[str, str]:
    return {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}


def test_there_is_an_alarm_for_each_way_to_be_stuck(stack: Checked) -> None:
    found = {
        name: (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"], alarm["Threshold"])
        for name, alarm in stack.all("AWS::CloudWatch::Alarm").items()
    }
    assert found == ALARMS


def test_each_alarm_watches_its_own_resource(stack: Checked) -> None:
    found = {name: dimensions(alarm) for name, alarm in stack.all("AWS::CloudWatch::Alarm").items()}
    assert found == WATCHED


def test_an_alarm_rings_when_the_threshold_is_reached_and_silence_is_good_news(stack: Checked) -> None:
    for alarm in stack.all("AWS::CloudWatch::Alarm").values():
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert alarm["TreatMissingData"] == "notBreaching"
        assert (alarm["Period"], alarm["EvaluationPeriods"]) == (300, 1)

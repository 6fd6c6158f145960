"""The service level objective: 99 % of the documents below 100 MB are ready within 10 seconds of their arrival.

A burn rate of 1 spends the error budget of 1 % in exactly 30 days. Each alarm has a long window, so that a few late documents do
not fire it, and a short one, so that it ends soon after the cause.
https://sre.google/workbook/alerting-on-slos/
"""

from typing import NamedTuple

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from functions.domain.metrics import MISSED_OBJECTIVE
from infra.metrics import emitted_metric

BUDGET = 0.01
"""Share of documents that may miss the objective."""


class _Burn(NamedTuple):
    rate: float
    long: cdk.Duration
    short: cdk.Duration
    description: str


_BURNS = {
    "FastBurn": _Burn(
        14.4,
        cdk.Duration.hours(1),
        cdk.Duration.minutes(5),
        "Files become ready too late or not at all, so fast that 2 % of the budget of a month is spent in an hour.",
    ),
    "SlowBurn": _Burn(
        6,
        cdk.Duration.hours(6),
        cdk.Duration.minutes(30),
        "Files become ready too late or not at all: 5 % of the budget of a month is spent in six hours.",
    ),
}


class ServiceLevel(Construct):
    """Two composite alarms, each of which fires while the alarms of both of its windows do. Only the composites notify."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        for name, burn in _BURNS.items():
            windows = [
                self._watch(f"{name}{length}", burn, window)
                for length, window in (("Long", burn.long), ("Short", burn.short))
            ]
            cloudwatch.CompositeAlarm(
                self,
                name,
                alarm_rule=cloudwatch.AlarmRule.all_of(
                    *(
                        cloudwatch.AlarmRule.from_alarm(window, cloudwatch.AlarmState.ALARM)
                        for window in windows
                    )
                ),
                alarm_description=f"{burn.description} See docs/runbooks/service-level-{name[:4].lower()}-burn.md.",
            )

    def _watch(self, id: str, burn: _Burn, window: cdk.Duration) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            self,
            id,
            metric=emitted_metric(self, MISSED_OBJECTIVE, "Average", window),
            threshold=burn.rate * BUDGET,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"One window of an alarm on the service level: {window.to_human_string()}.",
        )

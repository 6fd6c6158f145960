"""Alarms on unusual numbers: rejections, bytes and creates outside of the band that CloudWatch expects for the hour."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from functions.domain.metrics import ALL_REJECTIONS, BYTES
from infra.metrics import emitted_metric

_DEVIATIONS = 3
"""Half the width of the band, in standard deviations."""
_PERIOD = cdk.Duration.minutes(30)


class Anomalies(Construct):
    """Alarms that fire after two periods above the band. A new deployment has a band after some days of data."""

    def __init__(self, scope: Construct, id: str, *, creates: cloudwatch.Metric) -> None:
        super().__init__(scope, id)
        rejections = emitted_metric(self, ALL_REJECTIONS, "Sum")
        self._watch("Rejections", rejections, "More files are rejected than usual")
        self._watch("Bytes", emitted_metric(self, BYTES, "Sum"), "More bytes are uploaded than usual")
        self._watch("Creates", creates, "More documents are created than usual")

    def _watch(self, id: str, metric: cloudwatch.Metric, meaning: str) -> None:
        cloudwatch.AnomalyDetectionAlarm(
            self,
            id,
            metric=metric.with_(period=_PERIOD),
            std_devs=_DEVIATIONS,
            evaluation_periods=2,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{meaning} at this hour. See docs/runbooks/anomalies-{id.lower()}.md.",
        )

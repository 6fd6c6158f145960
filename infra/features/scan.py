"""The step `scan`: the malware scanner of the deployment, and what brings its verdicts to the pipeline."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_guardduty as guardduty
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.domain.keys import SCAN_AREA, STAGING
from functions.features.scan.definition import GUARDDUTY
from infra.alarms import ALARM_PERIOD, count_messages, create_alarm
from infra.encryption import allow_rules_to_send
from infra.features.clamav import ClamAVScan
from infra.features.props import StepProps
from infra.functions import Function
from infra.nag import suppress
from infra.permissions import malware_protection_statements, scan_statements
from infra.queue_with_dead_letters import QueueWithDeadLetters
from infra.roles import create_role

_TIMEOUT = cdk.Duration.seconds(60)
_MANAGED_RULE = (
    "arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>"
    ":rule/DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"
)
"""The rule of GuardDuty, as cdk-nag prints it."""
_METRICS = "AWS/GuardDuty/MalwareProtection"
"""https://docs.aws.amazon.com/guardduty/latest/ug/monitor-cloudwatch-metrics-s3-malware-protection.html"""


class Scan(Construct):
    """The scanner that the context chooses. A kind that lists `scan` without one is refused before."""

    def __init__(self, scope: Construct, id: str, props: StepProps) -> None:
        super().__init__(scope, id)
        if props.deployment.scanner == GUARDDUTY:
            GuardDutyScan(self, "GuardDuty", props)
        else:
            ClamAVScan(self, "ClamAV", props)


class GuardDutyScan(Construct):
    """GuardDuty Malware Protection for S3, for `staging/scan/` alone, and the function `scan`.

    GuardDuty scans each new version there. Its results go from the default event bus to the queue `Verdicts`.
    """

    def __init__(self, scope: Construct, id: str, props: StepProps) -> None:
        super().__init__(scope, id)
        self._props = props
        self._enable_events(props.bucket)
        self._plan = self._create_plan()
        self._verdicts = QueueWithDeadLetters(self, "Verdicts", visibility_timeout=_TIMEOUT, key=props.key)
        self._route_verdicts()
        self._create_function()
        self._create_alarms()

    def _enable_events(self, bucket: s3.Bucket) -> None:
        """Sends the bucket's events to EventBridge in our template.

        Otherwise the role of the plan switches them on outside of CloudFormation, and a later update of the stack switches
        them off.
        """
        resource = cast(s3.CfnBucket, bucket.node.default_child)
        resource.add_property_override(
            "NotificationConfiguration.EventBridgeConfiguration", {"EventBridgeEnabled": True}
        )

    def _create_plan(self) -> guardduty.CfnMalwareProtectionPlan:
        bucket = self._props.bucket
        statements = malware_protection_statements(bucket, self._props.key)
        role = create_role(self, "malware-protection-plan.guardduty.amazonaws.com", statements)
        suppress(role, f"AwsSolutions-IAM5[Resource::{_MANAGED_RULE}]")
        plan = guardduty.CfnMalwareProtectionPlan
        created = plan(
            self,
            "Plan",
            role=role.role_arn,
            protected_resource=plan.CFNProtectedResourceProperty(
                s3_bucket=plan.S3BucketProperty(
                    bucket_name=bucket.bucket_name, object_prefixes=[STAGING + SCAN_AREA]
                )
            ),
            # The result is an event, and a tag on each object costs a request.
            actions=plan.CFNActionsProperty(tagging=plan.CFNTaggingProperty(status="DISABLED")),
        )
        created.node.add_dependency(role)
        return created

    def _route_verdicts(self) -> None:
        """Sends the results of this bucket to the queue. EventBridge retries for 24 hours, and then sends to the dead letters."""
        rule = events.Rule(
            self,
            "Results",
            event_pattern=events.EventPattern(
                source=["aws.guardduty"],
                detail_type=["GuardDuty Malware Protection Object Scan Result"],
                detail={"s3ObjectDetails": {"bucketName": [self._props.bucket.bucket_name]}},
            ),
        )
        dead_letters = self._verdicts.dead_letters
        rule.add_target(targets.SqsQueue(self._verdicts.queue, dead_letter_queue=dead_letters))
        if self._props.key:
            allow_rules_to_send(self._props.key)

    def _create_function(self) -> None:
        props = self._props
        consumed = [props.queues.tasks.urls, self._verdicts.urls]
        function = Function(
            self,
            "Scan",
            name="scan",
            timeout=_TIMEOUT,
            statements=scan_statements(props.queues, self._verdicts, props.key),
            shared=props.shared.with_settings(consumed_queues=cdk.Stack.of(self).to_json_string(consumed)),
        )
        role = cast(iam.Role, function.function.role)
        suppress(role, "AwsSolutions-IAM5[Resource::*]")
        suppress(role, "Serverless-LambdaStarPermissions")
        props.queues.connect(function.function)
        function.read_from(
            self._verdicts.queue, "Verdicts", max_concurrency=props.deployment.pipeline_concurrency
        )

    def _create_alarms(self) -> None:
        create_alarm(
            self,
            "ScannedBytes",
            self._metric("CompletedScanBytes", cdk.Duration.days(1)),
            threshold=self._props.deployment.scanned_bytes_alarm,
            description="GuardDuty has scanned more in a day than scannedBytesAlarm: each scan is billed. Find out who uploads "
            "so much, and lower the limits of an owner.",
        )
        create_alarm(
            self,
            "FailedScans",
            self._metric("FailedScanCount", ALARM_PERIOD),
            description="A malware scan failed: its document waits, and the step asks for another scan after 30 minutes. If the "
            "role of the plan was denied something, repair that.",
        )
        create_alarm(
            self,
            "VerdictDeadLetters",
            count_messages(self._verdicts.dead_letters),
            description="A message in the queue of verdicts is no scan result of GuardDuty: its document waits for another scan.",
        )

    def _metric(self, name: str, period: cdk.Duration) -> cloudwatch.Metric:
        dimensions = {
            "Malware Protection Plan Id": self._plan.attr_malware_protection_plan_id,
            "Resource Name": self._props.bucket.bucket_name,
        }
        return cloudwatch.Metric(
            namespace=_METRICS, metric_name=name, dimensions_map=dimensions, period=period, statistic="Sum"
        )

"""The SNS topic that every alarm of the stack notifies."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.service_level import ServiceLevel


class AlarmTopic(Construct):
    """A topic with a subscription for each address, which its owner has to confirm. Only CloudWatch may publish to it."""

    def __init__(self, scope: Construct, id: str, *, emails: Sequence[str], key: kms.IKey | None) -> None:
        super().__init__(scope, id)
        self.topic = sns.Topic(self, "Topic", master_key=key, enforce_ssl=True)
        # A topic with a policy of its own does not have the default one.
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowAlarms",
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}},
            )
        )
        for email in emails:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))

    def connect_alarms(self, scope: Construct) -> None:
        """Notifies the topic when an alarm within `scope` goes off, and when it is over."""
        action = actions.SnsAction(self.topic)
        for alarm in scope.node.find_all():
            if isinstance(alarm, cloudwatch.AlarmBase) and not _is_window(alarm):
                alarm.add_alarm_action(action)
                alarm.add_ok_action(action)


def _is_window(alarm: cloudwatch.AlarmBase) -> bool:
    """True for an alarm on one window of the service level, which a composite alarm reads."""
    return isinstance(alarm.node.scope, ServiceLevel) and isinstance(alarm, cloudwatch.Alarm)

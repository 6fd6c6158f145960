"""The automatic block of suspicious owners (`-c blockSuspicious=true`): a rule on the event bus -> the function `block_owner`."""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from infra.alarms import ALARM_PERIOD, create_alarm
from infra.event_permissions import block_owner_statements
from infra.features.events import EventConstruct
from infra.features.subscriber_props import SubscriberProps
from infra.functions import Function
from infra.nag import suppress

_TIMEOUT = cdk.Duration.seconds(30)


class BlockSuspicious(EventConstruct):
    """Lambda invokes the function up to three times for an event. After that the owner is not blocked, and an alarm says so.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """

    def __init__(self, scope: Construct, id: str, props: SubscriberProps) -> None:
        super().__init__(scope, id)
        function = Function(
            self,
            "Block",
            name="block_owner",
            timeout=_TIMEOUT,
            statements=block_owner_statements(props.table, props.key),
            shared=props.shared,
        )
        rule = events.Rule(
            self,
            "BandPassed",
            event_bus=props.bus,
            event_pattern=events.EventPattern(source=["airlock"], detail_type=["owner.suspicious"]),
            targets=[targets.LambdaFunction(function.function)],
        )
        suppress(rule, "Serverless-EventBusDLQ")
        create_alarm(
            self,
            "Errors",
            function.function.metric_errors(period=ALARM_PERIOD, statistic="Sum"),
            description="The function that blocks suspicious owners failed. It is tried three times. See "
            "docs/runbooks/block-suspicious-errors.md.",
        )

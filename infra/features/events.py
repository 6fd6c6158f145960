"""Events out (`-c events=true`): the stream of the table -> the function `publish` -> an event bus of the deployment.

Without them the table has no stream, so that a deployment whose subscribers are none pays nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.domain.lifetimes import EVENT_FAILURE_RETENTION, STREAM_RETENTION
from infra.alarms import ALARM_PERIOD, create_alarm
from infra.context import Deployment
from infra.delivery import Delivery
from infra.durations import to_duration
from infra.event_permissions import publish_statements
from infra.events_options import has_bands
from infra.functions import Function, SharedProps
from infra.nag import suppress
from infra.private_bucket import create_private_bucket

_TIMEOUT = cdk.Duration.seconds(60)
_BATCH = 100
_MAX_AGE = to_duration(STREAM_RETENTION - timedelta(hours=1))
"""Age at which a record that fails goes to the bucket, an hour before the stream drops it."""
_LATE = cdk.Duration.minutes(15)
_CHANGES = {"dynamodb": {"NewImage": {"change": {"S": lambda_.FilterRule.exists()}}}}
"""Selects writes that carry the attribute `change` of functions/adapters/dynamodb/items.py."""
_USAGE = {"dynamodb": {"NewImage": {"sk": {"S": lambda_.FilterRule.is_equal("USAGE")}}}}
"""Selects writes of the usage of owners, whose counters pass bands."""


@dataclass(frozen=True, kw_only=True)
class EventsProps:
    """The table with a stream, and what all functions of the stack share.

    `key` is the KMS key that functions may use, and `data_key` the one that encrypts what is written; None without KMS.
    `delivery` is None where S3 delivers.
    """

    deployment: Deployment
    bucket: s3.Bucket
    table: dynamodb.Table
    key: kms.IKey | None
    data_key: kms.IKey | None
    delivery: Delivery | None
    shared: SharedProps


class EventConstruct(Construct):
    """The bus or a subscriber: its outputs, its metrics on the dashboard, and the functions of its rows in the route table, by their names there."""

    outputs: Mapping[str, str] = {}
    graphs: Mapping[str, Sequence[cloudwatch.IMetric]] = {}
    route_functions: Mapping[str, Function] = {}


class Events(EventConstruct):
    """The bus, the function `publish`, and the bucket of what could not be published.

    A queue would not do for that bucket, because Lambda sends only the place of a record to a queue.
    https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    """

    def __init__(self, scope: Construct, id: str, props: EventsProps) -> None:
        super().__init__(scope, id)
        self._props = props
        self.bus = self._create_bus()
        self.failures = self._create_bucket()
        self.publish = self._create_function()
        self._mapping = self._read_stream()
        late, failed = self._late(), self._failed()
        self._create_alarms(late, failed)
        self.graphs = {"Events: age of the oldest (ms), and failures": [late, failed]}
        self.outputs = {
            "EventBus": self.bus.event_bus_name,
            "EventFailures": self.failures.bucket_name,
            "PublishFunction": self.publish.function.function_name,
        }

    def _create_bus(self) -> events.EventBus:
        """With a key, EventBridge encrypts events, patterns and targets, and uses the key by the key's policy."""
        stack = cdk.Stack.of(self)
        name = f"{stack.stack_name}-documents"
        if self._props.data_key:
            self._props.data_key.add_to_resource_policy(_allow_to_describe(stack, name))
        return events.EventBus(self, "Bus", event_bus_name=name, kms_key=self._props.data_key)

    def _create_bucket(self) -> s3.Bucket:
        """The records are data about people, so they expire."""
        return create_private_bucket(
            self,
            "Failures",
            key=self._props.data_key,
            removal_policy=self._props.shared.removal_policy,
            lifecycle_rules=[
                s3.LifecycleRule(id="ExpireFailures", expiration=to_duration(EVENT_FAILURE_RETENTION))
            ],
        )

    def _create_function(self) -> Function:
        props = self._props
        statements = publish_statements(self._stream, self.bus, self.failures, props.key)
        publish = Function(
            self,
            "Publish",
            name="publish",
            timeout=_TIMEOUT,
            statements=statements,
            shared=props.shared.with_settings(event_bus=self.bus.event_bus_name),
        )
        for rule in ("AwsSolutions-IAM5[Resource::*]", "Serverless-LambdaStarPermissions"):
            suppress(publish.role, rule)
        return publish

    @property
    def _stream(self) -> str:
        return cast(str, self._props.table.table_stream_arn)

    def _read_stream(self) -> lambda_.CfnEventSourceMapping:
        """Reads from the oldest record. A mapping that is new may otherwise miss changes of its first minutes."""
        mapping = self.publish.function.add_event_source_mapping(
            "Changes",
            event_source_arn=self._stream,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=_BATCH,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            max_record_age=_MAX_AGE,
            filters=[lambda_.FilterCriteria.filter(each) for each in self._list_filters()],
        )
        resource = cast(lambda_.CfnEventSourceMapping, mapping.node.default_child)
        # Not the L2 destination, because that adds a policy beside the inline one of the role.
        resource.destination_config = lambda_.CfnEventSourceMapping.DestinationConfigProperty(
            on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=self.failures.bucket_arn)
        )
        resource.metrics_config = lambda_.CfnEventSourceMapping.MetricsConfigProperty(metrics=["EventCount"])
        return resource

    def _list_filters(self) -> list[dict[str, Any]]:
        return [_CHANGES, _USAGE] if has_bands(self._props.deployment) else [_CHANGES]

    def _late(self) -> cloudwatch.Metric:
        """Returns the age of the oldest change that is not published, in milliseconds."""
        return self.publish.function.metric("IteratorAge", period=ALARM_PERIOD, statistic="Maximum")

    def _failed(self) -> cloudwatch.Metric:
        """Returns the number of changes that went to the bucket of failures.

        https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        """
        return cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name="OnFailureDestinationDeliveredEventCount",
            dimensions_map={"EventSourceMappingUUID": self._mapping.attr_id},
            period=ALARM_PERIOD,
            statistic="Sum",
        )

    def _create_alarms(self, late: cloudwatch.Metric, failed: cloudwatch.Metric) -> None:
        create_alarm(
            self,
            "Late",
            late,
            threshold=_LATE.to_milliseconds(),
            description="Changes of documents wait for 15 minutes to be published: EventBridge or the function publish has a "
            "fault. Its log says which. Nothing is lost: after 23 hours they go to the bucket of failures. See "
            "docs/runbooks/events-late.md.",
        )
        create_alarm(
            self,
            "Failed",
            failed,
            description="Changes of documents were not published for 23 hours, and went to the bucket of failures: subscribers "
            f"miss them. Repair the cause, and use `operate events replay` within {EVENT_FAILURE_RETENTION.days} days. See docs/runbooks/events-failed.md.",
        )


def _allow_to_describe(stack: cdk.Stack, bus: str) -> iam.PolicyStatement:
    """Allows EventBridge to read the description of the key.

    The statement that CDK adds for the bus asks for an encryption context, which a request for a description has not.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-key-policy.html
    """
    return iam.PolicyStatement(
        sid="AllowEventBridgeToDescribeKey",
        principals=[iam.ServicePrincipal("events.amazonaws.com")],
        actions=["kms:DescribeKey"],
        resources=["*"],
        conditions={
            "StringEquals": {
                "aws:SourceAccount": stack.account,
                "aws:SourceArn": f"arn:{stack.partition}:events:{stack.region}:{stack.account}:event-bus/{bus}",
            }
        },
    )

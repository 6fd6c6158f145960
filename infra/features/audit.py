"""The audit trail (`-c audit=true`): a bucket with Object Lock, two queues, and the function `audit` that alone writes to it."""

from collections.abc import Iterator
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IConstruct

from functions.domain.lifetimes import MESSAGE_RETENTION
from infra.alarms import ALARM_PERIOD, count_messages, create_alarm
from infra.encryption import allow_rules_to_send
from infra.features.audit_permissions import bucket_statements, sender_statements, writer_statements
from infra.features.events import EventConstruct
from infra.features.subscriber_props import SubscriberProps, select_documents
from infra.functions import Function, SharedProps
from infra.private_bucket import create_private_bucket
from infra.queue_with_dead_letters import QueueWithDeadLetters

_TIMEOUT = cdk.Duration.seconds(60)
_WINDOW = cdk.Duration.seconds(60)
"""Longest time for which messages are gathered, because each object costs a PUT."""
_VISIBILITY = cdk.Duration.minutes(7)
"""AWS recommends six timeouts and the window. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""
_BATCH = 1_000
_WRITERS = 2
"""Lambda's minimum. Two writers do not harm each other, and one writes 1,000 records a second."""
_LATE = cdk.Duration.minutes(15)
_HTTP_FUNCTIONS = ("Uploads", "Documents", "Manifests")


class Audit(EventConstruct):
    """The trail. Its bucket stays when the stack is deleted, also on an ephemeral stage, because nobody can empty it."""

    def __init__(self, scope: Construct, id: str, props: SubscriberProps) -> None:
        super().__init__(scope, id)
        self._props = props
        self.bucket = self._create_bucket()
        self._queues = {name: self._create_queue(name) for name in ("changes", "requests")}
        self._route_changes()
        self.writer = self._create_function()
        for statement in bucket_statements(self.bucket, cast(iam.IRole, self.writer.function.role)):
            self.bucket.add_to_resource_policy(statement)
        for function in _find_http_functions(scope):
            self._connect(function)
        self._create_alarms()
        self.outputs = {"AuditBucket": self.bucket.bucket_name}

    def _create_bucket(self) -> s3.Bucket:
        """An object expires a day after its lock. A version is deleted a day after that, and then its delete marker."""
        days = self._props.deployment.audit_days
        return create_private_bucket(
            self,
            "Bucket",
            key=self._props.data_key,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            versioned=True,
            object_lock_enabled=True,
            object_lock_default_retention=s3.ObjectLockRetention.compliance(cdk.Duration.days(days)),
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="ExpireUnlockedObjects",
                    expiration=cdk.Duration.days(days + 1),
                    noncurrent_version_expiration=cdk.Duration.days(1),
                ),
                s3.LifecycleRule(id="DeleteMarkers", expired_object_delete_marker=True),
            ],
        )

    def _create_queue(self, name: str) -> QueueWithDeadLetters:
        """Creates a queue that keeps records as long as SQS can, so that no outage loses one."""
        created = QueueWithDeadLetters(
            self, name.title(), visibility_timeout=_VISIBILITY, key=self._props.data_key
        )
        resource = cast(sqs.CfnQueue, created.queue.node.default_child)
        resource.message_retention_period = MESSAGE_RETENTION.total_seconds()
        return created

    def _route_changes(self) -> None:
        """EventBridge retries for 24 hours, and then sends to the dead letters."""
        rule = events.Rule(
            self,
            "Documents",
            event_bus=self._props.bus,
            event_pattern=select_documents(),
        )
        changes = self._queues["changes"]
        rule.add_target(targets.SqsQueue(changes.queue, dead_letter_queue=changes.dead_letters))
        if self._props.data_key:
            allow_rules_to_send(self._props.data_key)

    def _create_function(self) -> Function:
        props = self._props
        statements = writer_statements(self.bucket, props.table, [*self._queues.values()], props.key)
        function = Function(
            self,
            "Writer",
            name="audit",
            timeout=_TIMEOUT,
            statements=statements,
            shared=self._share(props.shared),
        )
        for name, each in self._queues.items():
            function.read_from(
                each.queue, name.title(), batch_size=_BATCH, max_concurrency=_WRITERS, window=_WINDOW
            )
        return function

    def _share(self, shared: SharedProps) -> SharedProps:
        """Returns the properties of the writer."""
        chains = {name: each.queue.queue_url for name, each in self._queues.items()}
        audit = {
            "bucket": self.bucket.bucket_name,
            "days": self._props.deployment.audit_days,
            "chains": chains,
        }
        stack = cdk.Stack.of(self)
        consumed = [each.urls for each in self._queues.values()]
        return shared.with_settings(
            audit=stack.to_json_string(audit), consumed_queues=stack.to_json_string(consumed)
        )

    def _connect(self, function: Function) -> None:
        """Lets a function of the API send records of its requests."""
        queue = self._queues["requests"].queue
        audit = {"queue": queue.queue_url, "reads": self._props.deployment.audit_reads}
        function.change_settings(audit=cdk.Stack.of(self).to_json_string(audit))
        function.allow(sender_statements(queue, self._props.key))

    def _create_alarms(self) -> None:
        queues = self._queues.values()
        ages = [
            each.queue.metric_approximate_age_of_oldest_message(period=ALARM_PERIOD, statistic="Maximum")
            for each in queues
        ]
        create_alarm(
            self,
            "Late",
            _combine("MAX", ages),
            threshold=_LATE.to_seconds(),
            description="Records of the audit trail wait for 15 minutes: S3, the table or the function audit has a fault. "
            f"Nothing is lost for {MESSAGE_RETENTION.days} days, and its log says which it is.",
        )
        create_alarm(
            self,
            "DeadLetters",
            _combine("SUM", [count_messages(each.dead_letters) for each in queues]),
            description="A message is in the dead letters of the audit trail: the trail misses what it says. Put it back, or find "
            "out who has sent it.",
        )


def _combine(function: str, metrics: list[cloudwatch.Metric]) -> cloudwatch.MathExpression:
    """Returns MAX or SUM of metrics, without those that have no data."""
    named = {f"m{number}": metric for number, metric in enumerate(metrics)}
    return cloudwatch.MathExpression(
        expression=f"{function}([{', '.join(f'FILL({name}, 0)' for name in named)}])",
        using_metrics=named,
        label=function,
        period=ALARM_PERIOD,
    )


def _find_http_functions(stack: IConstruct) -> Iterator[Function]:
    """Yields the functions of the API that every deployment has, and `manifests` if there is one."""
    for name in _HTTP_FUNCTIONS:
        found = stack.node.try_find_child(name)
        function = getattr(found, "function", None) if found else None
        if isinstance(found, Function):
            yield found
        elif isinstance(function, Function):
            yield function

"""The CloudWatch dashboard of a deployment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from functions.domain import metrics as emitted
from infra.api import Api
from infra.delivery import Delivery
from infra.features.events import EventConstruct
from infra.functions import Function
from infra.metrics import PERIOD, by_dimension, emitted_metric
from infra.queries import REQUESTS
from infra.step_queues import StepQueues

_SCANS = (
    'SEARCH(\'{AWS/GuardDuty/MalwareProtection,"Malware Protection Plan Id","Resource Name"} '
    "MetricName=\"CompletedScanBytes\"', 'Sum', 300)"
)


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The resources that the dashboard shows. `queues` are title -> queue."""

    api: Api
    functions: Mapping[str, Function]
    queues: Mapping[str, sqs.Queue]
    steps: Mapping[str, StepQueues]
    table: dynamodb.Table


class Dashboard(Construct):
    """A dashboard with the name of the stack."""

    def __init__(
        self, scope: Construct, id: str, *, sources: Sources, has_scanner: bool, has_metrics: bool
    ) -> None:
        super().__init__(scope, id)
        self._sources = sources
        self._has_scanner = has_scanner
        rows = [
            self._requests(),
            *([self._documents(), self._times()] if has_metrics else []),
            self._queues(),
            self._sweeps(),
            *self._events(),
            self._costs(),
        ]
        cloudwatch.Dashboard(self, "Dashboard", dashboard_name=cdk.Stack.of(self).stack_name, widgets=rows)

    def _requests(self) -> list[cloudwatch.IWidget]:
        api = self._sources.api.api
        table = cloudwatch.LogQueryWidget(
            title="Requests by route and status",
            log_group_names=[self._sources.api.access_log.log_group_name],
            query_string=REQUESTS,
            view=cloudwatch.LogQueryVisualizationType.TABLE,
            width=12,
        )
        latency = [
            api.metric_latency(statistic=each, label=each, period=PERIOD) for each in ("p50", "p95", "p99")
        ]
        return [table, _graph("Latency (ms)", latency, width=12)]

    def _documents(self) -> list[cloudwatch.IWidget]:
        return [
            _graph("Documents by status", [by_dimension(self, emitted.DOCUMENTS)]),
            _graph("Rejections by code", [by_dimension(self, emitted.REJECTIONS)]),
            _graph("Bytes", [emitted_metric(self, emitted.BYTES, "Sum")]),
        ]

    def _times(self) -> list[cloudwatch.IWidget]:
        ready = [emitted_metric(self, emitted.READY_SECONDS, each) for each in ("p50", "p95", "p99")]
        missed = emitted_metric(self, emitted.MISSED_OBJECTIVE, "Average")
        return [
            _graph("Seconds from arrival to ready (p50, p95, p99)", ready, width=12),
            _graph("Share of documents that miss the objective", [missed], width=12),
        ]

    def _queues(self) -> list[cloudwatch.IWidget]:
        results = {f"results of {step}": queues.results.queue for step, queues in self._sources.steps.items()}
        ages = [
            queue.metric_approximate_age_of_oldest_message(statistic="Maximum", label=title, period=PERIOD)
            for title, queue in {**self._sources.queues, **results}.items()
        ]
        waiting = [
            queues.tasks.queue.metric_approximate_number_of_messages_visible(
                statistic="Maximum", label=step, period=PERIOD
            )
            for step, queues in self._sources.steps.items()
        ]
        oldest = self._of_logs("OldestMessageSeconds")
        return [
            _graph("Age of the oldest message (s)", [*ages, oldest]),
            _graph("Tasks of steps that wait", waiting),
            *([_graph("Bytes scanned", [_search(_SCANS)])] if self._has_scanner else []),
        ]

    def _sweeps(self) -> list[cloudwatch.IWidget]:
        sweeps = self._sources.functions["sweeps"].function
        errors = [
            each.function.metric_errors(statistic="Sum", label=name, period=PERIOD)
            for name, each in self._sources.functions.items()
        ]
        return [
            _graph("Age of the sweep of staging (s)", [self._of_logs("StagingAge")]),
            _graph("Duration of sweeps (ms)", [sweeps.metric_duration(statistic="Maximum", period=PERIOD)]),
            _graph("Errors of functions", errors),
        ]

    def _events(self) -> list[list[cloudwatch.IWidget]]:
        """Returns a row for each of delivery, the event bus and its subscribers that has graphs."""
        found = [
            each for each in cdk.Stack.of(self).node.children if isinstance(each, (Delivery, EventConstruct))
        ]
        return [
            [_graph(title, metrics, width=12) for title, metrics in each.graphs.items()]
            for each in found
            if each.graphs
        ]

    def _costs(self) -> list[cloudwatch.IWidget]:
        functions, table = self._sources.functions, self._sources.table
        invocations = [
            each.function.metric_invocations(statistic="Sum", label=name, period=PERIOD)
            for name, each in functions.items()
        ]
        units = [
            table.metric_consumed_write_capacity_units(statistic="Sum", period=PERIOD),
            table.metric_consumed_read_capacity_units(statistic="Sum", period=PERIOD),
        ]
        log_bytes = [
            each.log_group.metric_incoming_bytes(statistic="Sum", label=name, period=PERIOD)
            for name, each in functions.items()
        ]
        requests = self._sources.api.api.metric_count(statistic="Sum", label="API", period=PERIOD)
        return [
            _graph("Requests and invocations", [requests, *invocations]),
            _graph("Capacity units of the table", units),
            _graph("Bytes of logs", log_bytes),
        ]

    def _of_logs(self, name: str) -> cloudwatch.Metric:
        """Returns a metric that a filter of infra/alarms.py reads from a log."""
        return cloudwatch.Metric(
            namespace=cdk.Stack.of(self).stack_name, metric_name=name, statistic="Maximum", period=PERIOD
        )


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric], *, width: int = 8) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=width)


def _search(expression: str) -> cloudwatch.MathExpression:
    return cloudwatch.MathExpression(expression=expression, using_metrics={}, label="", period=PERIOD)

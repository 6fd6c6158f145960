"""Push (`-c push=true`): a WebSocket API, the functions that open and close its connections, and the one that sends to them.

Event bus -> queue -> `push` -> connections of the owner. What the queue cannot deliver within `_RETENTION` is worth nothing any
more, because clients read the status by then. So SQS drops it, and there are no dead letters.
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.alarms import ALARM_PERIOD, create_alarm
from infra.encryption import allow_rules_to_send
from infra.features.events import EventConstruct
from infra.features.subscriber_props import SubscriberProps, select_documents
from infra.functions import Function
from infra.metrics import PERIOD
from infra.nag import suppress
from infra.push_permissions import push_statements, socket_statements, ticket_statements

STAGE = "live"
_TIMEOUT = cdk.Duration.seconds(30)
_RETENTION = cdk.Duration.minutes(5)
_LATE = cdk.Duration.minutes(2)
_BURST_SECONDS = 5


class Push(EventConstruct):
    """The WebSocket API and its three functions. Only `push` may send to connections, and no function reads a document."""

    def __init__(self, scope: Construct, id: str, props: SubscriberProps) -> None:
        super().__init__(scope, id)
        self._props = props
        self.api, self._url = self._create_api()
        self._queue = self._create_queue()
        self._create_handshakes()
        self._create_fan_out()
        self._create_alarm()
        tickets = self._create_function("Tickets", ticket_statements(props.table, props.key))
        self.route_functions = {"tickets": tickets}
        self.outputs = {"PushUrl": self._url}
        self.graphs = {
            "Push: connections and messages": self._count("ConnectCount", "MessageCount"),
            "Push: errors": self._count("IntegrationError", "ExecutionError"),
        }

    def _create_api(self) -> tuple[apigateway.WebSocketApi, str]:
        """Creates an API without a route for messages, because clients send none.

        There is no access log, because that needs a role in the settings of the whole account. The function `sockets` logs
        each connection.
        https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
        """
        rate = self._props.deployment.connection_rate
        api = apigateway.WebSocketApi(self, "Api", api_name=f"{cdk.Stack.of(self).stack_name}-push")
        stage = apigateway.WebSocketStage(
            self,
            "Stage",
            web_socket_api=api,
            stage_name=STAGE,
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(rate_limit=rate, burst_limit=rate * _BURST_SECONDS),
        )
        suppress(stage, "AwsSolutions-APIG1")
        suppress(stage, "Serverless-APIGWAccessLogging")
        return api, stage.url

    def _count(self, *names: str) -> list[cloudwatch.Metric]:
        """https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html"""
        dimensions = {"ApiId": self.api.api_id, "Stage": STAGE}
        return [
            cloudwatch.Metric(
                namespace="AWS/ApiGateway",
                metric_name=name,
                dimensions_map=dimensions,
                statistic="Sum",
                period=PERIOD,
            )
            for name in names
        ]

    def _create_handshakes(self) -> None:
        sockets = self._create_function("Sockets", socket_statements(self._props.table, self._props.key))
        for route in ("connect", "disconnect"):
            integration = integrations.WebSocketLambdaIntegration(route.title(), sockets.function)
            added = self.api.add_route(f"${route}", integration=integration)
            suppress(added, "AwsSolutions-APIG4")

    def _create_queue(self) -> sqs.Queue:
        """Creates the queue and the rule that fills it. The messages are data about people."""
        key = self._props.data_key
        queue = sqs.Queue(
            self,
            "Changes",
            enforce_ssl=True,
            encryption=sqs.QueueEncryption.KMS if key else None,
            encryption_master_key=key,
            retention_period=_RETENTION,
            visibility_timeout=_TIMEOUT,
        )
        suppress(queue, "AwsSolutions-SQS3")
        suppress(queue, "Serverless-SQSRedrivePolicy")
        rule = events.Rule(
            self,
            "Rule",
            event_bus=self._props.bus,
            event_pattern=select_documents(),
        )
        rule.add_target(targets.SqsQueue(queue, max_event_age=_RETENTION))
        suppress(rule, "Serverless-EventBusDLQ")
        if key:
            allow_rules_to_send(key)
        return queue

    def _create_fan_out(self) -> None:
        connections = cdk.Stack.of(self).format_arn(
            service="execute-api",
            resource=self.api.api_id,
            resource_name=f"{STAGE}/*/@connections/*",
        )
        statements = push_statements(self._props.table, self._queue, connections, self._props.key)
        function = self._create_function("Push", statements)
        function.read_from(self._queue, max_concurrency=self._props.deployment.push_concurrency)

    def _create_function(self, id: str, statements: Sequence[iam.PolicyStatement]) -> Function:
        return Function(
            self,
            id,
            name=id.lower(),
            timeout=_TIMEOUT if id == "Push" else cdk.Duration.seconds(10),
            statements=statements,
            shared=self._props.shared.with_settings(push_url=self._url),
        )

    def _create_alarm(self) -> None:
        create_alarm(
            self,
            "Late",
            self._queue.metric_approximate_age_of_oldest_message(period=ALARM_PERIOD, statistic="Maximum"),
            threshold=_LATE.to_seconds(),
            description="Changes wait for 2 minutes to be pushed: the table or API Gateway has a fault, or pushConcurrency is "
            "too low. Pages show changes later, by their polls. After 5 minutes a change is dropped. See "
            "docs/runbooks/push-late.md.",
        )

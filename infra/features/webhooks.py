"""Webhooks: for each endpoint a rule of the event bus, a queue, a function, a secret and an alarm.

Each endpoint has a queue and a function of its own, so that a dead endpoint delays no other, `concurrency` bounds the requests
to each, and a role reads one secret. Fair queues share the delay of one queue among message groups, but have no bound for
each group, and one function would read all secrets.
"""

import string
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from functions.features.webhooks.endpoints import BATCHES, Endpoint
from infra.alarms import count_messages, create_alarm
from infra.delivery import WEBHOOKS
from infra.encryption import allow_rules_to_send
from infra.event_permissions import webhook_statements
from infra.features.events import EventConstruct
from infra.features.subscriber_props import SubscriberProps
from infra.functions import Function
from infra.nag import suppress
from infra.names import construct_name
from infra.queue_with_dead_letters import QueueWithDeadLetters

_TIMEOUT = cdk.Duration.seconds(60)
"""An attempt takes up to 15 seconds, and those of a batch are made at the same time."""
_TEMPLATE = '{"earlier": []}'
_SECRET_LENGTH = 44
"""Letters and digits are base64, so 44 of them are the base64 of 33 bytes. Their entropy is 262 bits."""


class Webhooks(EventConstruct):
    """The endpoints of the deployment."""

    def __init__(self, scope: Construct, id: str, props: SubscriberProps) -> None:
        super().__init__(scope, id)
        endpoints = [
            WebhookEndpoint(self, construct_name(each.name), each, props)
            for each in props.deployment.webhooks
        ]
        self.outputs = {f"Webhook{each.node.id}Secret": each.secret_arn for each in endpoints}


class WebhookEndpoint(Construct):
    """One endpoint."""

    def __init__(self, scope: Construct, id: str, endpoint: Endpoint, props: SubscriberProps) -> None:
        super().__init__(scope, id)
        self._endpoint = endpoint
        self._props = props
        self.secret_arn = self._create_secret()
        self._deliveries = QueueWithDeadLetters(
            self, "Deliveries", visibility_timeout=_TIMEOUT, key=props.data_key
        )
        self._route_events()
        self._create_function()
        create_alarm(
            self,
            "DeadLetters",
            count_messages(self._deliveries.dead_letters),
            description=f"The webhook endpoint {endpoint.name} did not take an event in eight attempts over 41 hours. Its receiver "
            "misses the event until an operator redelivers it. See docs/runbooks/webhook-dead-letters.md.",
        )

    def _create_secret(self) -> str:
        """Returns the ARN. CloudFormation generates the value once. `operate webhooks rotate` replaces it, and no deploy does."""
        secret = secretsmanager.Secret(
            self,
            "Secret",
            description=f"Signs the webhooks of {self._endpoint.name} of {cdk.Stack.of(self).stack_name}",
            encryption_key=self._props.data_key,
            removal_policy=self._props.shared.removal_policy,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=_TEMPLATE,
                generate_string_key="current",
                password_length=_SECRET_LENGTH,
                exclude_characters=string.punctuation,
                include_space=False,
            ),
        )
        suppress(secret, "AwsSolutions-SMG4")
        # Not `Ref`, because that is the name in MiniStack. Both are the ARN in AWS.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
        return str(cast(secretsmanager.CfnSecret, secret.node.default_child).attr_id)

    def _route_events(self) -> None:
        """Selects events of this endpoint. EventBridge retries for 24 hours, and then sends to the dead letters."""
        kinds = {"kind": list(self._endpoint.kinds)} if self._endpoint.kinds else None
        rule = events.Rule(
            self,
            "Events",
            event_bus=self._props.bus,
            event_pattern=events.EventPattern(
                source=["airlock"], detail_type=list(self._endpoint.events), detail=kinds
            ),
        )
        queues = self._deliveries
        rule.add_target(targets.SqsQueue(queues.queue, dead_letter_queue=queues.dead_letters))
        if self._props.key:
            allow_rules_to_send(self._props.key)

    def _create_function(self) -> None:
        props, queues = self._props, self._deliveries
        shared = props.delivery.share(props.shared, WEBHOOKS) if props.delivery else props.shared
        function = Function(
            self,
            "Function",
            name=f"webhook_{self._endpoint.name}",
            module="webhooks",
            timeout=_TIMEOUT,
            statements=webhook_statements(
                props.bucket,
                props.table,
                queues,
                self.secret_arn,
                props.key,
                signs_downloads=props.deployment.has_presigned_downloads,
            ),
            shared=shared.with_settings(webhook=self._describe()),
        )
        if props.delivery:
            props.delivery.let_sign(function)
        function.read_from(queues.queue, batch_size=self._endpoint.batch_size, max_concurrency=BATCHES)

    def _describe(self) -> str:
        content = {
            "name": self._endpoint.name,
            "url": self._endpoint.url,
            "secret": self.secret_arn,
            "queue": self._deliveries.queue.queue_url,
            "deadLetters": self._deliveries.dead_letters.queue_url,
        }
        return cdk.Stack.of(self).to_json_string(content)

"""The events of a deployment as they come: a queue and a rule on the event bus, which exist while somebody listens."""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from operate.aws_calls import translate_errors
from operate.deployment import Deployment

_BATCH, _WAIT = 10, 20
"""Messages of one ReceiveMessage, and the seconds that it waits for one (Amazon SQS API Reference)."""
_RETENTION = 300
"""Seconds for which an event waits for the command, such as while its machine sleeps."""
_TARGET = "tail"


@dataclass(frozen=True)
class EventQueue:
    """The queue. `events` yields without end."""

    client: Any
    url: str

    def events(self) -> Iterator[dict[str, Any]]:
        """Yields events as EventBridge delivers them. IAM actions: sqs:ReceiveMessage, sqs:DeleteMessage. Raises OperateError."""
        while True:
            with translate_errors():
                response = self.client.receive_message(
                    QueueUrl=self.url, MaxNumberOfMessages=_BATCH, WaitTimeSeconds=_WAIT
                )
            for message in response.get("Messages", []):
                yield json.loads(message["Body"])
                with translate_errors():
                    self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])


@contextmanager
def listen(deployment: Deployment) -> Iterator[EventQueue]:
    """Creates the queue and the rule, and deletes both at the end, also after an error. Raises OperateError.

    IAM actions: sqs:CreateQueue, GetQueueAttributes, SetQueueAttributes, DeleteQueue; events:PutRule, PutTargets,
    RemoveTargets, DeleteRule.
    """
    sqs, events = deployment.client("sqs"), deployment.client("events")
    name, bus = f"{deployment.stack}-tail-{secrets.token_hex(4)}", deployment.output("EventBus")
    with ExitStack() as undo:
        with translate_errors():
            url = str(
                sqs.create_queue(QueueName=name, Attributes={"MessageRetentionPeriod": str(_RETENTION)})[
                    "QueueUrl"
                ]
            )
        _call_at_end(undo, lambda: sqs.delete_queue(QueueUrl=url))
        with translate_errors():
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
            pattern = json.dumps({"source": ["airlock"]})
            rule = events.put_rule(Name=name, EventBusName=bus, EventPattern=pattern)["RuleArn"]
        _call_at_end(undo, lambda: events.delete_rule(Name=name, EventBusName=bus))
        with translate_errors():
            policy = _build_policy(found["QueueArn"], rule)
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
            target = {"Id": _TARGET, "Arn": found["QueueArn"]}
            events.put_targets(Rule=name, EventBusName=bus, Targets=[target])
        _call_at_end(undo, lambda: events.remove_targets(Rule=name, EventBusName=bus, Ids=[_TARGET]))
        yield EventQueue(sqs, url)


def _call_at_end(undo: ExitStack, call: Callable[[], object]) -> None:
    def run() -> None:
        with translate_errors():
            call()

    undo.callback(run)


def _build_policy(queue: str, rule: str) -> dict[str, Any]:
    """Returns the policy of the queue: only the rule sends.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}

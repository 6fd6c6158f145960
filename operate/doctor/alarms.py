"""Checks of the alarms: each exists, notifies somebody, and is not in alarm."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from botocore.exceptions import ClientError

from operate.doctor.finding import DEPLOY_AGAIN, Finding, Inspection

_BATCH = 100
"""Names that one DescribeAlarms takes (Amazon CloudWatch API Reference)."""


_TYPES = {"AWS::CloudWatch::Alarm": "MetricAlarm", "AWS::CloudWatch::CompositeAlarm": "CompositeAlarm"}
"""The types of alarms by that of their resource. DescribeAlarms returns no composite alarms unless asked."""

_WINDOW = re.compile(r"(?<=Burn)(Long|Short)(?=[0-9A-F]{8}$)")
"""The end of the logical id of an alarm on one window of the service level. A composite alarm reads it, and notifies."""


def check_alarms(inspection: Inspection) -> Iterator[Finding]:
    """IAM actions: cloudwatch:DescribeAlarms, sns:ListSubscriptionsByTopic."""
    alarms = {id: name for kind in _TYPES for id, name in inspection.template.list_ids(kind).items()}
    found = _describe(inspection, [*alarms.values()])
    for id, name in alarms.items():
        state = found.get(name)
        if state is None:
            yield Finding(id, "does not exist", DEPLOY_AGAIN)
        elif state["StateValue"] == "ALARM" and not _WINDOW.search(id):
            problem = f"is in alarm: {state.get('StateReason', '')}"
            yield Finding(id, problem, f"See {find_runbook(id)}.")
    silent = [
        id
        for id, name in alarms.items()
        if (each := found.get(name))
        and not (each["ActionsEnabled"] and each["AlarmActions"])
        and not _WINDOW.search(id)
    ]
    if silent:
        problem = f"notify nobody: {', '.join(sorted(silent))}"
        yield Finding(
            f"{len(silent)} alarms", problem, "Deploy with `alarmEmail`, or add the SNS topic of your team."
        )
    yield from _check_topics(
        inspection, [action for each in found.values() for action in each["AlarmActions"]]
    )


def _describe(inspection: Inspection, names: Sequence[str]) -> dict[str, Any]:
    """Returns the alarms that exist by their name."""
    found: dict[str, Any] = {}
    types = [*_TYPES.values()]
    for start in range(0, len(names), _BATCH):
        described = inspection.client("cloudwatch").describe_alarms(
            AlarmNames=names[start : start + _BATCH], AlarmTypes=types
        )
        found |= {each["AlarmName"]: each for kind in types for each in described[f"{kind}s"]}
    return found


def find_runbook(logical_id: str) -> str:
    """Returns the page of an alarm by its logical id, which is its construct and 8 hex digits."""
    name = re.sub(r"^Alarms|[0-9A-F]{8}$", "", _WINDOW.sub("", logical_id))
    name = re.sub(r"^Webhooks.+(?=DeadLetters$)", "Webhook", name)
    name = re.sub(r"^Edge(Blocked|Throttled).+$", r"Edge\1", name)
    name = re.sub(r"^.+(TaskDeadLetters|ResultDeadLetters)$", r"Step\1", name)
    return f"docs/runbooks/{re.sub(r'(?<!^)(?=[A-Z])', '-', name).lower()}.md"


def _check_topics(inspection: Inspection, actions: Sequence[str]) -> Iterator[Finding]:
    for topic in sorted({action for action in actions if ":sns:" in action}):
        try:
            listed = inspection.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        except ClientError as error:
            yield Finding(
                topic,
                f"cannot be read: {error}",
                "If it does not exist, the alarms notify nobody: deploy again.",
            )
            continue
        confirmed = [each for each in listed if each["SubscriptionArn"].startswith("arn:")]
        if not confirmed:
            remedy = "Follow the link in the e-mail that SNS has sent, or subscribe somebody."
            yield Finding(topic, "has no confirmed subscription, so that the alarms notify nobody", remedy)

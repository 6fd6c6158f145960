"""Checks of what processes uploads: functions, their queues, the schedule, dead letters."""

from collections.abc import Iterator
from typing import Any

from operate.doctor.finding import DEPLOY_AGAIN, Finding, Inspection
from operate.template import Resource

_BACKLOG = 10_000
"""Messages of a queue from which on it is a finding: an hour of 3 uploads a second."""

_WITHOUT_SCHEDULE = "no sweep starts, staged bytes stay, and lost events wait"
_WITHOUT_RULE = (
    "no event comes to its target, such as the verdicts of a malware scanner, for which documents then wait"
)


def check_functions(inspection: Inspection) -> Iterator[Finding]:
    """IAM action: lambda:GetFunction."""
    client = inspection.client("lambda")
    for function in inspection.template.list_resources("AWS::Lambda::Function"):
        found = client.get_function(FunctionName=function.physical_id)
        configuration = found["Configuration"]
        if (state := configuration.get("State", "Active")) != "Active":
            problem = f"is {state}: {configuration.get('StateReason')}"
            yield Finding(function.logical_id, problem, DEPLOY_AGAIN)
        if found.get("Concurrency", {}).get("ReservedConcurrentExecutions") == 0:
            problem = "is switched off: its reserved concurrency is 0"
            yield Finding(
                function.logical_id, problem, "Delete the reserved concurrency when the incident is over."
            )
        yield from _compare_settings(function.logical_id, function.properties, configuration)


def check_event_sources(inspection: Inspection) -> Iterator[Finding]:
    """IAM actions: lambda:ListEventSourceMappings, events:DescribeRule, events:ListTargetsByRule."""
    states: dict[str, str] = {}
    for page in inspection.client("lambda").get_paginator("list_event_source_mappings").paginate():
        states |= {each["UUID"]: each["State"] for each in page["EventSourceMappings"]}
    for mapping in inspection.template.list_resources("AWS::Lambda::EventSourceMapping"):
        state = states.get(mapping.physical_id, "deleted")
        if state not in ("Enabled", "Enabling", "Updating"):
            problem = f"is {state}, so that nobody reads its queue"
            yield Finding(mapping.logical_id, problem, f"Enable it. {DEPLOY_AGAIN}")
    for rule in inspection.template.list_resources("AWS::Events::Rule"):
        yield from _check_rule(inspection, rule)


def _check_rule(inspection: Inspection, rule: Resource) -> Iterator[Finding]:
    client, name = inspection.client("events"), rule.physical_id.rpartition("|")[2]
    bus = rule.properties.get("EventBusName", "default")
    state = client.describe_rule(Name=name, EventBusName=bus)["State"]
    if state == "DISABLED" and rule.properties.get("State") == "ENABLED":
        problem = (
            f"is disabled: {_WITHOUT_SCHEDULE if 'ScheduleExpression' in rule.properties else _WITHOUT_RULE}"
        )
        remedy = f"Enable it: `aws events enable-rule --name {name} --event-bus-name {bus}`."
        yield Finding(rule.logical_id, problem, remedy)
    targets = {
        target["Arn"] for target in client.list_targets_by_rule(Rule=name, EventBusName=bus)["Targets"]
    }
    for target in rule.properties.get("Targets", []):
        if target["Arn"] not in targets:
            yield Finding(rule.logical_id, f"sends nothing to {target['Arn']}", DEPLOY_AGAIN)


def check_queues(inspection: Inspection) -> Iterator[Finding]:
    """IAM action: sqs:GetQueueAttributes."""
    for queue in inspection.template.list_resources("AWS::SQS::Queue"):
        name = queue.physical_id.rpartition("/")[2]
        count = _count(inspection.client("sqs"), queue.physical_id)
        if "DeadLetters" in queue.logical_id and count:
            remedy = "Read them with `dead-letters show`, repair the cause, then `dead-letters put-back`."
            yield Finding(name, f"has dead letters: {count:,}", remedy)
        elif count >= _BACKLOG:
            remedy = (
                "See docs/runbooks/oldest-upload-event.md: is its function throttled, or is there a fault?"
            )
            yield Finding(name, f"has {count:,} messages that wait", remedy)


def _count(sqs: Any, url: str) -> int:
    names = ["ApproximateNumberOfMessages"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return int(attributes[names[0]])


def _compare_settings(function: str, properties: Any, found: Any) -> Iterator[Finding]:
    """Queue URLs of a local stack differ in their host, so that only other values are compared."""
    expected = properties.get("Environment", {}).get("Variables", {})
    actual = found.get("Environment", {}).get("Variables", {})
    changed = sorted(
        name
        for name in {*expected, *actual}
        if "://" not in str(expected.get(name)) and expected.get(name) != actual.get(name)
    )
    if changed:
        yield Finding(function, f"has other settings than the template: {', '.join(changed)}", DEPLOY_AGAIN)

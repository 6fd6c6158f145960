"""Faults of the malware scanner of a deployment that `doctor` has to name. Each breaks one thing and repairs it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from operate.deployment import Deployment
from operate.template import Resource, read_template
from tests.journeys.rules import disable_rule
from tests.journeys.sabotages import Sabotage


def _plan(deployment: Deployment) -> Resource:
    [plan] = read_template(deployment).list_resources("AWS::GuardDuty::MalwareProtectionPlan")
    return plan


@contextmanager
def change_plan(deployment: Deployment, **changes: Any) -> Iterator[None]:
    client, plan = deployment.client("guardduty"), _plan(deployment)
    before = client.get_malware_protection_plan(MalwareProtectionPlanId=plan.physical_id)
    prefixes = {"S3Bucket": {"ObjectPrefixes": before["ProtectedResource"]["S3Bucket"]["ObjectPrefixes"]}}
    client.update_malware_protection_plan(MalwareProtectionPlanId=plan.physical_id, **changes)
    try:
        yield
    finally:
        client.update_malware_protection_plan(
            MalwareProtectionPlanId=plan.physical_id, Role=before["Role"], ProtectedResource=prefixes
        )


def narrow_plan(deployment: Deployment) -> Any:
    return change_plan(deployment, ProtectedResource={"S3Bucket": {"ObjectPrefixes": ["staging/other/"]}})


def change_role(deployment: Deployment) -> Any:
    """A role that does not exist, with which GuardDuty can scan nothing."""
    return change_plan(deployment, Role="arn:aws:iam::000000000000:role/gone")


@contextmanager
def stop_eventbridge(deployment: Deployment) -> Iterator[None]:
    s3, bucket = deployment.client("s3"), deployment.bucket
    before = s3.get_bucket_notification_configuration(Bucket=bucket)
    before.pop("ResponseMetadata")
    kept = {name: value for name, value in before.items() if name != "EventBridgeConfiguration"}
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=kept)
    try:
        yield
    finally:
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=before)


def _verdict_rule(deployment: Deployment) -> str:
    rules = read_template(deployment).list_resources("AWS::Events::Rule")
    [rule] = [rule for rule in rules if "EventPattern" in rule.properties]
    return rule.physical_id.rpartition("|")[2]


def disable_verdict_rule(deployment: Deployment) -> AbstractContextManager[None]:
    return disable_rule(deployment.client("events"), _verdict_rule(deployment))


@contextmanager
def remove_target(deployment: Deployment) -> Iterator[None]:
    events, rule = deployment.client("events"), _verdict_rule(deployment)
    targets = events.list_targets_by_rule(Rule=rule)["Targets"]
    events.remove_targets(Rule=rule, Ids=[target["Id"] for target in targets])
    try:
        yield
    finally:
        events.put_targets(Rule=rule, Targets=targets)


@contextmanager
def bury_verdict(deployment: Deployment) -> Iterator[None]:
    sqs, queues = deployment.client("sqs"), read_template(deployment).list_resources("AWS::SQS::Queue")
    [url] = [queue.physical_id for queue in queues if "VerdictsDeadLetters" in queue.logical_id]
    sqs.purge_queue(QueueUrl=url)
    sqs.send_message(QueueUrl=url, MessageBody="no JSON")
    try:
        yield
    finally:
        sqs.purge_queue(QueueUrl=url)


SCAN_SABOTAGES = (
    Sabotage(
        "plan", "scanner", "has the prefixes ['staging/other/'] instead of ['staging/scan/']", narrow_plan
    ),
    Sabotage("plan-role", "scanner", "has the role arn:aws:iam::000000000000:role/gone", change_role),
    Sabotage("plan-status", "scanner", "is ERROR, so that documents with the step `scan` wait", change_role),
    Sabotage("eventbridge", "bucket-events", "sends no events to EventBridge", stop_eventbridge),
    Sabotage("rule", "event-sources", "is disabled: no event comes to its target", disable_verdict_rule),
    Sabotage("target", "event-sources", "sends nothing to arn:aws:sqs:", remove_target),
    Sabotage("dead-letter", "queues", "has dead letters: 1", bury_verdict),
)

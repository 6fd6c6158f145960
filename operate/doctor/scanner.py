"""The check of the malware scanner: GuardDuty's plan, or the service with ClamAV.

What carries tasks and verdicts is checked with all others: `event-sources`, `queues`, `queue-policies`, `bucket-events`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from operate.aws_calls import error_code
from operate.doctor.finding import DEPLOY_AGAIN, Finding, Inspection
from operate.template import Resource

_WAITING = "so that documents with the step `scan` wait"
_EVENTS = 3
"""The latest messages of a service that a finding repeats."""


def check_scanner(inspection: Inspection) -> Iterator[Finding]:
    """A deployment without a scanner has no finding.

    IAM actions: guardduty:GetMalwareProtectionPlan, ecs:DescribeServices, application-autoscaling:DescribeScalableTargets.
    """
    for plan in inspection.template.list_resources("AWS::GuardDuty::MalwareProtectionPlan"):
        yield from _check_plan(inspection, plan)
    for service in inspection.template.list_resources("AWS::ECS::Service"):
        yield from _check_service(inspection, service)
    for target in inspection.template.list_resources("AWS::ApplicationAutoScaling::ScalableTarget"):
        yield from _check_scaling(inspection, target)


def _check_plan(inspection: Inspection, plan: Resource) -> Iterator[Finding]:
    try:
        found = inspection.client("guardduty").get_malware_protection_plan(
            MalwareProtectionPlanId=plan.physical_id
        )
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        yield Finding(plan.logical_id, f"does not exist, {_WAITING}", DEPLOY_AGAIN)
        return
    if (status := found["Status"]) != "ACTIVE":
        reasons = "; ".join(
            f"{each.get('Code')}: {each.get('Message')}" for each in found.get("StatusReasons", [])
        )
        remedy = "See AWS's page on the status of a plan, which names the remedy of each reason."
        yield Finding(plan.logical_id, f"is {status}, {_WAITING}. {reasons}".rstrip(". "), remedy)
    for name, wanted, has in _compare_plan(plan, found):
        if wanted != has:
            yield Finding(plan.logical_id, f"has the {name} {has} instead of {wanted}", DEPLOY_AGAIN)


def _compare_plan(plan: Resource, found: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yields the name of each setting, its value in the template, and the one of the plan."""
    wanted, has = plan.properties["ProtectedResource"]["S3Bucket"], found["ProtectedResource"]["S3Bucket"]
    yield "bucket", wanted["BucketName"], has.get("BucketName")
    yield "prefixes", wanted["ObjectPrefixes"], has.get("ObjectPrefixes", [])
    yield "role", plan.properties["Role"], found["Role"]


def _check_service(inspection: Inspection, service: Resource) -> Iterator[Finding]:
    cluster = service.properties["Cluster"]
    described = inspection.client("ecs").describe_services(cluster=cluster, services=[service.physical_id])
    active = [each for each in described["services"] if each["status"] == "ACTIVE"]
    if not active:
        yield Finding(service.logical_id, f"does not exist, {_WAITING}", DEPLOY_AGAIN)
        return
    yield from compare_service(service, active[0])


def compare_service(service: Resource, found: Mapping[str, Any]) -> Iterator[Finding]:
    """Yields the faults of a service, which is in the form of DescribeServices."""
    events = " ".join(each["message"] for each in found.get("events", [])[:_EVENTS])
    for deployment in found.get("deployments", []):
        if deployment.get("rolloutState") == "FAILED":
            problem = f"cannot be deployed: {deployment.get('rolloutStateReason')} {events}".rstrip()
            yield Finding(service.logical_id, problem, "Repair the cause, then deploy again.")
    running, desired = found["runningCount"], found["desiredCount"]
    if running < desired and not found["pendingCount"]:
        problem = f"has {running} of {desired} containers and starts no other, {_WAITING}. {events}".rstrip()
        yield Finding(
            service.logical_id, problem, "Its messages name the cause. See also the log of the containers."
        )


def _check_scaling(inspection: Inspection, target: Resource) -> Iterator[Finding]:
    """A deployment has one more target if somebody adds a scaled service to it, so that each is looked up by its id."""
    wanted = target.properties
    described = inspection.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace=wanted["ServiceNamespace"], ResourceIds=[wanted["ResourceId"]]
    )["ScalableTargets"]
    if not described:
        yield Finding(target.logical_id, f"does not exist: no container is started, {_WAITING}", DEPLOY_AGAIN)
        return
    [found] = described
    limits = [(each["MinCapacity"], each["MaxCapacity"]) for each in (wanted, found)]
    if limits[0] != limits[1]:
        problem = (
            f"scales from {limits[1][0]} to {limits[1][1]} instead of from {limits[0][0]} to {limits[0][1]}"
        )
        yield Finding(target.logical_id, problem, DEPLOY_AGAIN)
    if any(found.get("SuspendedState", {}).values()):
        yield Finding(target.logical_id, f"is suspended, {_WAITING}", "Resume its scaling.")

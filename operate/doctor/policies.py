"""Checks of the policies: those of roles, bucket and queues are as the template has them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from operate.aws_calls import error_code
from operate.doctor.finding import DEPLOY_AGAIN, Finding, Inspection

STOP_SID = "StopPresignedRequests"
"""The statement of `stop-urls`."""


def check_roles(inspection: Inspection) -> Iterator[Finding]:
    """IAM actions: iam:ListRolePolicies, iam:GetRolePolicy, iam:ListAttachedRolePolicies.

    With ClamAV also ec2:DescribeSecurityGroups, because a role of CDK's may change the default group of the VPC.
    """
    iam = inspection.client("iam")
    for role in inspection.template.list_resources("AWS::IAM::Role"):
        name = role.physical_id
        expected = {
            policy["PolicyName"]: policy["PolicyDocument"] for policy in role.properties.get("Policies", [])
        }
        separate = (
            policy.properties
            for policy in inspection.template.list_resources("AWS::IAM::Policy")
            if name in policy.properties.get("Roles", [])
        )
        expected |= {policy["PolicyName"]: policy["PolicyDocument"] for policy in separate}
        found = {
            policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        }
        yield from _compare_all(role.logical_id, expected, found)
        attached = {
            p["PolicyArn"] for p in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        }
        for arn in sorted(attached - {*role.properties.get("ManagedPolicyArns", [])}):
            yield Finding(role.logical_id, f"has the policy {arn}, which the template has not", "Detach it.")


def check_bucket_policy(inspection: Inspection) -> Iterator[Finding]:
    """IAM action: s3:GetBucketPolicy."""
    s3 = inspection.client("s3")
    for policy in inspection.template.list_resources("AWS::S3::BucketPolicy"):
        bucket = policy.properties["Bucket"]
        found = read_bucket_policy(s3, bucket)
        stopped = [each for each in found["Statement"] if each.get("Sid") == STOP_SID]
        if stopped:
            yield Finding(
                bucket,
                "no presigned URL works, because its policy has the statement of `stop-urls`",
                "Run `python -m operate ... resume-urls` when the incident is over.",
            )
        kept = {**found, "Statement": [each for each in found["Statement"] if each not in stopped]}
        yield from compare_policies(policy.logical_id, policy.properties["PolicyDocument"], kept)


def check_queue_policies(inspection: Inspection) -> Iterator[Finding]:
    """IAM action: sqs:GetQueueAttributes. A queue without a policy in the template must have none."""
    sqs = inspection.client("sqs")
    expected: dict[str, Any] = {}
    for policy in inspection.template.list_resources("AWS::SQS::QueuePolicy"):
        for url in policy.properties["Queues"]:
            expected[url] = policy.properties["PolicyDocument"]
    for queue in inspection.template.list_resources("AWS::SQS::Queue"):
        attributes = sqs.get_queue_attributes(QueueUrl=queue.physical_id, AttributeNames=["Policy"])
        found = json.loads(attributes.get("Attributes", {}).get("Policy") or '{"Statement": []}')
        yield from compare_policies(
            queue.logical_id, expected.get(queue.physical_id, {"Statement": []}), found
        )


def read_bucket_policy(s3: Any, bucket: str) -> dict[str, Any]:
    """Returns the policy of a bucket, without statements if it has none."""
    try:
        return dict(json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]))
    except ClientError as error:
        if error_code(error) == "NoSuchBucketPolicy":
            return {"Version": "2012-10-17", "Statement": []}
        raise


def _compare_all(resource: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Finding]:
    for name in sorted({*expected, *found}):
        nothing: dict[str, Any] = {"Statement": []}
        yield from compare_policies(
            f"{resource} {name}", expected.get(name, nothing), found.get(name, nothing)
        )


def compare_policies(
    resource: str, expected: Mapping[str, Any], found: Mapping[str, Any]
) -> Iterator[Finding]:
    """Yields a finding for each statement that only one of two policies has."""
    wanted, present = (
        {_normalize(statement): statement for statement in each["Statement"]} for each in (expected, found)
    )
    for text in sorted(wanted.keys() - present.keys()):
        yield Finding(resource, f"lacks the statement {_name(wanted[text])}", DEPLOY_AGAIN)
    for text in sorted(present.keys() - wanted.keys()):
        problem = f"has the statement {_name(present[text])}, which the template has not"
        yield Finding(resource, problem, "Remove it, unless you added it on purpose.")


def _name(statement: Mapping[str, Any]) -> str:
    actions = _to_list(statement.get("Action", statement.get("NotAction", [])))
    name = statement.get("Sid") or ", ".join(actions)
    return f"{statement['Effect']} {name}"


def _normalize(value: Any) -> str:
    """Returns equal texts for statements that mean the same: a list of one entry is the entry, order does not count."""
    return json.dumps(_sort(value), sort_keys=True)


def _sort(value: Any) -> Any:
    match value:
        case {"AWS": "*"} if len(value) == 1:
            return ["*"]
        case dict():
            return {name: _sort(entry) for name, entry in value.items()}
        case _:
            return sorted(
                {str(entry).lower() if isinstance(entry, bool) else str(entry) for entry in _to_list(value)}
            )


def _to_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

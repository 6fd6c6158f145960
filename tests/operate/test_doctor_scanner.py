"""The check of ClamAV's service by `doctor`, which the local stack does not run, and the references of its template."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from operate.deployment import Deployment
from operate.doctor.checks import run_check
from operate.doctor.finding import Inspection
from operate.doctor.scanner import check_scanner, compare_service
from operate.errors import OperateError
from operate.template import Resource, Template, find_default_group
from tests.infra.template import synthesise

CLUSTER, NAME = "scanners", "clamav"
SCALED = "service/scanners/clamav"
DIMENSION = "ecs:service:DesiredCount"
GROUP = "sg-0123456789abcdef0"
READ_TYPES = (
    *("AWS::S3::Bucket", "AWS::IAM::Policy", "AWS::S3::BucketPolicy", "AWS::SQS::Queue"),
    *(
        "AWS::SQS::QueuePolicy",
        "AWS::Lambda::Function",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Events::Rule",
    ),
    *("AWS::CloudWatch::Alarm", "AWS::GuardDuty::MalwareProtectionPlan", "AWS::ECS::Service"),
    *("AWS::ApplicationAutoScaling::ScalableTarget", "AWS::IAM::Role"),
)
"""Types whose properties `doctor` reads in a deployment with a scanner."""


@pytest.fixture
def service(session: boto3.Session) -> Iterator[str]:
    """A service without containers, which is registered for scaling. Returns its ARN."""
    ecs, scaling = session.client("ecs"), session.client("application-autoscaling")
    ecs.create_cluster(clusterName=CLUSTER)
    container = {"name": "scanner", "image": "clamav", "memory": 512}
    ecs.register_task_definition(family=NAME, containerDefinitions=[container])
    created = ecs.create_service(cluster=CLUSTER, serviceName=NAME, taskDefinition=NAME, desiredCount=0)
    register(scaling, most=4)
    yield created["service"]["serviceArn"]
    ecs.delete_cluster(cluster=CLUSTER)


def register(scaling: Any, most: int) -> None:
    scaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=SCALED,
        ScalableDimension=DIMENSION,
        MinCapacity=0,
        MaxCapacity=most,
    )


def find_problems(session: boto3.Session, service: str) -> list[str]:
    """Returns what the check says about a template with this service, which has up to 4 containers."""
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": {
            "Fn::Join": ["/", ["service", {"Ref": "Cluster"}, {"Fn::GetAtt": ["Service", "Name"]}]]
        },
        "MinCapacity": 0,
        "MaxCapacity": 4,
    }
    resources: dict[str, dict[str, Any]] = {
        "Cluster": {"Type": "AWS::ECS::Cluster"},
        "Service": {"Type": "AWS::ECS::Service", "Properties": {"Cluster": {"Ref": "Cluster"}}},
        "Target": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": target},
    }
    ids = {"Cluster": CLUSTER, "Service": service, "Target": "target"}
    inspection = Inspection(Deployment(stack="Airlock-clamav", session=session))
    inspection.template = Template(resources, ids, "Airlock-clamav", "aws", "us-east-1", "123456789012")
    return [finding.problem for finding in run_check(check_scanner, inspection)]


def test_a_service_without_tasks_has_no_container_and_no_finding(
    session: boto3.Session, service: str
) -> None:
    assert find_problems(session, service) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({}, None),
        ({"pendingCount": 0}, "has 1 of 2 containers and starts no other"),
        ({"deployments": [{"rolloutState": "FAILED"}]}, "cannot be deployed"),
    ],
    ids=["starting", "stuck", "failed"],
)
def test_a_service_that_starts_no_container_is_found(changes: dict[str, Any], problem: str | None) -> None:
    found = {"runningCount": 1, "desiredCount": 2, "pendingCount": 1, "events": [{"message": "No image."}]}
    resource = Resource("Service", "AWS::ECS::Service", "arn", {})
    problems = [finding.problem for finding in compare_service(resource, found | changes)]
    assert len(problems) == bool(problem)
    assert all(each.startswith(str(problem)) and "No image." in each for each in problems)


def test_other_limits_and_a_suspended_scaling_are_found(session: boto3.Session, service: str) -> None:
    scaling = session.client("application-autoscaling")
    register(scaling, most=0)
    assert find_problems(session, service) == ["scales from 0 to 0 instead of from 0 to 4"]
    scaling.deregister_scalable_target(ServiceNamespace="ecs", ResourceId=SCALED, ScalableDimension=DIMENSION)
    [problem] = find_problems(session, service)
    assert problem.startswith("does not exist: no container is started")


def test_a_deleted_service_is_found(session: boto3.Session, service: str) -> None:
    session.client("ecs").delete_service(cluster=CLUSTER, service=NAME, force=True)
    assert any(
        problem.startswith("does not exist, so that documents") for problem in find_problems(session, service)
    )


@pytest.mark.parametrize("scanner", ["guardduty", "clamav"])
def test_every_reference_that_a_check_reads_is_resolved(tmp_path: Path, scanner: str) -> None:
    stack = synthesise(tmp_path, kindsFile="tests/infra/scan_kinds.toml", scanner=scanner)
    resources = json.loads(stack.text)["Resources"]
    ids = dict.fromkeys(resources, "arn:aws:ecs:us-east-1:123456789012:service/scanners/clamav")
    place = ("Airlock-prod", "aws", "us-east-1", "123456789012")
    template = Template(resources, ids, *place, lambda _vpc: GROUP)
    found = {type_: [*template.list_resources(type_)] for type_ in READ_TYPES}
    assert found["AWS::CloudWatch::Alarm"]
    assert bool(found["AWS::ECS::Service"]) is (scanner == "clamav")
    names_group = any(f"security-group/{GROUP}" in str(role.properties) for role in found["AWS::IAM::Role"])
    assert names_group is (scanner == "clamav")


def test_the_default_security_group_of_a_vpc_is_looked_up(session: boto3.Session) -> None:
    ec2 = session.client("ec2")
    vpc, another = (ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"] for _ in range(2))
    deployment = Deployment(stack="Airlock-clamav", session=session)
    found = ec2.describe_security_groups(GroupIds=[find_default_group(deployment, vpc)])["SecurityGroups"]
    assert [(group["VpcId"], group["GroupName"]) for group in found] == [(vpc, "default")]
    assert find_default_group(deployment, another) != find_default_group(deployment, vpc)
    with pytest.raises(OperateError, match="does not exist"):
        find_default_group(deployment, "vpc-0")

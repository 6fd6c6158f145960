"""The step `scan` with ClamAV in the template: the service, its role, and how it scales."""

import json

import pytest

from tests.infra.policy import allowed_actions
from tests.infra.template import Synthesis, synthesise

BUCKET = "${StorageBucket.Arn}"


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesise(
        tmp_path_factory.mktemp("scanned"),
        kindsFile="tests/infra/scan_kinds.toml",
        scanner="clamav",
        clamavContainers=7,
    )


def test_the_container_reads_files_and_its_tasks_and_sends_results_and_no_more(scanned: Synthesis) -> None:
    assert allowed_actions(scanned, "ScanClamAVRole") == {
        f"{BUCKET}/staging/*": {"s3:GetObjectVersion"},
        f"{BUCKET}/documents/*": {"s3:GetObjectVersion"},
        BUCKET: {"s3:ListBucket"},
        "${StepsScanTasksQueue.Arn}": {"sqs:ReceiveMessage", "sqs:DeleteMessage"},
        "${StepsScanResultsQueue.Arn}": {"sqs:SendMessage"},
    }


def test_without_tasks_there_is_no_container_and_nothing_else_to_pay_by_the_hour(scanned: Synthesis) -> None:
    assert scanned.only("AWS::ECS::Service")["DesiredCount"] == 0
    target = scanned.only("AWS::ApplicationAutoScaling::ScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == (0, 7)
    assert scanned.all("AWS::EC2::NatGateway") == {}


def test_the_number_of_containers_follows_the_tasks_that_wait_and_those_at_work(scanned: Synthesis) -> None:
    policies = scanned.all("AWS::ApplicationAutoScaling::ScalingPolicy").values()
    capacities = {
        step["ScalingAdjustment"]
        for policy in policies
        for step in policy["StepScalingPolicyConfiguration"]["StepAdjustments"]
    }
    assert {p["StepScalingPolicyConfiguration"]["AdjustmentType"] for p in policies} == {"ExactCapacity"}
    assert capacities == {0, 1, 7}
    metrics = json.dumps(
        [alarm.get("Metrics", []) for alarm in scanned.all("AWS::CloudWatch::Alarm").values()]
    )
    assert "waiting + working" in metrics


def test_nothing_may_connect_to_a_container(scanned: Synthesis) -> None:
    for group in scanned.all("AWS::EC2::SecurityGroup").values():
        assert "SecurityGroupIngress" not in group
    assert scanned.all("AWS::EC2::SecurityGroupIngress") == {}


def test_the_container_knows_its_step_and_its_queues(scanned: Synthesis) -> None:
    [container] = scanned.only("AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    environment = {each["Name"]: each["Value"] for each in container["Environment"]}
    assert environment["AIRLOCK_STEP"] == "scan"
    assert json.loads(environment["AIRLOCK_STEP_QUEUES"])["scan"]["tasks"] == "${StepsScanTasksQueue}"

"""The secret of the edge on moto: created once, rotated in an order that refuses nobody."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from functions.adapters.edge_secrets import EdgeSecrets
from functions.domain.edge_names import EDGE_REGION
from operate import edge
from operate.__main__ import main
from operate.deployment import Deployment
from operate.doctor.checks import run_check
from operate.doctor.edge import check_edge
from operate.doctor.finding import Inspection
from operate.errors import OperateError

NAME = "Airlock-test/edge"
STACK = "Airlock-test-edge"


@pytest.fixture
def client(session: boto3.Session) -> Any:
    return session.client("secretsmanager")


@pytest.fixture
def secret(deployment: Deployment, client: Any) -> Iterator[Deployment]:
    edge.create(deployment)
    yield deployment
    client.remove_regions_from_replication(SecretId=NAME, RemoveReplicaRegions=[EDGE_REGION])
    client.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)


def read(client: Any) -> str:
    return str(client.get_secret_value(SecretId=NAME)["SecretString"])


def deploy(session: boto3.Session, number: int) -> None:
    """Deploys a stack in us-east-1 whose template has the reference to a value, as that of the edge has."""
    reference = f"{{{{resolve:secretsmanager:{NAME}:SecretString:{number}}}}}"
    body = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Metadata": {"Value": reference}}}}
    client = session.client("cloudformation", region_name=EDGE_REGION)
    client.create_stack(StackName=STACK, TemplateBody=json.dumps(body))


@pytest.fixture
def stacks(session: boto3.Session) -> Iterator[boto3.Session]:
    yield session
    session.client("cloudformation", region_name=EDGE_REGION).delete_stack(StackName=STACK)


def test_the_first_value_is_random_and_has_a_replica_for_cloudformation(
    secret: Deployment, client: Any, session: boto3.Session
) -> None:
    [value] = json.loads(read(client)).values()
    assert len(value) >= 43
    replica = session.client("secretsmanager", region_name=EDGE_REGION).get_secret_value(SecretId=NAME)
    assert replica["SecretString"] == read(client)


def test_a_second_create_changes_nothing(secret: Deployment, client: Any) -> None:
    before = read(client)
    assert edge.create(secret) == [1]
    assert read(client) == before


def test_a_rotation_keeps_what_cloudfront_sends(
    secret: Deployment, client: Any, stacks: boto3.Session
) -> None:
    deploy(stacks, 1)
    first = json.loads(read(client))["1"]
    assert edge.add(secret) == 2
    with pytest.raises(OperateError, match="sends the value 1; deploy another"):
        edge.remove(secret, 1)
    stacks.client("cloudformation", region_name=EDGE_REGION).delete_stack(StackName=STACK)
    deploy(stacks, 2)
    with pytest.raises(OperateError, match="sends the value 2"):
        edge.remove(secret, 2)
    both = EdgeSecrets(lambda: read(client))
    assert both.accepts(first)
    assert both.accepts(json.loads(read(client))["2"])
    assert edge.remove(secret, 1) == [2]
    assert not EdgeSecrets(lambda: read(client)).accepts(first)


def test_there_are_two_values_at_most(secret: Deployment) -> None:
    edge.add(secret)
    with pytest.raises(OperateError, match="1 and 2; remove the one"):
        edge.add(secret)


def test_no_value_is_removed_while_nobody_knows_what_cloudfront_sends(secret: Deployment) -> None:
    edge.add(secret)
    with pytest.raises(OperateError, match="sends no value that could be read"):
        edge.remove(secret, 1)
    with pytest.raises(OperateError, match="none with the number 7"):
        edge.remove(secret, 7)


def test_the_command_says_what_is_accepted_and_sent_and_never_a_value(
    secret: Deployment, client: Any, stacks: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    deploy(stacks, 1)
    for words in (["create"], ["add"], ["show"], ["show", "--json"]):
        assert main(["edge-secret", *words, "--stage", "test"], secret) == 0
    printed = capsys.readouterr().out
    assert "Deploy with edgeSecretNumber=2 now." in printed
    assert json.loads(printed[printed.index("{") :]) == {"accepted": [1, 2], "sent": [1]}
    assert not [value for value in json.loads(read(client)).values() if value in printed]


@pytest.mark.parametrize("words", [["remove"], ["add", "2"], ["show", "1"]])
def test_only_remove_takes_a_number(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["edge-secret", *words, "--stage", "test"])
    assert "needs the number" in capsys.readouterr().err


def diagnose(deployment: Deployment) -> list[str]:
    return [finding.problem for finding in run_check(check_edge, Inspection(deployment))]


@pytest.fixture
def behind_edge(secret: Deployment, session: boto3.Session) -> Deployment:
    """A stack with the host of its API as output, as one with `waf` has."""
    body = {
        "Resources": {"Q": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {"OriginHost": {"Value": "api.example"}},
    }
    client = session.client("cloudformation")
    client.delete_stack(StackName=secret.stack)
    client.create_stack(StackName=secret.stack, TemplateBody=json.dumps(body))
    return Deployment(stack=secret.stack, session=session)


def test_doctor_says_nothing_about_a_deployment_without_the_edge(deployment: Deployment) -> None:
    assert diagnose(deployment) == []


def test_doctor_compares_what_is_sent_with_what_is_accepted(
    behind_edge: Deployment, stacks: boto3.Session
) -> None:
    assert diagnose(behind_edge) == ["sends the value none, and the functions accept 1"]
    deploy(stacks, 2)
    assert diagnose(behind_edge) == ["sends the value 2, and the functions accept 1"]
    edge.add(behind_edge)
    assert diagnose(behind_edge) == []

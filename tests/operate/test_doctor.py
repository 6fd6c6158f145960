"""Checks of `doctor` that the local stack cannot show: a KMS key, and a template with every reference."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import boto3
import pytest

from operate.deployment import Deployment
from operate.doctor import alarms, data, policies
from operate.doctor.api import check_authorizers
from operate.doctor.checks import CHECKS, run_check
from operate.doctor.finding import Finding, Inspection
from operate.errors import OperateError
from operate.template import Template, UnresolvableError


def build_template(resources: Mapping[str, Any], **ids: str) -> Template:
    return Template(resources, ids, "Airlock-prod", "aws", "eu-west-1", "123456789012")


@pytest.fixture
def encrypted(session: boto3.Session) -> Iterator[Deployment]:
    """A deployment with a key."""
    cloudformation = session.client("cloudformation")
    # moto wants the policy as text.
    key = {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": True, "KeyPolicy": "{}"}}
    cloudformation.create_stack(StackName="Airlock-key", TemplateBody=json.dumps({"Resources": {"Key": key}}))
    yield Deployment(stack="Airlock-key", session=session)
    cloudformation.delete_stack(StackName="Airlock-key")


def find_problems(deployment: Deployment) -> list[str]:
    return [finding.problem for finding in run_check(data.check_key, Inspection(deployment))]


def test_a_key_that_is_disabled_or_not_rotated_is_found(encrypted: Deployment) -> None:
    kms = encrypted.client("kms")
    resources = encrypted.client("cloudformation").list_stack_resources(StackName=encrypted.stack)
    [key] = [
        each["PhysicalResourceId"]
        for each in resources["StackResourceSummaries"]
        if each["ResourceType"] == "AWS::KMS::Key"
    ]
    kms.enable_key_rotation(KeyId=key)
    assert find_problems(encrypted) == []
    kms.disable_key_rotation(KeyId=key)
    assert find_problems(encrypted) == ["is not rotated"]
    kms.disable_key(KeyId=key)
    assert find_problems(encrypted) == ["is Disabled, so that nothing can be read or written"]
    kms.schedule_key_deletion(KeyId=key)
    assert find_problems(encrypted) == ["is PendingDeletion, so that nothing can be read or written"]


def test_a_signing_key_that_is_disabled_is_found_and_needs_no_rotation(encrypted: Deployment) -> None:
    kms = encrypted.client("kms")
    key = {
        "Type": "AWS::KMS::Key",
        "Properties": {"KeyPolicy": "{}", "KeyUsage": "SIGN_VERIFY", "KeySpec": "ECC_NIST_P256"},
    }
    body = json.dumps({"Resources": {"ManifestsKey1": key}})
    encrypted.client("cloudformation").create_stack(StackName="Airlock-signing", TemplateBody=body)
    deployment = replace(encrypted, stack="Airlock-signing")
    [created] = deployment.client("cloudformation").list_stack_resources(StackName="Airlock-signing")[
        "StackResourceSummaries"
    ]
    assert find_problems(deployment) == []
    kms.disable_key(KeyId=created["PhysicalResourceId"])
    assert find_problems(deployment) == ["is Disabled, so that no manifest can be signed"]


def test_a_check_that_cannot_be_made_is_a_finding(encrypted: Deployment) -> None:
    def check(_: Inspection) -> Iterator[Finding]:
        raise OperateError("no permission")
        yield

    [finding] = run_check(check, Inspection(encrypted))
    assert finding.problem == "could not be made: no permission"


def test_a_stack_that_does_not_exist_is_no_finding_but_an_error(encrypted: Deployment) -> None:
    with pytest.raises(OperateError, match="Airlock-other does not exist"):
        run_check(CHECKS["table"], Inspection(replace(encrypted, stack="Airlock-other")))


def test_each_api_has_to_have_its_own_routes_only(session: boto3.Session, encrypted: Deployment) -> None:
    """With push there is a second one."""
    client, resources, ids = session.client("apigatewayv2"), dict[str, Any](), dict[str, str]()
    keys = {"HTTP": "GET /documents", "WEBSOCKET": "$connect"}
    for protocol, key in keys.items():
        ids[protocol] = client.create_api(
            Name=protocol, ProtocolType=protocol, RouteSelectionExpression="$request.body.action"
        )["ApiId"]
        client.create_route(ApiId=ids[protocol], RouteKey=key, AuthorizationType="NONE")
        resources[f"{protocol}Route"] = {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {"ApiId": ids[protocol], "RouteKey": key},
        }
    inspection = Inspection(encrypted)
    inspection.template = build_template(resources, **{name: name for name in resources})
    assert [*check_authorizers(inspection)] == []
    client.delete_route(
        ApiId=ids["HTTP"], RouteId=client.get_routes(ApiId=ids["HTTP"])["Items"][0]["RouteId"]
    )
    assert [each.resource for each in check_authorizers(inspection)] == ["GET /documents"]


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ({"Ref": "Bucket"}, "files"),
        ({"Ref": "AWS::AccountId"}, "123456789012"),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "arn:aws:s3:::files"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:aws:sqs:eu-west-1:123456789012:events"),
        ({"Fn::GetAtt": ["Queue", "QueueName"]}, "events"),
        (
            {"Fn::GetAtt": ["Pool", "ProviderURL"]},
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x",
        ),
        ({"Fn::GetAtt": ["Api", "ApiEndpoint"]}, "https://x1.execute-api.eu-west-1.amazonaws.com"),
        ({"Fn::GetAtt": ["Bus", "Arn"]}, "arn:aws:events:eu-west-1:123456789012:event-bus/documents"),
        ({"Fn::GetAtt": ["Alarm", "Arn"]}, "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:errors"),
        ({"Fn::GetAtt": ["Mapping", "Id"]}, "a-uuid"),
        ({"Fn::Join": ["/", ["a", {"Ref": "Bucket"}]]}, "a/files"),
        ({"Fn::Sub": "${AWS::Region}-${Bucket}"}, "eu-west-1-files"),
        ({"Fn::Select": [1, {"Fn::Split": ["-", "a-b"]}]}, "b"),
        ({"plain": [{"Ref": "AWS::Partition"}]}, {"plain": ["aws"]}),
    ],
    ids=lambda value: json.dumps(value)[:30],
)
def test_references_are_resolved(value: Any, resolved: Any) -> None:
    resources = {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Pool": {"Type": "AWS::Cognito::UserPool"},
        "Api": {"Type": "AWS::ApiGatewayV2::Api"},
        "Bus": {"Type": "AWS::Events::EventBus"},
        "Alarm": {"Type": "AWS::CloudWatch::Alarm"},
        "Mapping": {"Type": "AWS::Lambda::EventSourceMapping"},
    }
    ids = {
        "Bucket": "files",
        "Queue": "https://sqs/1/events",
        "Pool": "eu-west-1_x",
        "Api": "x1",
        "Bus": "documents",
        "Alarm": "errors",
        "Mapping": "a-uuid",
    }
    template = build_template(resources, **ids)
    assert template.resolve(value) == resolved


@pytest.mark.parametrize("value", [{"Ref": "Unknown"}, {"Fn::If": []}, {"Fn::GetAtt": ["Bucket", "Other"]}])
def test_an_unknown_reference_is_an_error(value: Any) -> None:
    with pytest.raises(UnresolvableError):
        build_template({"Bucket": {"Type": "AWS::S3::Bucket"}}, Bucket="files").resolve(value)


@pytest.mark.parametrize(
    ("found", "problems"),
    [
        ({"Effect": "Allow", "Action": ["b", "a"], "Resource": ["x"]}, []),
        ({"Effect": "Allow", "Action": ["a"], "Resource": "x"}, ["lacks", "has"]),
        ({"Effect": "Deny", "Action": ["a", "b"], "Resource": "x"}, ["lacks", "has"]),
    ],
    ids=["order", "action", "effect"],
)
def test_statements_are_compared_by_what_they_mean(found: dict[str, Any], problems: list[str]) -> None:
    expected = {"Statement": [{"Effect": "Allow", "Action": ["a", "b"], "Resource": "x"}]}
    findings = policies.compare_policies("role", expected, {"Statement": [found]})
    assert [finding.problem.split()[0] for finding in findings] == problems


@pytest.mark.parametrize(
    ("logical_id", "page"),
    [
        ("AlarmsDeadLetters20E28703", "dead-letters"),
        ("AlarmsPromoteTaskDeadLettersA64E43FD", "step-task-dead-letters"),
        ("AlarmsWordlistResultDeadLetters57CD0F50", "step-result-dead-letters"),
        ("AlarmsPurgeDeadLetters97A5D3BA", "purge-dead-letters"),
        ("WebhooksCrmDeadLetters97A5D3BA", "webhook-dead-letters"),
        ("InventoryOverdue12345678", "inventory-overdue"),
        ("ServiceLevelFastBurnLong12345678", "service-level-fast-burn"),
        ("ServiceLevelSlowBurn12345678", "service-level-slow-burn"),
        ("AnomaliesBytes12345678", "anomalies-bytes"),
    ],
)
def test_an_alarm_has_its_runbook(logical_id: str, page: str) -> None:
    assert alarms.find_runbook(logical_id) == f"docs/runbooks/{page}.md"

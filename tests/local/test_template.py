"""Policy statements about TLS are removed from a template, URLs of WebSocket APIs are moved, and nothing else."""

import copy
from typing import Any

import pytest

from local.template import move_sockets, remove_tls_statements, resolve_region

_ALLOW = {"Effect": "Allow", "Action": "sqs:SendMessage"}
_DENY_OTHERS = {"Effect": "Deny", "Condition": {"NumericGreaterThan": {"s3:signatureAge": 900_000}}}


def _deny(condition: dict[str, Any]) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "s3:*", "Condition": condition}


_NO_TLS = _deny({"Bool": {"aws:SecureTransport": "false"}})
_OLD_TLS = _deny({"NumericLessThan": {"s3:TlsVersion": 1.2}})


def _policy(kind: str, *statements: dict[str, Any]) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"Type": kind, "Properties": {"PolicyDocument": document, "Bucket": {"Ref": "Bucket"}}}


def _template(**resources: dict[str, Any]) -> dict[str, Any]:
    return {"Resources": resources, "Outputs": {"Bucket": {"Value": "b"}}}


@pytest.mark.parametrize("kind", ["AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy"])
def test_statements_that_require_tls_are_removed(kind: str) -> None:
    template = _template(Policy=_policy(kind, _ALLOW, _NO_TLS, _DENY_OTHERS, _OLD_TLS))
    assert remove_tls_statements(template) == _template(Policy=_policy(kind, _ALLOW, _DENY_OTHERS))


def test_a_policy_without_other_statements_is_removed_with_its_dependencies() -> None:
    dependent = {"Type": "AWS::S3::Bucket", "DependsOn": ["Policy", "Other"]}
    other = {"Type": "AWS::SQS::Queue", "DependsOn": "Policy"}
    template = _template(Policy=_policy("AWS::SQS::QueuePolicy", _NO_TLS), Dependent=dependent, Other=other)
    assert remove_tls_statements(template) == _template(
        Dependent=dependent | {"DependsOn": ["Other"]}, Other=other | {"DependsOn": []}
    )


def test_a_template_without_such_statements_is_unchanged() -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}}
    template = _template(Policy=_policy("AWS::S3::BucketPolicy", _DENY_OTHERS), Role=role)
    assert remove_tls_statements(template) == template


def test_the_argument_is_not_modified() -> None:
    template = _template(Policy=_policy("AWS::S3::BucketPolicy", _NO_TLS, _ALLOW))
    before = copy.deepcopy(template)
    remove_tls_statements(template)
    assert template == before


def test_the_url_of_a_websocket_api_is_that_of_this_machine() -> None:
    def function(url: Any) -> dict[str, Any]:
        environment = {
            "Environment": {"Variables": {"URL": url, "OTHER": {"Fn::Join": ["", ["https://", "a"]]}}}
        }
        return {"Type": "AWS::Lambda::Function", "Properties": environment}

    region = [".execute-api.", {"Ref": "AWS::Region"}, ".", {"Ref": "AWS::URLSuffix"}, "/live"]
    deployed = {"Fn::Join": ["", ["wss://", {"Ref": "Api"}, *region]]}
    local = {"Fn::Join": ["", ["ws://localhost:80/_aws/execute-api/", {"Ref": "Api"}, "/live"]]}
    template = _template(Function=function(deployed))
    before = copy.deepcopy(template)
    assert move_sockets(template, "localhost:80") == _template(Function=function(local))
    assert template == before


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_condition_compares_with_the_region(region: str) -> None:
    def equals(left: Any) -> dict[str, Any]:
        return {"Conditions": {"IsInUsEast1": {"Fn::Equals": [left, "us-east-1"]}}}

    deployed = _template() | equals({"Ref": "AWS::Region"})
    assert resolve_region(deployed, region) == _template() | equals(region)
    assert resolve_region(_template(), region) == _template()

"""An HTTP API that a template creates."""

import json
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account, request

_ORIGIN = "http://page.example"
_CODE = """
def handler(event, context):
    return {"statusCode": 307, "headers": {"location": "/elsewhere"}, "body": None}
"""
_INVOKE = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Function.Arn}/invocations"
_PATIENCE = 60.0


@pytest.fixture(scope="session")
def create_api() -> Callable[[Account], str]:
    """Returns the base URL of an API whose `GET /redirect` invokes a function; one for each account."""
    return cache(_create_api)


def test_an_api_has_the_cors_configuration_of_its_template(
    closed: Account, published: Account, create_api: Callable[[Account], str]
) -> None:
    headers = {"origin": _ORIGIN, "access-control-request-method": "GET"}

    def allowed(account: Account, method: str, what: str) -> str | None:
        response = request(method, f"{create_api(account)}/redirect", headers=headers)
        found: str | None = response.headers.get(f"access-control-allow-{what}")
        return found

    assert allowed(closed, "OPTIONS", "origin") == _ORIGIN
    assert allowed(closed, "OPTIONS", "methods") == "GET"
    assert allowed(closed, "GET", "origin") == _ORIGIN
    assert allowed(published, "OPTIONS", "origin") is None, FIXED_UPSTREAM


def test_a_function_may_respond_with_a_null_body(
    closed: Account, published: Account, create_api: Callable[[Account], str]
) -> None:
    redirect = request("GET", f"{create_api(closed)}/redirect")
    assert (redirect.status_code, redirect.headers["location"], redirect.content) == (307, "/elsewhere", b"")
    assert request("GET", f"{create_api(published)}/redirect").status_code == 500, FIXED_UPSTREAM


def test_a_template_limits_a_route(closed: Account, create_api: Callable[[Account], str]) -> None:
    url = f"{create_api(closed)}/limited"
    assert [request("GET", url).status_code for _ in range(2)] == [307, 429]


def _create_api(account: Account) -> str:
    cloudformation = account.client("cloudformation")
    cloudformation.create_stack(
        StackName="api", TemplateBody=json.dumps(_TEMPLATE), Capabilities=["CAPABILITY_IAM"]
    )
    deadline = time.monotonic() + _PATIENCE
    while (stack := cloudformation.describe_stacks(StackName="api")["Stacks"][0])[
        "StackStatus"
    ] != "CREATE_COMPLETE":
        assert time.monotonic() < deadline, stack["StackStatus"]
        time.sleep(0.02)
    [output] = stack["Outputs"]
    return f"{account.server.endpoint}/_aws/execute-api/{output['OutputValue']}"


_TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "sts:AssumeRole",
                            "Principal": {"Service": "lambda.amazonaws.com"},
                        }
                    ],
                }
            },
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.14",
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {"ZipFile": _CODE},
            },
        },
        "Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": {"Ref": "Function"},
                "Principal": "apigateway.amazonaws.com",
            },
        },
        "Api": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {
                "Name": "api",
                "ProtocolType": "HTTP",
                "CorsConfiguration": {"AllowOrigins": [_ORIGIN], "AllowMethods": ["GET"]},
            },
        },
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "DependsOn": "LimitedRoute",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "StageName": "$default",
                "AutoDeploy": True,
                "RouteSettings": {"GET /limited": {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 1}},
            },
        },
        "Integration": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": {"Fn::Sub": _INVOKE},
                "PayloadFormatVersion": "2.0",
            },
        },
        "Route": {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "RouteKey": "GET /redirect",
                "Target": {"Fn::Sub": "integrations/${Integration}"},
            },
        },
        "LimitedRoute": {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "RouteKey": "GET /limited",
                "Target": {"Fn::Sub": "integrations/${Integration}"},
            },
        },
    },
    "Outputs": {"ApiId": {"Value": {"Ref": "Api"}}},
}

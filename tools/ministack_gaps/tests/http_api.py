"""An HTTP API that a template creates."""

import json
import time
from typing import Any

from tools.ministack_gaps.tests.account import Account

ORIGIN = "http://page.example"
_INVOKE = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Function.Arn}/invocations"
_PATIENCE = 60.0


def create_api(account: Account, name: str, code: str, timeout: int = 30_000) -> str:
    """Returns the base URL of a new API. Its routes `GET /{name}`, `POST /{name}` and `GET /limited` invoke `handler` of the code.

    `GET /limited` may be called once. The timeout of the integration is in milliseconds.
    """
    cloudformation = account.client("cloudformation")
    template = (
        json.dumps(_TEMPLATE).replace("CODE", json.dumps(code)[1:-1]).replace('"TIMEOUT"', str(timeout))
    )
    cloudformation.create_stack(StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_IAM"])
    deadline = time.monotonic() + _PATIENCE
    while (stack := cloudformation.describe_stacks(StackName=name)["Stacks"][0])[
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
                "Code": {"ZipFile": "CODE"},
                "Timeout": 20,
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
                "CorsConfiguration": {"AllowOrigins": [ORIGIN], "AllowMethods": ["GET"]},
            },
        },
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "DependsOn": "Limited",
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
                "TimeoutInMillis": "TIMEOUT",
            },
        },
        **{
            name: {
                "Type": "AWS::ApiGatewayV2::Route",
                "Properties": {
                    "ApiId": {"Ref": "Api"},
                    "RouteKey": route,
                    "Target": {"Fn::Sub": "integrations/${Integration}"},
                },
            }
            for name, route in (("Get", "GET /{name}"), ("Post", "POST /{name}"), ("Limited", "GET /limited"))
        },
    },
    "Outputs": {"ApiId": {"Value": {"Ref": "Api"}}},
}

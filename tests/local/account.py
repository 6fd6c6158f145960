"""An AWS account with one person in it. Root is above every policy on MiniStack, so tests act as that person."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

import boto3
import httpx
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws import DIRECT, REGION, Emulator
from local.stack import create


@dataclass(frozen=True)
class Account:
    emulator: Emulator
    s3: Any
    """Of a person who may do everything, unless a bucket's policy says no."""
    api: str
    """An HTTP API whose `GET /empty` and `GET /name` a function answers."""

    @classmethod
    def on(cls, emulator: Emulator) -> "Account":
        emulator.wait_until_ready()
        outputs = create(emulator, "api", TEMPLATE)
        api = f"http://127.0.0.1:{emulator.port}/_aws/execute-api/{outputs['ApiId']}"
        return cls(emulator, _person(emulator), api)

    def bucket(self, *denied: dict[str, Any]) -> str:
        """A new versioned bucket; each of `denied` is the Condition of a statement that refuses."""
        name = f"bucket-{uuid.uuid4().hex}"
        self.s3.create_bucket(Bucket=name)
        self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        refusal = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{name}/*"}
        if denied:
            policy = {"Version": "2012-10-17", "Statement": [refusal | {"Condition": c} for c in denied]}
            self.emulator.client("s3").put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
        return name

    def signed(self, operation: str, **parameters: Any) -> str:
        url: str = self.s3.generate_presigned_url(operation, Params=parameters, ExpiresIn=60)
        return url


def error_code(call: Any, **parameters: Any) -> str | None:
    """What AWS calls the failure of this call; None when it succeeds."""
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def answer(method: str, url: str, **options: Any) -> httpx.Response:
    return httpx.request(method, url, trust_env=False, **options)


def _person(emulator: Emulator) -> Any:
    iam = emulator.client("iam")
    iam.create_user(UserName="person")
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    iam.put_user_policy(UserName="person", PolicyName="everything", PolicyDocument=policy)
    key = iam.create_access_key(UserName="person")["AccessKey"]
    return boto3.client(
        "s3",
        endpoint_url=emulator.endpoint,
        region_name=REGION,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        config=DIRECT.merge(Config(signature_version="s3v4", retries={"total_max_attempts": 1})),
    )


_CODE = """
import os
def handler(event, context):
    if event["rawPath"] == "/empty":
        return {"statusCode": 307, "headers": {"location": "/name"}, "body": None}
    return {"statusCode": 200, "body": os.environ["AWS_LAMBDA_FUNCTION_NAME"]}
"""

_INVOKE = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Function.Arn}/invocations"


def _route(key: str) -> dict[str, Any]:
    target = {"Fn::Sub": "integrations/${Integration}"}
    properties = {"ApiId": {"Ref": "Api"}, "RouteKey": key, "Target": target}
    return {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}


TEMPLATE: dict[str, Any] = {
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
                "FunctionName": "Namer",
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
                "CorsConfiguration": {"AllowOrigins": ["http://page.example"], "AllowMethods": ["GET"]},
            },
        },
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True},
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
        "Empty": _route("GET /empty"),
        "Name": _route("GET /name"),
    },
    "Outputs": {"ApiId": {"Value": {"Ref": "Api"}}},
}

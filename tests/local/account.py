"""An IAM user, buckets and a function on the local AWS, for tests."""

import io
import json
import uuid
import zipfile
from dataclasses import dataclass
from typing import Any

import boto3
import httpx
from botocore.config import Config

from local.aws import DIRECT, REGION, Emulator

_TIMEOUT = 60.0
_CODE = """
def handler(event, context):
    return "invoked"
"""


@dataclass(frozen=True)
class Account:
    """`s3` acts as an IAM user whom every action is allowed: MiniStack applies no policy to root."""

    emulator: Emulator
    s3: Any

    def create_bucket(self) -> str:
        """Creates a versioned bucket."""
        name = f"bucket-{uuid.uuid4().hex}"
        self.s3.create_bucket(Bucket=name)
        self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name


def create_account(emulator: Emulator) -> Account:
    """Waits until the emulator is ready and creates the IAM user."""
    emulator.wait_until_ready()
    iam = emulator.client("iam")
    iam.create_user(UserName="user")
    policy = _policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
    iam.put_user_policy(UserName="user", PolicyName="everything", PolicyDocument=policy)
    key = iam.create_access_key(UserName="user")["AccessKey"]
    s3 = boto3.client(
        "s3",
        endpoint_url=emulator.endpoint,
        region_name=REGION,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        config=DIRECT.merge(Config(signature_version="s3v4", retries={"total_max_attempts": 1})),
    )
    return Account(emulator, s3)


def invoke_function(emulator: Emulator) -> str:
    """Creates a function and invokes it, so that it has a worker process. Returns its name."""
    lambda_, name = emulator.client("lambda"), f"function-{uuid.uuid4().hex}"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", _CODE)
    lambda_.create_function(
        FunctionName=name,
        Runtime="python3.14",
        Role=_create_role(emulator, name),
        Handler="index.handler",
        Code={"ZipFile": buffer.getvalue()},
    )
    assert lambda_.invoke(FunctionName=name)["Payload"].read() == b'"invoked"'
    return name


def _create_role(emulator: Emulator, name: str) -> str:
    principal = {"Service": "lambda.amazonaws.com"}
    trust = _policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal})
    role = emulator.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    arn: str = role["Role"]["Arn"]
    return arn


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def request(method: str, url: str, **options: Any) -> httpx.Response:
    """Sends an HTTP request without a proxy."""
    return httpx.request(method, url, trust_env=False, timeout=_TIMEOUT, **options)

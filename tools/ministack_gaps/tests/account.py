"""An AWS account on a MiniStack: an IAM user, whose requests pass the checks that root's skip, and what tests create."""

import io
import json
import uuid
import zipfile
from dataclasses import dataclass
from typing import Any

import boto3
import httpx
from botocore.config import Config
from botocore.exceptions import ClientError

from tools.ministack_gaps.tests.server import NO_PROXY, REGION, Server

FIXED_UPSTREAM = "MiniStack does this as AWS does by now: remove the gap"
_TIMEOUT = 60.0
_S3_CONFIG = NO_PROXY.merge(Config(signature_version="s3v4", retries={"total_max_attempts": 1}))


@dataclass(frozen=True)
class Account:
    """`s3` acts as an IAM user whom every action is allowed, unless a bucket policy denies it."""

    server: Server
    s3: Any

    def client(self, service: str) -> Any:
        return self.server.client(service)

    def create_bucket(self, *denied: dict[str, Any]) -> str:
        """Creates a versioned bucket; its policy denies s3:* under each of the given conditions."""
        name = f"bucket-{uuid.uuid4().hex}"
        self.s3.create_bucket(Bucket=name)
        self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{name}/*"}
        if denied:
            policy = to_policy(*(deny | {"Condition": condition} for condition in denied))
            self.client("s3").put_bucket_policy(Bucket=name, Policy=policy)
        return name

    def presign(self, operation: str, **parameters: Any) -> str:
        url: str = self.s3.generate_presigned_url(operation, Params=parameters, ExpiresIn=60)
        return url

    def create_role(self, *actions: str) -> tuple[str, str]:
        """Creates a role that may do the given actions on every resource. Returns its name and ARN."""
        iam, name = self.client("iam"), f"role-{uuid.uuid4().hex}"
        trust = to_policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}})
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        if actions:
            allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
            iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=to_policy(allow))
        return name, arn

    def assume_role(self, arn: str) -> Any:
        """Returns an S3 client with the role's credentials."""
        session = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return s3_client(
            self.server, session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]
        )

    def create_function(self, code: str, *actions: str) -> str:
        """Creates a function whose handler is `handler` in `code` and whose role may do `actions`. Returns its name."""
        name = f"function-{uuid.uuid4().hex}"
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("index.py", code)
        self.client("lambda").create_function(
            FunctionName=name,
            Runtime="python3.14",
            Role=self.create_role(*actions)[1],
            Handler="index.handler",
            Timeout=20,
            Code={"ZipFile": buffer.getvalue()},
        )
        return name


def create_account(server: Server) -> Account:
    """Creates the IAM user."""
    iam = server.client("iam")
    iam.create_user(UserName="user")
    policy = to_policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
    iam.put_user_policy(UserName="user", PolicyName="everything", PolicyDocument=policy)
    key = iam.create_access_key(UserName="user")["AccessKey"]
    return Account(server, s3_client(server, key["AccessKeyId"], key["SecretAccessKey"]))


def s3_client(server: Server, access_key: str, secret: str, token: str | None = None) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        region_name=REGION,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=_S3_CONFIG,
    )


def to_policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def error_code(call: Any, **parameters: Any) -> str | None:
    """Returns AWS's code of the error that the call raises; None when it succeeds."""
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def request(method: str, url: str, **options: Any) -> httpx.Response:
    """Sends an HTTP request without a proxy."""
    return httpx.request(method, url, trust_env=False, timeout=_TIMEOUT, **options)

"""The clients of AWS. Each is built once, on first use, and boto3 is imported only then."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from functions.adapters.credentials import credentials_from_environment
from functions.adapters.dynamodb.client import DynamoDBClient
from functions.signing.endpoint import regional_host

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

    from functions.adapters.apigateway import ConnectionsClient
    from functions.adapters.eventbridge import EventBridgeClient
    from functions.adapters.guardduty import GuardDutyClient
    from functions.adapters.kms import KMSClient

_CONTROL_SECONDS = 10
"""Read timeout of one attempt. `S3MultipartStore` bounds how long `complete` waits in all.

Two attempts end before the function `uploads`, and within the time that sweeps and purges reserve. S3 lists or deletes 1,000
versions in a few seconds.
"""


@cache
def session() -> "boto3.Session":
    import boto3

    return boto3.Session()


@cache
def sqs() -> "SQSClient":
    return session().client("sqs")


@cache
def sqs_of_requests() -> "SQSClient":
    """A client that gives up within 6 seconds, because a client of the API waits for the message."""
    from botocore.config import Config

    retries: Any = {"mode": "standard", "total_max_attempts": 2}
    return session().client("sqs", config=Config(connect_timeout=1, read_timeout=2, retries=retries))


@cache
def guardduty() -> "GuardDutyClient":
    client: GuardDutyClient = session().client("guardduty")
    return client


@cache
def kms() -> "KMSClient":
    client: KMSClient = session().client("kms")
    return client


@cache
def events() -> "EventBridgeClient":
    client: EventBridgeClient = session().client("events")
    return client


@cache
def sockets(endpoint: str, pool: int) -> "ConnectionsClient":
    """Returns a client for the connections of one WebSocket API, with a number of connections of its own.

    A call ends after some seconds, because many wait for the ones before.
    """
    from botocore.config import Config

    retries: Any = {"mode": "standard", "total_max_attempts": 3}
    config = Config(
        connect_timeout=1,
        read_timeout=2,
        max_pool_connections=pool,
        retries=retries,
    )
    client: ConnectionsClient = session().client(
        "apigatewaymanagementapi", endpoint_url=endpoint, config=config
    )
    return client


@cache
def dynamodb() -> DynamoDBClient:
    endpoint = endpoint_override("DYNAMODB") or f"https://{regional_host('dynamodb', region())}"
    return DynamoDBClient(endpoint, region(), credentials_from_environment)


def s3_control() -> "S3Client":
    return s3(read_timeout=_CONTROL_SECONDS, pool=10, attempts=2)


@cache
def s3(*, read_timeout: int, pool: int, attempts: int) -> "S3Client":
    """Returns a client with a read timeout in seconds, a number of connections, and attempts of each call, the first included."""
    from botocore.config import Config

    retries: Any = {"mode": "standard", "total_max_attempts": attempts}
    config = Config(
        signature_version="s3v4",
        connect_timeout=2,
        read_timeout=read_timeout,
        max_pool_connections=pool,
        retries=retries,
    )
    return session().client("s3", config=config)


def region() -> str:
    return os.environ["AWS_REGION"]


def endpoint_override(service: str) -> str | None:
    """Returns the endpoint that AWS's own environment variables set, if any."""
    return os.environ.get(f"AWS_ENDPOINT_URL_{service}") or os.environ.get("AWS_ENDPOINT_URL")

"""Known keys, clients and presigned URLs, and a clock that a test can set."""

import base64
import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal

import boto3
import httpx
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

REGION: Final = "eu-west-1"
ACCESS_KEY, SECRET = "AKIASTRICTS3TESTKEY1", "secret-of-the-permanent-key"
SESSION_KEY, SESSION_SECRET, SESSION_TOKEN = (
    "ASIASTRICTS3TESTKEY1",
    "secret-of-the-session",
    "token-of-the-session",
)

BODY = b"hello, content"
KEY = "folder/owner/document"
SHA256 = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
DECLARED = {"content-type": "text/plain", "if-none-match": "*", "x-amz-checksum-sha256": SHA256}


# A session caches the service's data files, and reading them takes most of a client's creation.
SESSION = boto3.Session()


class Clock:
    """Returns the real time, with which boto3 signs, until a test sets `set_to`."""

    def __init__(self) -> None:
        self.set_to: datetime | None = None

    def __call__(self) -> datetime:
        return self.set_to or datetime.now(UTC)


def s3_client(
    access_key: str = ACCESS_KEY,
    secret: str = SECRET,
    token: str | None = None,
    *,
    region: str = REGION,
    signature_version: str = "s3v4",
    addressing_style: Literal["virtual", "path"] = "virtual",
) -> "S3Client":
    return SESSION.client(
        "s3",
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(signature_version=signature_version, s3={"addressing_style": addressing_style}),
    )


def put_url(s3: "S3Client", bucket: str, **more: Any) -> str:
    """Presigns a PUT of BODY with its size, type and checksum, which fails when the key exists."""
    params = {
        "ContentLength": len(BODY),
        "ContentType": "text/plain",
        "IfNoneMatch": "*",
        "ChecksumSHA256": SHA256,
    }
    return plain_put_url(s3, bucket, **params | more)


def plain_put_url(s3: "S3Client", bucket: str, **more: Any) -> str:
    return s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": KEY, **more})


def get_url(s3: "S3Client", bucket: str, expires: int = 900, key: str = KEY) -> str:
    params = {"Bucket": bucket, "Key": key}
    return s3.generate_presigned_url("get_object", Params=params, ExpiresIn=expires)


def header_signed_put(bucket: str, body: bytes, **more: str) -> tuple[str, dict[str, str]]:
    """Returns URL and headers of a PUT with temporary credentials in the Authorization header."""
    url = f"https://{bucket}.s3.{REGION}.amazonaws.com/{KEY}"
    request = AWSRequest("PUT", url, headers=more, data=body)
    S3SigV4Auth(Credentials(SESSION_KEY, SESSION_SECRET, SESSION_TOKEN), "s3", REGION).add_auth(request)
    return url, dict(request.headers.items())


def signed_at(url: str) -> datetime:
    timestamp = httpx.URL(url).params["X-Amz-Date"]
    return datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

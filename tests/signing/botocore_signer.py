"""URLs that botocore presigns, which ours have to equal.

botocore signs with its own clock. A test lets botocore sign first, reads the time from `X-Amz-Date` and passes it to
our signer as `now`.
"""

from datetime import datetime
from functools import cache
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from mypy_boto3_s3 import S3Client

BUCKET = "my-bucket"
ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjE+/=" * 40

Location = tuple[str, str | None, str | None]
"""(Region, endpoint override, session token)."""


@cache
def s3_client(region: str, override: str | None, token: str | None) -> S3Client:
    style: Literal["path", "virtual"] = "path" if override else "virtual"
    return boto3.client(
        "s3",
        region_name=region,
        endpoint_url=override,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        aws_session_token=token,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": style, "us_east_1_regional_endpoint": "regional"},
        ),
    )


def presign(location: Location, operation: str, lifetime: int, **params: Any) -> str:
    return s3_client(*location).generate_presigned_url(operation, {"Bucket": BUCKET, **params}, lifetime)


def query_parameter(url: str, name: str) -> str:
    return parse_qs(urlsplit(url).query)[name][0]


def parse_amz_date(amz_date: str) -> datetime:
    return datetime.strptime(f"{amz_date}+0000", "%Y%m%dT%H%M%SZ%z")


def signing_time(url: str) -> datetime:
    return parse_amz_date(query_parameter(url, "X-Amz-Date"))

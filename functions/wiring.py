"""The composition root: settings -> clients -> adapters -> use cases. Everything is made once, when first needed.

What only some functions need is imported there too: a create of a single PUT, a download and a list never wait for boto3.
"""

import os
import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from functions.adapters import credentials
from functions.adapters.dynamodb import DynamoRecords
from functions.adapters.dynamodb_client import DynamoDBClient
from functions.core.endpoint import Endpoint, regional_host
from functions.settings import Settings

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_s3 import S3Client

    from functions.adapters.s3_multipart import S3Multipart
    from functions.adapters.s3_shelves import S3Shelves
    from functions.adapters.sqs import SqsArrivals, SqsPurges
    from functions.core.janitor import Janitor
    from functions.core.kinds import Kinds
    from functions.core.library import Library
    from functions.core.multipart import MultipartUploads
    from functions.core.promotion import Promotion
    from functions.core.purge import Purge
    from functions.core.uploads import Uploads

_COPY_SECONDS = 240
"""A CopyObject of 5 GiB takes more than botocore's default minute, and S3 sends nothing meanwhile."""

_COMPLETE_SECONDS = 20
"""Without a byte of an answer; how long `complete` waits in all is `S3Multipart`'s to say."""

_BATCH = 10
"""Messages that one invocation handles at the same time."""


def now() -> datetime:
    return datetime.now(UTC)


@cache
def settings() -> Settings:
    return Settings.from_environment(os.environ)


@cache
def kinds() -> "Kinds":
    from functions.core.kinds import Kinds

    return Kinds(tomllib.loads(Path(__file__).with_name("kinds.toml").read_text("utf-8")))


@cache
def uploads() -> "Uploads":
    from functions.core.quota import Limits
    from functions.core.uploads import Uploads

    chosen = settings()
    limits = Limits(
        open_uploads=chosen.open_uploads_limit,
        stored_bytes=chosen.stored_bytes_limit,
        daily_files=chosen.daily_files_limit,
        daily_bytes=chosen.daily_bytes_limit,
    )
    return Uploads(
        records=_records(),
        signer=_signer(),
        multipart=_multipart,
        kinds=kinds(),
        limits=limits,
        bucket=chosen.bucket,
        url_lifetime=chosen.url_lifetime,
        upload_lifetime=chosen.upload_lifetime,
    )


@cache
def multipart_uploads() -> "MultipartUploads":
    from functions.core.multipart import MultipartUploads

    return MultipartUploads(
        records=_records(),
        signer=_signer(),
        multipart=_multipart,
        url_lifetime=settings().url_lifetime,
        upload_lifetime=settings().upload_lifetime,
    )


@cache
def library() -> "Library":
    from functions.core.library import Library

    return Library(
        records=_records(),
        signer=_signer(),
        download_lifetime=settings().download_lifetime,
        restore_window=settings().restore_window,
    )


@cache
def promotion() -> "Promotion":
    from functions.adapters.s3 import S3Objects
    from functions.adapters.s3_part_copy import STREAMS
    from functions.core.promotion import Promotion

    client = _s3(read_timeout=_COPY_SECONDS, pool=STREAMS * _BATCH)
    return Promotion(_records(), S3Objects(client, settings().bucket), kinds(), now)


@cache
def janitor() -> "Janitor":
    from functions.core.janitor import Janitor

    return Janitor(
        records=_records(),
        shelves=_shelves(),
        multipart=_multipart(),
        arrivals=arrivals(),
        purges=purges(),
        clock=now,
    )


@cache
def purge() -> "Purge":
    from functions.core.purge import Purge

    return Purge(_records(), _shelves(), _multipart(), now)


@cache
def arrivals() -> "SqsArrivals":
    from functions.adapters.sqs import SqsArrivals

    return SqsArrivals(_session().client("sqs"), settings().arrivals_url, settings().bucket)


@cache
def purges() -> "SqsPurges":
    from functions.adapters.sqs import SqsPurges

    return SqsPurges(_session().client("sqs"), settings().purges_url)


def connect() -> None:
    """Open the connection to the table that the first request will need. Raises OSError.

    Not for SnapStart, whose functions all wake up from one snapshot: no connection survives in it.
    """
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "snap-start":
        _dynamodb().connect()


@cache
def _session() -> "boto3.Session":
    import boto3

    return boto3.Session()


@cache
def _dynamodb() -> DynamoDBClient:
    region = _region()
    override = _override("DYNAMODB")
    return DynamoDBClient(
        override or f"https://{regional_host('dynamodb', region)}", region, credentials.of_environment
    )


@cache
def _records() -> DynamoRecords:
    return DynamoRecords(_dynamodb(), settings().table)


@cache
def _signer() -> credentials.RoleSigner:
    endpoint = Endpoint.of_bucket(settings().bucket, _region(), _override("S3"))
    return credentials.RoleSigner(credentials.of_environment, _region(), endpoint)


@cache
def _multipart() -> "S3Multipart":
    """Only multipart uploads need it: its client costs a cold start that a single PUT does not pay."""
    from functions.adapters.s3_multipart import S3Multipart

    return S3Multipart(_control(), settings().bucket)


@cache
def _shelves() -> "S3Shelves":
    from functions.adapters.s3_shelves import S3Shelves

    return S3Shelves(_control(), settings().bucket)


@cache
def _control() -> "S3Client":
    return _s3(read_timeout=_COMPLETE_SECONDS, pool=10)


def _s3(*, read_timeout: int, pool: int) -> "S3Client":
    from botocore.config import Config

    config = Config(
        signature_version="s3v4",
        connect_timeout=2,
        read_timeout=read_timeout,
        max_pool_connections=pool,
        retries={"mode": "standard", "max_attempts": 3},
    )
    return _session().client("s3", config=config)


def _region() -> str:
    return os.environ["AWS_REGION"]


def _override(service: str) -> str | None:
    """Another endpoint than the Region's, in the variables that every SDK reads."""
    return os.environ.get(f"AWS_ENDPOINT_URL_{service}") or os.environ.get("AWS_ENDPOINT_URL")

"""The composition root: settings -> clients -> adapters -> use cases. Everything is made once, when first needed."""

import os
import tomllib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from functions.adapters.credentials import RoleSigner
from functions.adapters.dynamodb import DynamoRecords
from functions.adapters.s3 import S3Objects
from functions.adapters.s3_multipart import S3Multipart
from functions.adapters.s3_part_copy import STREAMS
from functions.adapters.s3_shelves import S3Shelves
from functions.adapters.sqs import SqsArrivals, SqsPurges
from functions.core.endpoint import Endpoint
from functions.core.janitor import Janitor
from functions.core.kinds import Kinds
from functions.core.library import Library
from functions.core.multipart import MultipartUploads
from functions.core.promotion import Promotion
from functions.core.purge import Purge
from functions.core.quota import Limits
from functions.core.uploads import Uploads
from functions.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_COPY_SECONDS = 240
"""A CopyObject of 5 GiB takes more than botocore's default minute, and S3 sends nothing meanwhile."""

_COMPLETE_SECONDS = 20
"""Without a byte of an answer; how long `complete` waits in all is `S3Multipart`'s to say."""


def now() -> datetime:
    return datetime.now(UTC)


@cache
def settings() -> Settings:
    return Settings.from_environment(os.environ)


@cache
def kinds() -> Kinds:
    return Kinds(tomllib.loads(Path(__file__).with_name("kinds.toml").read_text("utf-8")))


@cache
def uploads() -> Uploads:
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
def multipart_uploads() -> MultipartUploads:
    return MultipartUploads(
        records=_records(),
        signer=_signer(),
        multipart=_multipart,
        url_lifetime=settings().url_lifetime,
        upload_lifetime=settings().upload_lifetime,
    )


@cache
def library() -> Library:
    return Library(
        records=_records(),
        signer=_signer(),
        url_lifetime=settings().url_lifetime,
        restore_window=settings().restore_window,
    )


@cache
def promotion() -> Promotion:
    client = _s3(read_timeout=_COPY_SECONDS, pool=STREAMS)
    return Promotion(_records(), S3Objects(client, settings().bucket), kinds(), now)


@cache
def janitor() -> Janitor:
    client = _s3(read_timeout=_COMPLETE_SECONDS, pool=10)
    return Janitor(
        records=_records(),
        shelves=S3Shelves(client, settings().bucket),
        multipart=S3Multipart(client, settings().bucket),
        arrivals=arrivals(),
        purges=purges(),
        clock=now,
    )


@cache
def purge() -> Purge:
    client = _s3(read_timeout=_COMPLETE_SECONDS, pool=10)
    bucket = settings().bucket
    return Purge(_records(), S3Shelves(client, bucket), S3Multipart(client, bucket), now)


@cache
def arrivals() -> SqsArrivals:
    return SqsArrivals(_session().client("sqs"), settings().arrivals_url, settings().bucket)


@cache
def purges() -> SqsPurges:
    return SqsPurges(_session().client("sqs"), settings().purges_url)


@cache
def _session() -> boto3.Session:
    return boto3.Session()


@cache
def _records() -> DynamoRecords:
    config = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})
    return DynamoRecords(_session().client("dynamodb", config=config), settings().table)


@cache
def _signer() -> RoleSigner:
    region = _session().region_name
    override = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    endpoint = Endpoint.of_bucket(settings().bucket, region, override)
    return RoleSigner(_session()._session, region, endpoint)


@cache
def _multipart() -> S3Multipart:
    """Only multipart uploads need it: its client costs a cold start that a single PUT does not pay."""
    return S3Multipart(_s3(read_timeout=_COMPLETE_SECONDS, pool=10), settings().bucket)


def _s3(*, read_timeout: int, pool: int) -> "S3Client":
    config = Config(
        signature_version="s3v4",
        connect_timeout=2,
        read_timeout=read_timeout,
        max_pool_connections=pool,
        retries={"mode": "standard", "max_attempts": 3},
    )
    return _session().client("s3", config=config)

"""The composition root: settings -> clients -> adapters -> use cases. Each object is built once, on first use.

This module builds what several functions share. What one function alone needs is built in a module of its own.

Imports that only some functions need are inside the builders, so that a create of a single PUT, a download and a list never
wait for boto3.
"""

import os
import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from functions.adapters.credentials import RoleSigner, credentials_from_environment
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.settings import Settings
from functions.signing.endpoint import Endpoint
from functions.wiring import clients

if TYPE_CHECKING:
    from functions.adapters.s3.inventory import S3BucketInventory
    from functions.adapters.s3.multipart import S3MultipartStore
    from functions.adapters.s3.objects import S3ObjectStore
    from functions.domain.deadlines import Lifetimes
    from functions.domain.kinds import Kinds
    from functions.domain.quota import Limits

_COPY_SECONDS, _COPY_ATTEMPTS = 240, 3
"""Read timeout and attempts of a copy. A CopyObject of 5 GiB takes longer than botocore's default minute, and S3 sends nothing
meanwhile. All attempts together end before the function does, because a function that is ended counts as the file's failure."""

_BATCH = 10
"""Messages that one invocation processes concurrently."""


def now() -> datetime:
    return datetime.now(UTC)


@cache
def settings() -> Settings:
    return Settings.from_environment(os.environ)


@cache
def kinds() -> "Kinds":
    from functions.domain.kinds import Kinds
    from functions.features.registry import find_definition

    policies = tomllib.loads((Path(__file__).parents[1] / "kinds.toml").read_text("utf-8"))
    return Kinds(policies, find_definition)


@cache
def limits() -> "Limits":
    from functions.domain.quota import Limits
    from functions.domain.rate import OwnerRate

    chosen = settings()
    return Limits(
        open_uploads=chosen.open_uploads_limit,
        stored_bytes=chosen.stored_bytes_limit,
        daily_files=chosen.daily_files_limit,
        daily_bytes=chosen.daily_bytes_limit,
        creates=OwnerRate(per_second=chosen.create_rate, burst=chosen.create_burst),
        calls=OwnerRate(per_second=chosen.call_rate, burst=chosen.call_burst) if chosen.call_rate else None,
        daily_download_bytes=chosen.daily_download_bytes_limit or None,
    )


@cache
def lifetimes() -> "Lifetimes":
    from functions.domain.deadlines import Lifetimes

    chosen = settings()
    return Lifetimes(
        url=timedelta(seconds=chosen.url_lifetime),
        form=timedelta(seconds=chosen.form_lifetime),
        upload=timedelta(seconds=chosen.upload_lifetime),
        multipart=timedelta(seconds=chosen.multipart_lifetime),
    )


def connect() -> None:
    """Opens the connection to the table before the first request. Raises OSError.

    Does nothing under SnapStart, because no connection survives in the snapshot.
    """
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "snap-start":
        clients.dynamodb().connect()


@cache
def repository() -> DynamoDBDocuments:
    return DynamoDBDocuments(clients.dynamodb(), settings().table)


@cache
def signer() -> RoleSigner:
    """Returns the provider of the signer of requests to the bucket."""
    endpoint = Endpoint.for_bucket(settings().bucket, clients.region(), clients.endpoint_override("S3"))
    return RoleSigner(credentials_from_environment, clients.region(), endpoint)


@cache
def multipart_store() -> "S3MultipartStore":
    """Built on first use, because a single PUT does without it and boto3 costs a cold start."""
    from functions.adapters.s3.multipart import S3MultipartStore

    return S3MultipartStore(clients.s3_control(), settings().bucket)


@cache
def object_store() -> "S3ObjectStore":
    from functions.adapters.s3.objects import S3ObjectStore
    from functions.adapters.s3.part_copy import MAX_CONCURRENT_PARTS

    pool = MAX_CONCURRENT_PARTS * _BATCH
    client = clients.s3(read_timeout=_COPY_SECONDS, pool=pool, attempts=_COPY_ATTEMPTS)
    return S3ObjectStore(client, settings().bucket)


@cache
def bucket_inventory() -> "S3BucketInventory":
    from functions.adapters.s3.inventory import S3BucketInventory

    return S3BucketInventory(clients.s3_control(), settings().bucket)

"""The composition root: settings -> clients -> adapters -> use cases. Each object is built once, on first use.

Imports that only some functions need are inside the builders, so that a create of a single PUT, a download and a list never
wait for boto3.
"""

import os
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from functions import clients
from functions.adapters.credentials import RoleSigner, credentials_from_environment
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.log import logger
from functions.settings import Settings
from functions.signing.endpoint import Endpoint

if TYPE_CHECKING:
    from functions.adapters.guardduty import GuardDuty
    from functions.adapters.s3 import inventory, objects
    from functions.adapters.s3.multipart import S3MultipartStore
    from functions.domain.deadlines import Lifetimes
    from functions.domain.document import Document
    from functions.domain.kinds import Kinds
    from functions.domain.quota import Limits
    from functions.features.large_copy.worker import LargeCopy
    from functions.features.runner import TaskRunner
    from functions.pipeline.engine import Engine
    from functions.services import documents, multipart, purge, redrive, reports, slices, uploads, waiting
    from functions.services.sweeps.service import SweepService

_COPY_SECONDS, _COPY_ATTEMPTS = 240, 3
"""Read timeout and attempts of a copy. A CopyObject of 5 GiB takes longer than botocore's default minute, and S3 sends nothing
meanwhile. All attempts together end before the function does, because a function that is ended counts as the file's failure."""

_BATCH = 10
"""Messages, entries of what is due, or failed documents that one invocation processes concurrently."""


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
def _lifetimes() -> "Lifetimes":
    from functions.domain.deadlines import Lifetimes

    chosen = settings()
    return Lifetimes(
        url=timedelta(seconds=chosen.url_lifetime),
        form=timedelta(seconds=chosen.form_lifetime),
        upload=timedelta(seconds=chosen.upload_lifetime),
        multipart=timedelta(seconds=chosen.multipart_lifetime),
    )


@cache
def upload_service() -> "uploads.UploadService":
    from functions.services.uploads import UploadService

    chosen = settings()
    return UploadService(
        repository=_repository(),
        signer=signer(),
        multipart=_multipart,
        kinds=kinds(),
        limits=limits(),
        bucket=chosen.bucket,
        lifetimes=_lifetimes(),
        part_size=chosen.part_size,
        redirect_origins=frozenset(chosen.redirect_origins.split(",")),
    )


@cache
def multipart_service() -> "multipart.MultipartService":
    from functions.services.multipart import MultipartService

    return MultipartService(
        repository=_repository(), signer=signer(), multipart=_multipart, lifetimes=_lifetimes()
    )


@cache
def document_service() -> "documents.DocumentService":
    from functions.services.documents import DocumentService
    from functions.wiring import owner_limits
    from functions.wiring.delivery import delivery

    return DocumentService(
        repository=_repository(),
        delivery=delivery(),
        download_lifetime=settings().download_lifetime,
        restore_window=settings().restore_window,
        downloads=owner_limits.download_quota(),
    )


@cache
def engine() -> "Engine":
    """The pipeline: the built-in steps around those that kinds list."""
    from functions.domain.metrics import build_line
    from functions.domain.steps import PROMOTE
    from functions.features.registry import create_step
    from functions.pipeline.content_type import TypeStep
    from functions.pipeline.engine import Engine
    from functions.pipeline.promote import COPY_TIMEOUT, PromoteStep
    from functions.pipeline.quarantine import Quarantine
    from functions.pipeline.rescan import Rescan
    from functions.pipeline.size import SizeStep
    from functions.wiring import queues

    definitions, bucket = kinds().step_definitions, settings().bucket
    quarantine = Quarantine(_objects(), timedelta(days=settings().quarantine_days), now)

    def report_end(document: "Document", arrived_at: datetime | None) -> None:
        line = build_line(settings().metrics_namespace, document, arrived_at, now())
        logger.info("document", **line)

    rescan = Rescan(
        repository=_repository(),
        objects=_objects(),
        quarantine=quarantine,
        purge_queue=queues.purge_queue(),
        clock=now,
        report_end=report_end,
    )
    return Engine(
        repository=_repository(),
        objects=_objects(),
        kinds=kinds(),
        first=(SizeStep(), TypeStep()),
        steps={
            name: create_step(definition, queues.tasks_of(name), bucket, settings().scanner)
            for name, definition in definitions.items()
        },
        last=(PromoteStep(_objects(), queues.tasks_of(PROMOTE), bucket),),
        timeouts={PROMOTE: COPY_TIMEOUT} | {name: each.timeout for name, each in definitions.items()},
        clock=now,
        failed_retention=timedelta(days=days) if (days := settings().failed_retention) else None,
        quarantine=quarantine,
        report_end=report_end,
        process_rescan=rescan.process,
    )


@cache
def guardduty() -> "GuardDuty":
    from functions.adapters.guardduty import GuardDuty

    return GuardDuty(clients.guardduty(), settings().bucket)


@cache
def large_copy() -> "LargeCopy":
    from functions.domain.steps import PROMOTE
    from functions.features.large_copy.worker import LargeCopy
    from functions.wiring import queues

    return LargeCopy(_objects(), queues.results_of(PROMOTE))


@cache
def task_runner() -> "TaskRunner":
    """The runner of the step of this function."""
    from functions.adapters.s3.step_objects import S3StepObjects
    from functions.features.registry import create_worker
    from functions.features.runner import TaskRunner
    from functions.wiring import queues

    step, objects = settings().step, S3StepObjects(clients.s3_control(), settings().bucket)
    return TaskRunner(create_worker(step), objects, queues.results_of(step))


@cache
def sweep_service() -> "SweepService":
    from functions.services.sweeps.service import SweepService
    from functions.wiring import queues

    return SweepService(
        repository=_repository(),
        inventory=_bucket_inventory(),
        multipart=_multipart(),
        upload_events=queues.upload_events(),
        purge_queue=queues.purge_queue(),
        lifetimes=_lifetimes(),
        clock=now,
        log_error=logger.exception,
        concurrency=_BATCH,
    )


@cache
def redrive_service() -> "redrive.RedriveService":
    from functions.services.redrive import RedriveService
    from functions.wiring import queues

    return RedriveService(
        repository=_repository(),
        upload_events=queues.upload_events(),
        clock=now,
        log_error=logger.exception,
        concurrency=_BATCH,
    )


@cache
def waiting_service() -> "waiting.WaitingService":
    from functions.services.waiting import WaitingService

    return WaitingService(_repository())


@cache
def slice_service() -> "slices.SliceService":
    from functions.adapters.dynamodb.slices import DynamoDBSlices
    from functions.domain.slices import REPORTS, SliceResult
    from functions.services.slices import SliceService
    from functions.wiring import queues

    def sweep(name: str, cursor: str | None, is_out_of_time: Callable[[], bool]) -> SliceResult:
        service = report_service() if name.startswith(REPORTS) else sweep_service()
        return service.sweep_slice(name, cursor, is_out_of_time)

    records = DynamoDBSlices(clients.dynamodb(), settings().table)
    return SliceService(
        records, queues.slice_queue(), sweep, now, reads_reports=bool(settings().reports_bucket)
    )


@cache
def report_service() -> "reports.ReportService":
    """Without S3 Inventory it reads nothing, and ends the slices that are left from a deployment with it."""
    from functions.adapters.s3.reports import S3InventoryReports
    from functions.services.reports import ReportService

    chosen = settings()
    reports = S3InventoryReports(clients.s3_control(), chosen.reports_bucket, chosen.bucket)
    return ReportService(
        reports=reports if chosen.reports_bucket else None,
        check=sweep_service().stored().check_reported,
        clock=now,
        log_age=lambda prefix, age: logger.info(
            "report", prefix=prefix, age_seconds=int(age.total_seconds())
        ),
        log_damage=lambda prefix, report, reason: logger.error(
            "damaged_report", prefix=prefix, report=report, reason=reason
        ),
    )


@cache
def purge_service() -> "purge.PurgeService":
    from functions.services.purge import PurgeService

    return PurgeService(_repository(), _bucket_inventory(), _multipart(), now)


def connect() -> None:
    """Opens the connection to the table before the first request. Raises OSError.

    Does nothing under SnapStart, because no connection survives in the snapshot.
    """
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") != "snap-start":
        clients.dynamodb().connect()


@cache
def _repository() -> DynamoDBDocuments:
    return DynamoDBDocuments(clients.dynamodb(), settings().table)


@cache
def signer() -> RoleSigner:
    """Returns the provider of the signer of requests to the bucket."""
    endpoint = Endpoint.for_bucket(settings().bucket, clients.region(), clients.endpoint_override("S3"))
    return RoleSigner(credentials_from_environment, clients.region(), endpoint)


@cache
def _multipart() -> "S3MultipartStore":
    """Built on first use, because a single PUT does without it and boto3 costs a cold start."""
    from functions.adapters.s3.multipart import S3MultipartStore

    return S3MultipartStore(clients.s3_control(), settings().bucket)


@cache
def _objects() -> "objects.S3ObjectStore":
    from functions.adapters.s3.objects import S3ObjectStore
    from functions.adapters.s3.part_copy import MAX_CONCURRENT_PARTS

    pool = MAX_CONCURRENT_PARTS * _BATCH
    client = clients.s3(read_timeout=_COPY_SECONDS, pool=pool, attempts=_COPY_ATTEMPTS)
    return S3ObjectStore(client, settings().bucket)


@cache
def _bucket_inventory() -> "inventory.S3BucketInventory":
    from functions.adapters.s3.inventory import S3BucketInventory

    return S3BucketInventory(clients.s3_control(), settings().bucket)

"""The composition root of the function `sweeps`.

Imports are inside the builders, because an invocation needs one of them, or a few.
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from functions import wiring
from functions.log import logger
from functions.wiring import clients, queues

if TYPE_CHECKING:
    from functions.services import redrive, reports, slices, waiting
    from functions.services.sweeps.service import SweepService

_CONCURRENCY = 10
"""Entries of what is due, or failed documents, that one invocation processes concurrently."""


@cache
def sweep_service() -> "SweepService":
    from functions.services.sweeps.service import SweepService

    return SweepService(
        repository=wiring.repository(),
        inventory=wiring.bucket_inventory(),
        multipart=wiring.multipart_store(),
        upload_events=queues.upload_events(),
        purge_queue=queues.purge_queue(),
        kinds=wiring.kinds(),
        lifetimes=wiring.lifetimes(),
        clock=wiring.now,
        log_error=logger.exception,
        concurrency=_CONCURRENCY,
    )


@cache
def redrive_service() -> "redrive.RedriveService":
    from functions.services.redrive import RedriveService

    return RedriveService(
        repository=wiring.repository(),
        upload_events=queues.upload_events(),
        clock=wiring.now,
        log_error=logger.exception,
        concurrency=_CONCURRENCY,
    )


@cache
def waiting_service() -> "waiting.WaitingService":
    from functions.services.waiting import WaitingService

    return WaitingService(wiring.repository())


@cache
def slice_service() -> "slices.SliceService":
    from functions.adapters.dynamodb.slices import DynamoDBSlices
    from functions.domain.slices import REPORTS, SliceResult
    from functions.services.slices import SliceService

    def sweep(name: str, cursor: str | None, is_out_of_time: Callable[[], bool]) -> SliceResult:
        service = report_service() if name.startswith(REPORTS) else sweep_service()
        return service.sweep_slice(name, cursor, is_out_of_time)

    records = DynamoDBSlices(clients.dynamodb(), wiring.settings().table)
    return SliceService(
        records, queues.slice_queue(), sweep, wiring.now, reads_reports=bool(wiring.settings().reports_bucket)
    )


@cache
def report_service() -> "reports.ReportService":
    """Without S3 Inventory it reads nothing, and ends the slices that are left from a deployment with it."""
    from functions.adapters.s3.reports import S3InventoryReports
    from functions.services.reports import ReportService

    chosen = wiring.settings()
    reports = S3InventoryReports(clients.s3_control(), chosen.reports_bucket, chosen.bucket)
    return ReportService(
        reports=reports if chosen.reports_bucket else None,
        check=sweep_service().stored().check_reported,
        clock=wiring.now,
        log_age=lambda prefix, age: logger.info(
            "report", prefix=prefix, age_seconds=int(age.total_seconds())
        ),
        log_damage=lambda prefix, report, reason: logger.error(
            "damaged_report", prefix=prefix, report=report, reason=reason
        ),
    )

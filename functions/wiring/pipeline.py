"""The composition root of the function `pipeline`."""

from datetime import datetime, timedelta
from functools import cache

from functions import wiring
from functions.domain.document import Document
from functions.domain.metrics import build_line
from functions.domain.steps import PROMOTE
from functions.features.registry import create_step
from functions.log import logger
from functions.pipeline.content_type import TypeStep
from functions.pipeline.engine import Engine
from functions.pipeline.promote import COPY_TIMEOUT, PromoteStep
from functions.pipeline.quarantine import Quarantine
from functions.pipeline.rescan import Rescan
from functions.pipeline.size import SizeStep
from functions.wiring import queues


@cache
def engine() -> Engine:
    """The pipeline: the built-in steps around those that kinds list."""
    chosen, definitions = wiring.settings(), wiring.kinds().step_definitions
    objects, bucket = wiring.object_store(), chosen.bucket
    quarantine = Quarantine(objects, timedelta(days=chosen.quarantine_days), wiring.now)

    def report_end(document: Document, arrived_at: datetime | None) -> None:
        line = build_line(chosen.metrics_namespace, document, arrived_at, wiring.now())
        logger.info("document", **line)

    rescan = Rescan(
        repository=wiring.repository(),
        objects=objects,
        quarantine=quarantine,
        purge_queue=queues.purge_queue(),
        clock=wiring.now,
        report_end=report_end,
    )
    return Engine(
        repository=wiring.repository(),
        objects=objects,
        kinds=wiring.kinds(),
        first=(SizeStep(), TypeStep()),
        steps={
            name: create_step(definition, queues.tasks_of(name), bucket, chosen.scanner)
            for name, definition in definitions.items()
        },
        last=(PromoteStep(objects, queues.tasks_of(PROMOTE), bucket),),
        timeouts={PROMOTE: COPY_TIMEOUT} | {name: each.timeout for name, each in definitions.items()},
        clock=wiring.now,
        failed_retention=timedelta(days=days) if (days := chosen.failed_retention) else None,
        quarantine=quarantine,
        report_end=report_end,
        process_rescan=rescan.process,
    )

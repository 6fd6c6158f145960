"""The services on in-memory ports, for tests that need neither moto nor HTTP."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from functions.domain.deadlines import Lifetimes
from functions.domain.document import Document
from functions.domain.events import Event, Transition
from functions.domain.kinds import MAX_SINGLE_PUT, Kinds
from functions.domain.parts import DEFAULT_PART
from functions.domain.quota import Limits
from functions.domain.states import decide
from functions.domain.steps import PROMOTE
from functions.features.large_copy.worker import LargeCopy
from functions.features.registry import create_step
from functions.pipeline.content_type import TypeStep
from functions.pipeline.engine import Engine
from functions.pipeline.promote import COPY_TIMEOUT, PromoteStep
from functions.pipeline.quarantine import Quarantine
from functions.pipeline.rescan import Rescan
from functions.pipeline.size import SizeStep
from functions.services.documents import DocumentService
from functions.services.multipart import MultipartService
from functions.services.purge import PurgeService
from functions.services.redrive import RedriveService
from functions.services.slices import SliceService
from functions.services.sweeps.service import SweepService
from functions.services.uploads import UploadService
from functions.signing.delivery import S3Delivery
from tests.examples import BUCKET, KINDS, LIFETIMES, OWNER, PLENTY, SIGNER, Clock, an_id
from tests.fake_multipart import InMemoryBucketInventory, InMemoryMultipartStore
from tests.fakes import (
    InMemoryDocuments,
    InMemoryObjectStore,
    InMemoryQueues,
    InMemoryResultQueue,
    InMemorySlices,
    InMemoryTaskQueue,
)
from tests.interruptions import Interruption, interrupt

DOWNLOAD_LIFETIME = 300
RESTORE_WINDOW = timedelta(days=7)


@dataclass(kw_only=True)
class FakeDeployment:
    """One clock, one repository and one bucket for all services. `by` interrupts the calls of a service to its ports.

    `tasks` are the queues of the steps' workers by step, `results` what the worker `large_copy` has sent.
    """

    repository: InMemoryDocuments = field(default_factory=InMemoryDocuments)
    s3: InMemoryMultipartStore = field(default_factory=InMemoryMultipartStore)
    queues: InMemoryQueues = field(default_factory=InMemoryQueues)
    tasks: dict[str, InMemoryTaskQueue] = field(
        default_factory=lambda: defaultdict[str, InMemoryTaskQueue](InMemoryTaskQueue)
    )
    results: InMemoryResultQueue = field(default_factory=InMemoryResultQueue)
    clock: Clock = field(default_factory=Clock)
    kinds: Kinds = KINDS
    scanner: str = ""
    limits: Limits = PLENTY
    lifetimes: Lifetimes = LIFETIMES
    single_copy_limit: int = MAX_SINGLE_PUT
    restore_window: timedelta = RESTORE_WINDOW
    concurrency: int = 1
    failed_retention: timedelta | None = None
    quarantine_retention: timedelta = timedelta(0)
    logged: list[str] = field(default_factory=list)
    """Errors that sweeps have logged."""
    slices: InMemorySlices = field(default_factory=InMemorySlices)

    def __post_init__(self) -> None:
        self.inventory = InMemoryBucketInventory(self.s3)

    @property
    def objects(self) -> InMemoryObjectStore:
        return self.s3.objects

    @property
    def document(self) -> Document:
        """The record of the document `an_id()`."""
        document = self.repository.get(OWNER, an_id())
        assert document is not None
        return document

    def apply(self, event: Event) -> None:
        """Applies an event, which must not be ignored, to the record of the document `an_id()`."""
        decision = decide(self.document, event, self.clock())
        assert isinstance(decision, Transition)
        self.repository.apply(decision)

    def upload_service(self, by: Interruption | None = None) -> UploadService:
        return UploadService(
            repository=interrupt(self.repository, by),
            signer=lambda: SIGNER,
            multipart=lambda: interrupt(self.s3, by),
            kinds=self.kinds,
            limits=self.limits,
            bucket=BUCKET,
            lifetimes=self.lifetimes,
            part_size=DEFAULT_PART,
        )

    def multipart_service(self, by: Interruption | None = None) -> MultipartService:
        return MultipartService(
            repository=interrupt(self.repository, by),
            signer=lambda: SIGNER,
            multipart=lambda: interrupt(self.s3, by),
            lifetimes=self.lifetimes,
        )

    def document_service(self, by: Interruption | None = None) -> DocumentService:
        return DocumentService(
            repository=interrupt(self.repository, by),
            delivery=S3Delivery(lambda: SIGNER),
            download_lifetime=DOWNLOAD_LIFETIME,
            restore_window=int(self.restore_window.total_seconds()),
        )

    def engine(self, by: Interruption | None = None) -> Engine:
        objects, definitions = interrupt(self.objects, by), self.kinds.step_definitions
        steps = {
            name: create_step(definition, interrupt(self.tasks[name], by), BUCKET, self.scanner)
            for name, definition in definitions.items()
        }
        large_copies = interrupt(self.tasks[PROMOTE], by)
        quarantine = Quarantine(objects, self.quarantine_retention, self.clock, self.single_copy_limit)
        rescan = Rescan(
            repository=interrupt(self.repository, by),
            objects=objects,
            quarantine=quarantine,
            purge_queue=interrupt(self.queues, by),
            clock=self.clock,
        )
        return Engine(
            repository=interrupt(self.repository, by),
            objects=objects,
            kinds=self.kinds,
            first=(SizeStep(), TypeStep()),
            steps=steps,
            last=(PromoteStep(objects, large_copies, BUCKET, self.single_copy_limit),),
            timeouts={PROMOTE: COPY_TIMEOUT} | {name: each.timeout for name, each in definitions.items()},
            clock=self.clock,
            failed_retention=self.failed_retention,
            quarantine=quarantine,
            process_rescan=rescan.process,
        )

    def large_copy(self, by: Interruption | None = None) -> LargeCopy:
        return LargeCopy(interrupt(self.objects, by), interrupt(self.results, by))

    def purge_service(self, by: Interruption | None = None) -> PurgeService:
        return PurgeService(
            interrupt(self.repository, by), interrupt(self.inventory, by), interrupt(self.s3, by), self.clock
        )

    def sweep_service(self, by: Interruption | None = None) -> SweepService:
        return SweepService(
            repository=interrupt(self.repository, by),
            inventory=interrupt(self.inventory, by),
            multipart=interrupt(self.s3, by),
            upload_events=interrupt(self.queues, by),
            purge_queue=interrupt(self.queues, by),
            kinds=self.kinds,
            lifetimes=self.lifetimes,
            clock=self.clock,
            log_error=self.logged.append,
            concurrency=self.concurrency,
        )

    def redrive_service(self, by: Interruption | None = None) -> RedriveService:
        return RedriveService(
            repository=interrupt(self.repository, by),
            upload_events=interrupt(self.queues, by),
            clock=self.clock,
            log_error=self.logged.append,
            concurrency=self.concurrency,
        )

    def slice_service(self, by: Interruption | None = None) -> SliceService:
        slices = interrupt(self.slices, by)
        return SliceService(slices, slices, self.sweep_service(by).sweep_slice, self.clock)

"""Sweeps of single slices, and of all slices one after the other."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from functions.domain.deadlines import Lifetimes
from functions.domain.keys import STAGING
from functions.domain.kinds import Kinds
from functions.domain.queues import PurgeQueue, UploadEvents
from functions.domain.repository import DocumentRepository
from functions.domain.slices import DUE, UPLOADS, SliceResult, list_all_at_once
from functions.domain.storage import BucketInventory, MultipartStore
from functions.services.sweeps.checks import Checks, Progress
from functions.services.sweeps.due import DueSweep
from functions.services.sweeps.listed import ListedRecords
from functions.services.sweeps.staging import StagingSweep
from functions.services.sweeps.stored import StoredSweep

STAGING_COMPLETED = "staging_completed"
"""Outcome of a sweep of everything at once that has listed all of staging."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepService:
    """Sweeps the table and the bucket."""

    repository: DocumentRepository
    inventory: BucketInventory
    multipart: MultipartStore
    upload_events: UploadEvents
    purge_queue: PurgeQueue
    kinds: Kinds
    lifetimes: Lifetimes
    clock: Callable[[], datetime]
    log_error: Callable[[str], object]
    concurrency: int = 1

    def sweep_slice(self, name: str, cursor: str | None, is_out_of_time: Callable[[], bool]) -> SliceResult:
        """Sweeps one slice from `cursor` until time is over. Raises Unavailable if the slice cannot be listed."""
        return self._sweep_slice(name, cursor, is_out_of_time, set())

    def sweep(self, is_out_of_time: Callable[[], bool]) -> Counter[str]:
        """Sweeps all slices one after the other, as far as time allows, and returns how often each outcome occurred.

        Runs in one thread, so that its calls have one order. Raises Unavailable if a slice cannot be listed.
        """
        outcomes: Counter[str] = Counter()
        republished: set[str] = set()
        service = replace(self, concurrency=1)
        for name in list_all_at_once(self.clock()):
            result = service._sweep_slice(name, None, is_out_of_time, republished)
            outcomes += result.outcomes
            if not result.is_finished:
                return outcomes + Counter(out_of_time=1)
            if name == STAGING:
                outcomes[STAGING_COMPLETED] += 1
        return outcomes

    def stored(self) -> StoredSweep:
        """Returns the sweep of what is stored, which also checks the rows of reports."""
        return StoredSweep(
            listed=ListedRecords(self.repository, self.inventory),
            repository=self.repository,
            inventory=self.inventory,
            purge_queue=self.purge_queue,
            clock=self.clock,
            checks=Checks(self.log_error),
        )

    def _sweep_slice(
        self, name: str, cursor: str | None, is_out_of_time: Callable[[], bool], republished: set[str]
    ) -> SliceResult:
        outcomes: Counter[str] = Counter()
        for found, after in self._iterate(name, cursor, republished):
            outcomes.update(found)
            if is_out_of_time():
                return SliceResult(outcomes, after, is_finished=False)
        return SliceResult(outcomes)

    def _iterate(self, name: str, cursor: str | None, republished: set[str]) -> Iterator[Progress]:
        if name.startswith(DUE):
            return self._due(republished).sweep(int(name.removeprefix(DUE)), cursor)
        if name == UPLOADS:
            return self._staging(republished).sweep_uploads(cursor)
        if name.startswith(STAGING):
            return self._staging(republished).sweep_versions(name, cursor)
        return self.stored().sweep(name, cursor)

    def _due(self, republished: set[str]) -> DueSweep:
        return DueSweep(
            repository=self.repository,
            inventory=self.inventory,
            multipart=self.multipart,
            upload_events=self.upload_events,
            purge_queue=self.purge_queue,
            lifetimes=self.lifetimes,
            clock=self.clock,
            checks=Checks(self.log_error),
            concurrency=self.concurrency,
            republished=republished,
        )

    def _staging(self, republished: set[str]) -> StagingSweep:
        return StagingSweep(
            listed=ListedRecords(self.repository, self.inventory),
            inventory=self.inventory,
            multipart=self.multipart,
            upload_events=self.upload_events,
            kinds=self.kinds,
            lifetimes=self.lifetimes,
            clock=self.clock,
            checks=Checks(self.log_error),
            republished=republished,
        )

"""A scenario for sweeps on fakes: documents and bytes, some of which no event has finished."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from functions.domain.document import Status
from functions.domain.effects import LEASE
from functions.domain.events import ObjectArrived
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.keys import staging_key
from functions.domain.slices import PERIOD, SLICES
from functions.domain.storage import CopyRequest, StoredObject
from functions.services.sweeps.service import STAGING_COMPLETED
from tests.examples import NOW, OWNER, PLENTY, PNG, a_document, an_id
from tests.fake_deployment import FakeDeployment
from tests.fakes import InMemoryObjectStore
from tests.interruptions import Interruption
from tests.repository_steps import a_crashed_attempt

STAGED = staging_key(OWNER, an_id())
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


class DyingObjectStore(InMemoryObjectStore):
    """A store whose copies raise `before` they are made, or `after` it. None: copies work."""

    before: BaseException | None = None
    after: BaseException | None = None

    def copy(self, request: CopyRequest) -> StoredObject:
        if self.before is not None:
            raise self.before
        copied = super().copy(request)
        if self.after is not None:
            raise self.after
        return copied


class SweepScenario(FakeDeployment):
    """Documents and bytes, some of which no event has finished."""

    def sweep(self, by: Interruption | None = None, steps: int = 1000) -> Counter[str]:
        """Sweeps until its time is over after `steps`. Returns the outcomes without STAGING_COMPLETED."""
        left = iter(range(steps - 1))
        outcomes = self.sweep_service(by).sweep(lambda: next(left, None) is None)
        del outcomes[STAGING_COMPLETED]
        return outcomes

    def sweep_all_slices(self) -> Counter[str]:
        """Sweeps until the documents and renditions of every owner were listed once."""
        outcomes: Counter[str] = Counter()
        for _ in range(SLICES):
            outcomes += self.sweep()
            self.clock.advance(PERIOD)
        return outcomes

    def wait_for_slice(self, after: timedelta) -> None:
        """Advances the clock until the slice of OWNER is swept in `after` from now."""
        wanted = int(OWNER[:2], 16)
        while int((self.clock() + after).timestamp() / PERIOD.total_seconds()) % SLICES != wanted:
            self.clock.advance(PERIOD)

    def redrive(self) -> str:
        return self.redrive_service().redrive(OWNER, an_id())

    def expect(self, **changes: Any) -> None:
        self.repository.create(a_document(**changes), replace(PLENTY, open_uploads=1_000), None, NOW)

    def put(self, key: str = STAGED) -> str:
        """Stores bytes now and returns their version."""
        version = self.objects.put(key, PNG)
        self.inventory.came[version] = self.clock()
        return version

    def begin(self, key: str = STAGED) -> str:
        """Begins a multipart upload with one part and returns its id."""
        upload_id = self.s3.create(key, "image/png", part_checksums=False)
        self.s3.put_part(key, upload_id, 1, PNG)
        self.inventory.came[upload_id] = self.clock()
        return upload_id

    def fail(self, version: str) -> None:
        """Lets every attempt on this version crash."""
        for _ in range(MAX_ATTEMPTS):
            self.apply(ObjectArrived(version))
            self.apply(a_crashed_attempt(self.document.attempt))
            self.clock.advance(LEASE)

    def get_status(self) -> Status:
        return self.document.status

    def stored_versions(self) -> Iterator[str]:
        return (version for versions in self.objects.keys.values() for version in versions)

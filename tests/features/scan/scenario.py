"""Documents that wait for GuardDuty, on in-memory ports and a clock of their own."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from functions.domain.document import Document
from functions.domain.keys import SCAN_AREA
from functions.domain.kinds import Kinds
from functions.domain.steps import SCAN, StepRecord
from functions.features.registry import find_definition
from functions.features.scan.definition import GUARDDUTY
from functions.features.scan.guardduty import NoVerdict, parse_verdict
from functions.pipeline.engine import Outcome
from tests.examples import BUCKET, OWNER, PLENTY, PNG, a_document, an_id
from tests.fake_deployment import FakeDeployment
from tests.features.scan.events import scan_event
from tests.interruptions import Interruption
from tests.worker_scenario import find_record

SWEEP = timedelta(minutes=15)


def scanned_kinds(**parameters: object) -> Kinds:
    """Returns one kind, `safe`, with these parameters of the step `scan`."""
    safe = {"content_types": ["image/png"], "max_bytes": 1_000, "steps": [SCAN], SCAN: parameters}
    return Kinds({"safe": safe}, find_definition)


@dataclass(kw_only=True)
class ScanScenario(FakeDeployment):
    """Documents of the kind `safe`. `staged` has the version of each."""

    kinds: Kinds = field(default_factory=scanned_kinds)
    scanner: str = GUARDDUTY
    staged: dict[str, str] = field(default_factory=dict)

    def upload(self, number: int = 0, *, area: str = SCAN_AREA) -> Outcome:
        """Creates a document, stores its bytes and delivers their event."""
        return self.deliver(self.stage(number, area=area))

    def stage(self, number: int = 0, *, area: str = SCAN_AREA) -> str:
        """Does the same without the event. Returns the id of the document."""
        document = a_document(id=an_id(number), kind="safe", staging_area=area)
        self.repository.create(document, PLENTY, None, self.clock())
        self.staged[document.id] = self.objects.put(document.staging_key, PNG, "image/png")
        return document.id

    def find(self, document_id: str) -> Document:
        document = self.repository.get(OWNER, document_id)
        assert document is not None
        return document

    def deliver(self, document_id: str) -> Outcome:
        """Delivers the event of S3, or that of a sweep, which is the same."""
        return self.engine().process_upload(self.find(document_id).staging_key, self.staged[document_id])

    def hear(
        self, document_id: str | None = None, by: Interruption | None = None, **changes: Any
    ) -> Outcome | NoVerdict:
        """Delivers a scan result, by default a clean one of the staged version."""
        document_id = document_id or an_id()
        known = {"key": self.find(document_id).staging_key, "version": self.staged[document_id]}
        verdict = parse_verdict(json.dumps(scan_event(**known | changes)), BUCKET)
        return verdict if isinstance(verdict, NoVerdict) else self.engine(by).process_result(verdict)

    def sweep(self) -> None:
        """Lets the time of a sweep pass, and delivers the event of each document that is due again."""
        self.clock.advance(SWEEP)
        for document_id in self.staged:
            due = self.find(document_id).next_check_at
            if due and due <= self.clock():
                self.deliver(document_id)

    @property
    def requests(self) -> int:
        """The number of scans that GuardDuty was asked for."""
        return len(self.tasks[SCAN].tasks)

    def record(self, document_id: str | None = None) -> StepRecord | None:
        return find_record(self.find(document_id or an_id()), SCAN)

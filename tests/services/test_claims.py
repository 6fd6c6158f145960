"""Claims on virtual time: a claim and a sweep that meet, and the bytes of what nobody claims."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from functions.domain.codes import Code
from functions.domain.document import Document, Status
from functions.domain.errors import AirlockError
from functions.domain.events import Transition
from functions.domain.kinds import Kinds
from functions.services.purge import PurgeOutcome
from tests.examples import NOW, OWNER, an_id
from tests.fakes import InMemoryDocuments
from tests.services.sweep_scenario import SECOND, STAGED, SweepScenario

HOUR = timedelta(hours=1)
LATE = HOUR + SECOND
KINDS = Kinds(
    {
        "image": {
            "content_types": ["image/png"],
            "max_bytes": 1000,
            "claim_within": 3600,
            "duplicates": "report",
        }
    }
)


@dataclass
class ClaimScenario(SweepScenario):
    """A ready document that must be claimed within an hour."""

    kinds: Kinds = KINDS

    def __post_init__(self) -> None:
        super().__post_init__()
        self.expect()
        self.engine().process_upload(STAGED, self.put())
        assert self.get_status() is Status.READY

    def claim(self) -> Document:
        return self.document_service().claim(OWNER, an_id(), self.clock(), "back-end")

    def purge(self) -> list[PurgeOutcome]:
        tasks, self.queues.purge_tasks[:] = [*self.queues.purge_tasks], []
        return [self.purge_service().purge(*task) for task in tasks]


def code_of(scenario: ClaimScenario) -> Code:
    with pytest.raises(AirlockError) as error:
        scenario.claim()
    return error.value.code


def test_a_claimed_document_survives_every_sweep() -> None:
    scenario = ClaimScenario()
    scenario.clock.advance(HOUR - SECOND)
    scenario.claim()
    scenario.clock.advance(1000 * HOUR)
    assert "unclaimed_expired" not in scenario.sweep()
    assert scenario.get_status() is Status.READY
    assert scenario.claim().claimed_at == NOW + HOUR - SECOND


def test_what_nobody_claims_expires_and_its_bytes_are_purged() -> None:
    scenario = ClaimScenario()
    scenario.clock.advance(LATE)
    assert scenario.sweep()["unclaimed_expired"] == 1
    assert scenario.purge() == [PurgeOutcome.COPIES_DELETED]
    assert scenario.document.stored_version is None
    assert not [*scenario.inventory.versions(scenario.document.documents_key)]
    assert scenario.repository.usage(OWNER, NOW).reserved_bytes == 0
    assert code_of(scenario) is Code.CLAIM_EXPIRED


def test_a_purge_that_is_lost_is_enqueued_again() -> None:
    scenario = ClaimScenario()
    scenario.clock.advance(LATE)
    scenario.sweep()
    scenario.queues.purge_tasks.clear()
    scenario.clock.advance(SECOND)
    assert scenario.sweep()["copy_purge_enqueued"] == 1
    assert scenario.purge() == [PurgeOutcome.COPIES_DELETED]
    assert "copy_purge_enqueued" not in scenario.sweep()


def test_a_claim_before_the_next_sweep_is_too_late_once_the_time_is_over() -> None:
    scenario = ClaimScenario()
    scenario.clock.advance(HOUR)
    assert code_of(scenario) is Code.CLAIM_EXPIRED
    assert scenario.get_status() is Status.READY


class OtherFirst(InMemoryDocuments):
    """A table in which `act` runs once between the read and the write of another caller."""

    act: Callable[[], object] | None = None

    def apply(self, transition: Transition) -> None:
        if self.act is not None:
            act, self.act = self.act, None
            act()
        super().apply(transition)


def test_a_sweep_that_read_before_a_claim_was_written_does_not_end_the_document() -> None:
    table = OtherFirst()
    scenario = ClaimScenario(repository=table)
    scenario.clock.advance(LATE)
    table.act = lambda: scenario.document_service().claim(OWNER, an_id(), NOW + HOUR - SECOND)
    assert "unclaimed_expired" not in scenario.sweep()
    assert (scenario.get_status(), scenario.document.claimed_at) == (Status.READY, NOW + HOUR - SECOND)


def test_a_claim_that_read_before_a_sweep_has_ended_the_document_is_too_late() -> None:
    table = OtherFirst()
    scenario = ClaimScenario(repository=table)

    def end_first() -> None:
        scenario.clock.advance(LATE)
        scenario.sweep()

    table.act = end_first
    assert code_of(scenario) is Code.CLAIM_EXPIRED
    assert scenario.get_status() is Status.EXPIRED

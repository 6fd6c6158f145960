"""Whatever workers answer, over all orders of steps: a document is ready only if every gate has passed for its version."""

from datetime import timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from functions.domain.document import Status
from functions.domain.effects import LEASE
from functions.domain.kinds import Kinds
from functions.domain.tasks import TaskOutcome, TaskResult
from functions.pipeline.engine import Outcome
from tests.examples import OWNER, PNG, a_document, an_id
from tests.worker_scenario import WorkerScenario

GATES = ("virus", "review", "words")
KINDS = Kinds(
    {
        "-".join(steps) or "none": {"content_types": ["image/png"], "max_bytes": 1000, "steps": list(steps)}
        for number in range(len(GATES) + 1)
        for steps in permutations(GATES, number)
    }
    | {"steps": {gate: {"timeout": 600} for gate in GATES}}
)
NAMES = [
    "-".join(steps) or "none" for number in range(len(GATES) + 1) for steps in permutations(GATES, number)
]

answers = st.fixed_dictionaries(
    {
        "step": st.sampled_from(GATES),
        "outcome": st.sampled_from(TaskOutcome),
        "is_version": st.booleans(),
        "attempt": st.integers(0, 6),
        "facts": st.sampled_from([{}, {"pages": 1}]),
    }
)
acts = st.lists(st.one_of(answers, st.just("event"), st.just("wait"), st.just("lease")), max_size=25)


@given(kind=st.sampled_from(NAMES), acts=acts)
def test_no_document_is_ready_without_every_gate_for_its_version(kind: str, acts: list[object]) -> None:
    scenario = WorkerScenario(kinds=KINDS)
    scenario.expect(a_document(kind=kind))
    version = scenario.upload(PNG)
    passed: set[str] = set()
    for act in acts:
        if isinstance(act, dict):
            outcome = _answer(scenario, act, version)
            applied = outcome not in (Outcome.STALE_ATTEMPT, Outcome.ALREADY_APPLIED, Outcome.OBJECT_GONE)
            if applied and act["is_version"] and act["outcome"] is TaskOutcome.PASSED:
                passed.add(act["step"])
        elif act == "event":
            scenario.deliver(version)
        else:
            scenario.clock.advance(timedelta(seconds=600) if act == "wait" else LEASE)
        if scenario.document.status is Status.READY:
            assert set(filter(None, kind.replace("none", "").split("-"))) <= passed


def _answer(scenario: WorkerScenario, act: dict[str, object], version: str) -> Outcome:
    result = TaskResult(
        document_id=an_id(),
        owner=OWNER,
        step=str(act["step"]),
        attempt=int(str(act["attempt"])),
        version=version if act["is_version"] else "another",
        outcome=TaskOutcome(str(act["outcome"])),
        facts=act["facts"],  # type: ignore[arg-type]
    )
    return scenario.engine().process_result(result)

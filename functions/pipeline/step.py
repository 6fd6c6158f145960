"""The contract of a step: one gate or processor between the arrival of the bytes and `ready`.

A step says Passed, Rejected or Suspended. It is safe to run twice. It raises Unavailable for a fault of AWS or of a worker,
which is never the file's fault, and the engine runs it again later.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.kinds import Kind
from functions.domain.steps import TYPE, Json, StepRecord
from functions.domain.storage import StoredObject


@dataclass(frozen=True, slots=True)
class Passed:
    """The step accepts the file. `facts` are what it found out, with names in camelCase as the API shows them."""

    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rejected:
    """The file is at fault, which is final. `facts` may say what it really is."""

    code: Code
    detail: str | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suspended:
    """The step waits for a worker's result. Without one, it runs again at `resume_at`, with `token` in its record.

    `resume_at` is None for a step that waits without end.
    """

    resume_at: datetime | None
    token: str | None = None
    detail: str | None = None


Verdict = Passed | Rejected | Suspended


@dataclass(frozen=True, slots=True, kw_only=True)
class StepContext:
    """The information that a step gets.

    - `staged` is the version that arrived, `head` its first bytes, and `read(start, length)` returns others.
    - `kind` is None if the deployment has removed it since the document was created.
    - `parameters` are those of the kind for this step.
    - `passed` are the steps before, in order. Facts of equal names are those of different steps.
    - `record` is what this step left when it was suspended.
    """

    document: Document
    kind: Kind | None
    staged: StoredObject
    head: bytes
    read: Callable[[int, int], bytes]
    parameters: Mapping[str, Json]
    passed: Sequence[StepRecord]
    record: StepRecord | None
    now: datetime

    @property
    def content_type(self) -> str:
        """The type that the step `type` has found, whatever other steps say. Raises KeyError before it has passed."""
        facts = {record.name: record.facts for record in self.passed}
        return str(facts[TYPE]["contentType"])

    @property
    def keeps_original(self) -> bool:
        """False if a step before has made what replaces the original, whatever later steps say."""
        return not any(record.facts.get("keepOriginal") is False for record in self.passed)


class Step(Protocol):
    """One step. Its name is part of the API and of kinds.toml."""

    @property
    def name(self) -> str: ...

    def run(self, context: StepContext) -> Verdict:
        """Returns the verdict. Raises Unavailable for what is not the file's fault."""

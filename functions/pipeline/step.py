"""The contract of a step: one gate or processor between the arrival of the bytes and `ready`.

A step says Passed, Rejected or Suspended. It is safe to run twice. It raises Unavailable for a fault of AWS or of a worker,
which is never the file's fault, and the engine runs it again later.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.kinds import Kind
from functions.domain.steps import Json, StepRecord
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
    - `facts` are those of the steps before.
    - `record` is what this step left when it was suspended.
    """

    document: Document
    kind: Kind | None
    staged: StoredObject
    head: bytes
    read: Callable[[int, int], bytes]
    parameters: Mapping[str, Json]
    facts: Mapping[str, Json]
    record: StepRecord | None
    now: datetime


class Step(Protocol):
    """One step. Its name is part of the API and of kinds.toml."""

    @property
    def name(self) -> str: ...

    def run(self, context: StepContext) -> Verdict:
        """Returns the verdict. Raises Unavailable for what is not the file's fault."""

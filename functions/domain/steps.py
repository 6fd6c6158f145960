"""Steps of the pipeline as the record remembers them: what each one said, and the renditions that it made."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from functions.domain.codes import Code
from functions.domain.parts import MAX_OBJECT

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
"""A value of JSON."""

SIZE, TYPE, PROMOTE = "size", "type", "promote"
"""Names of the steps that every kind has: two before the steps that it lists, and one after them."""

BUILT_IN = frozenset({SIZE, TYPE, PROMOTE})

SCAN = "scan"
"""Name of the step for malware. Its kinds have a part of `staging/`, and its verdict on a stored version is a rescan."""

_RENDITION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MAX_RENDITIONS = 50


class StepStatus(StrEnum):
    """The status of one step of one document. It is part of the API."""

    PASSED = "passed"
    REJECTED = "rejected"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """The outcome of one step.

    - `code` says why the file was rejected, `detail` says more to people.
    - `facts` are what the step found out, and its renditions.
    - `attempt` is the attempt of the document in which the step ran. A worker's result with facts must have the same.
    - A step that waits runs again at `resume_at`; None: it waits without end. `tries` counts its runs without any sign of its worker.
    - `token` is what a step that waits has to remember, such as the id of a multipart upload.
    """

    name: str
    status: StepStatus
    at: datetime
    attempt: int
    code: str | None = None
    detail: str | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)
    resume_at: datetime | None = None
    tries: int = 0
    token: str | None = None

    def is_waiting(self, now: datetime) -> bool:
        """True while the step's worker may still send a result."""
        is_in_time = self.resume_at is None or now < self.resume_at
        return self.status is StepStatus.WAITING and is_in_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """An object that a step made of a document: one version of `renditions/{owner}/{id}/{step}/{name}`.

    `size` is bytes, `sha256` lower-case hex. `width` and `height` are pixels, None for what is not an image.
    """

    name: str
    step: str
    version: str
    content_type: str
    size: int
    sha256: str
    width: int | None = None
    height: int | None = None


def renditions_of(steps: Sequence[StepRecord]) -> Iterator[Rendition]:
    """Yields the renditions of the steps that have passed, in the order of the steps. Of equal names the first one counts."""
    seen: set[str] = set()
    for record in steps:
        if record.status is not StepStatus.PASSED or "renditions" not in record.facts:
            continue
        for rendition in parse_renditions(record.name, record.facts["renditions"]):
            if rendition.name not in seen:
                seen.add(rendition.name)
                yield rendition


def parse_renditions(step: str, facts: Json) -> list[Rendition]:
    """Parses the fact `renditions` of a result: name -> versionId, contentType, size, sha256 and perhaps width and height.

    Raises ValueError.
    """
    if not isinstance(facts, Mapping) or len(facts) > _MAX_RENDITIONS:
        raise ValueError(f"renditions must be an object with at most {_MAX_RENDITIONS} keys")
    return [_parse_rendition(step, name, facts[name]) for name in facts]


def _parse_rendition(step: str, name: str, facts: Json) -> Rendition:
    if not _RENDITION_NAME.fullmatch(name):
        raise ValueError("the name of a rendition has 1 to 64 letters, digits, dots, dashes and underscores")
    match facts:
        case {
            "versionId": str(version),
            "contentType": str(content_type),
            "size": int(size),
            "sha256": str(sha256),
            **more,
        } if version and version != "null" and not isinstance(size, bool) and 0 <= size <= MAX_OBJECT:
            return Rendition(
                name=name,
                step=step,
                version=version,
                content_type=content_type,
                size=size,
                sha256=_parse_sha256(sha256),
                width=_parse_pixels(more.pop("width", None)),
                height=_parse_pixels(more.pop("height", None)),
            )
    raise ValueError("a rendition needs versionId, contentType, size and sha256")


def _parse_sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError("the sha256 of a rendition has 64 lower-case hex digits")
    return text


def _parse_pixels(value: object) -> int | None:
    if value is None:
        return None
    if type(value) is not int or value < 1:
        raise ValueError("width and height of a rendition are whole numbers above zero")
    return value


_STEP_OF_CODE: Mapping[str, str] = {
    Code.SIZE_MISMATCH: SIZE,
    Code.TYPE_MISMATCH: TYPE,
    Code.TYPE_NOT_ALLOWED: TYPE,
    Code.SUSPICIOUS_CONTENT: TYPE,
    Code.PASSWORD_PROTECTED: TYPE,
}


def built_in_records(steps: Sequence[StepRecord], reason: str | None, at: datetime) -> tuple[StepRecord, ...]:
    """Returns `steps` with those built-in ones that the record leaves out, because its status says what became of them.

    `reason` is why the document was rejected, None for a ready one. `at` is the time of that status.
    """

    listed = [step for step in steps if step.name not in BUILT_IN]
    # The worker of a listed step may reject a file with the code of a built-in one.
    is_by_worker = any(step.status is StepStatus.REJECTED and step.code == reason for step in listed)
    rejecting = None if reason is None or is_by_worker else _STEP_OF_CODE.get(reason)

    def record(name: str) -> StepRecord:
        status = StepStatus.REJECTED if name == rejecting else StepStatus.PASSED
        return StepRecord(
            name=name, status=status, at=at, attempt=0, code=reason if name == rejecting else None
        )

    first = [record(SIZE)] if rejecting == SIZE else [record(SIZE), record(TYPE)]
    last = [record(PROMOTE)] if reason is None else []
    return (*first, *listed, *last)

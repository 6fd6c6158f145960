"""Conversion between the steps of a document and maps in its item. What has its default is left out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.domain.steps import StepRecord, StepStatus


def step_to_map(step: StepRecord) -> dict[str, Any]:
    values = {
        "name": step.name,
        "status": step.status.value,
        "at": step.at.isoformat(),
        "attempt": step.attempt,
        "code": step.code,
        "detail": step.detail,
        "facts": dict(step.facts),
        "resume_at": step.resume_at.isoformat() if step.resume_at else None,
        "tries": step.tries,
        "token": step.token,
    }
    return {name: value for name, value in values.items() if value}


def step_from_map(values: Mapping[str, Any]) -> StepRecord:
    times = {name: datetime.fromisoformat(values[name]) for name in ("at", "resume_at") if name in values}
    return StepRecord(**{"attempt": 0, **values, **times, "status": StepStatus(values["status"])})

"""Conversion between the steps of a document and maps in its item. What has its default is left out.

Facts are a worker's JSON. They are stored as JSON text, because DynamoDB has no NaN, no number of more than 38 digits, no
empty attribute name and no more than 32 levels. Source: Amazon DynamoDB Developer Guide, "Quotas", "Supported data types".
"""

import json
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
        "facts": json.dumps(step.facts, separators=(",", ":")) if step.facts else None,
        "resume_at": step.resume_at.isoformat() if step.resume_at else None,
        "tries": step.tries,
        "token": step.token,
    }
    return {name: value for name, value in values.items() if value not in (None, 0)}


def step_from_map(values: Mapping[str, Any]) -> StepRecord:
    times = {name: datetime.fromisoformat(values[name]) for name in ("at", "resume_at") if name in values}
    facts = json.loads(values.get("facts", "{}"))
    changes = {**times, "status": StepStatus(values["status"]), "facts": facts}
    return StepRecord(**{"attempt": 0, **values, **changes})

"""Kinds with the steps that Airlock ships, and the files that they accept."""

from collections.abc import Mapping
from typing import Any

from functions.domain.kinds import Kinds
from functions.features.registry import find_definition
from tests.examples import PNG

CSV = b"id,name\n1,Ada\n2,Grace\n3,Edsger\n4,Barbara\n5,Donald\n6,Frances\n7777,Ken\n"
"""A table of as many bytes as `PNG`, whose rows are all valid."""
assert len(CSV) == len(PNG)

_PICTURE = {"content_types": ["image/png"], "max_bytes": 1_000, "forms": True}
POLICIES: Mapping[str, Mapping[str, Any]] = {
    "scanned": {**_PICTURE, "steps": ["scan"]},
    "picture": {
        **_PICTURE,
        "steps": ["scan", "image"],
        "image": {"sizes": {"small": 64, "large": 512}, "keep_original": False},
    },
    "imported": {
        "content_types": ["text/csv"],
        "max_bytes": 1_000,
        "forms": True,
        "steps": ["table"],
        "table": {"columns": [{"name": "id", "type": "integer", "unique": True}, {"name": "name"}]},
    },
}
SHIPPED_KINDS = Kinds(POLICIES, find_definition)
STEPS_OF_SHIPPED_KINDS: Mapping[str, tuple[str, ...]] = {kind.name: kind.steps for kind in SHIPPED_KINDS}

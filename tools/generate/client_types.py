"""Renders `clients/js/src/file-types.js` from `functions.domain.file_types`: the names of types and the extensions."""

import json
from collections.abc import Iterable

from functions.domain.file_types import BY_EXTENSION, TYPES

_HEAD = """/**
 * File types: the name of each content type in a sentence, and the content type of each extension.
 * Generated from functions/domain/file_types.py by `make generate`.
 */
"""


def render() -> str:
    """Returns the module as JavaScript."""
    names = _map("NAMES", ((name, row.name) for name, row in TYPES.items()))
    by_extension = _map("BY_EXTENSION", ((name, row.content_type) for name, row in BY_EXTENSION.items()))
    return f"{_HEAD}\n{names}\n{by_extension}"


def _map(name: str, entries: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"  [{json.dumps(key)}, {json.dumps(value)}],\n" for key, value in sorted(entries))
    return f"/** @type {{ReadonlyMap<string, string>}} */\nexport const {name} = new Map([\n{rows}]);\n"

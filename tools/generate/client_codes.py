"""Renders `clients/js/src/codes.js` from `functions.domain.codes.Code`: the status and the message of each code."""

import json

from functions.domain.codes import Code

_HEAD = """/**
 * The codes of problems and the reasons of rejections, with the HTTP status (null for a reason) and a sentence for people.
 * Generated from functions/domain/codes.py by `make generate`.
 * @type {Readonly<Record<string, { status: number | null, message: string }>>}
 */
"""


def render() -> str:
    """Returns the module as JavaScript."""
    rows = "".join(f"  {code}: {_object(code)},\n" for code in sorted(Code))
    return f"{_HEAD}export const CODES = Object.freeze({{\n{rows}}});\n"


def _object(code: Code) -> str:
    return f"{{ status: {json.dumps(code.status)}, message: {json.dumps(code.message)} }}"

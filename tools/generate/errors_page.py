"""Renders `docs/errors.md` from `functions.domain.codes.Code`: every code with what it means and what to do."""

from collections.abc import Iterable

from functions.domain.codes import Code

_HEAD = """# Errors

Generated from `functions/domain/codes.py` by `make generate`.

The API responds to an error with `application/problem+json` (RFC 9457). `code` is stable, `detail` is a sentence for people,
and `errors` lists the fields that are wrong. `requestId` finds the request in the logs. API Gateway rejects some requests
before any function runs, with `{"message": "..."}` as JSON and without a code: 401 and 403 for a token, 413 for a body of
more than 10 MB, 429 and 503 for too many requests.

## Problems

| code | status | meaning | what to do |
|---|---|---|---|
"""
_REASONS = """
## Reasons

`reason` of a document whose `status` is `rejected` or `failed`, and of the same entry in its `history`.

| reason | meaning | what to do |
|---|---|---|
"""


def render() -> str:
    """Returns the page as Markdown."""
    problems = [code for code in Code if code.status is not None]
    return _HEAD + _rows(problems, with_status=True) + _REASONS + _rows(filter(_is_reason, Code))


def _rows(codes: Iterable[Code], *, with_status: bool = False) -> str:
    ordered = sorted(codes, key=lambda code: (code.status or 0, code) if with_status else (0, code))
    return "".join(_row(code, *([str(code.status)] if with_status else [])) for code in ordered)


def _row(code: Code, *cells: str) -> str:
    return " | ".join((f"| `{code}`", *cells, code.message, f"{code.remedy} |\n"))


def _is_reason(code: Code) -> bool:
    return code.is_reason

"""Renders `docs/errors.md` from the codes and the route table: what each code means, what to do, and who responds with it."""

from functions.domain.codes import Code
from functions.http.routes import ROUTES
from functions.http.texts import ENGLISH, SHIPPED, read_shipped

_HEAD = """# Errors

Generated from `functions/domain/codes.py`, `functions/texts/` and `functions/http/routes.py` by `make generate`.

The API responds to an error with `application/problem+json` (RFC 9457). `code` is stable, `detail` is a sentence for
developers, `message` one for end users, and `errors` lists the fields that are wrong. `requestId` finds the request in the logs. API Gateway rejects some requests
before any function runs, with `{"message": "..."}` as JSON and without a code: 401 and 403 for a token, 413 for a body of
more than 10 MB, 429 and 503 for too many requests.

## Problems

| code | status | meaning | what to do | operations |
|---|---|---|---|---|
"""
_REASONS = """
## Reasons

The `reason` of a document whose `status` is `rejected`, `failed` or `expired`, and of that entry in its `history`.

| reason | meaning | what to do |
|---|---|---|
"""
_LOGGED = """
## Codes in logs

No operation responds with these codes. They appear in the logs of the functions.

| code | meaning | what to do |
|---|---|---|
"""
_SENTENCES = """
## Sentences for end users

`message` of a problem, and of a document with a `reason`, is one of these sentences, in the language that the header
`Accept-Language` of the request prefers. The file [`textsFile`](forms.md#sentences-for-end-users) replaces them and adds languages.

| code | English (`en`) | German (`de`) | French (`fr`) |
|---|---|---|---|
"""
_OPERATIONS = {
    code: [route.operation_id for route in ROUTES if code in route.codes]
    for code in sorted(Code, key=lambda code: (code.status or 0, code))
}
_OPERATION_COUNT = sum(not route.is_public for route in ROUTES)


def render() -> str:
    """Returns the page as Markdown."""
    problems = [
        _row(code, str(code.status), last=_join(names)) for code, names in _OPERATIONS.items() if names
    ]
    reasons = [_row(code) for code in _OPERATIONS if code.is_reason]
    logged = [_row(code) for code, names in _OPERATIONS.items() if not names and not code.is_reason]
    return "".join((_HEAD, *problems, _REASONS, *reasons, _LOGGED, *logged, _SENTENCES, *_list_sentences()))


def _list_sentences() -> list[str]:
    languages = [read_shipped(language) for language in (ENGLISH, *SHIPPED)]
    return [f"| `{code}` | {' | '.join(each[code] for each in languages)} |\n" for code in sorted(Code)]


def _row(code: Code, *cells: str, last: str = "") -> str:
    columns = [f"`{code}`", *cells, code.message, code.remedy, *([last] if last else [])]
    return f"| {' | '.join(columns)} |\n"


def _join(operations: list[str]) -> str:
    return "all" if len(operations) == _OPERATION_COUNT else ", ".join(operations)

"""Problems: the status of the code, the fields that are wrong, and a path that is always a URI."""

import json
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput, Unavailable
from functions.http.problems import Occurrence, render_code, render_error, render_validation_errors
from functions.http.texts import Texts

OCCURRENCE = Occurrence("/documents", "a-request-id", Texts(None))


def body_of(response: Any) -> dict[str, Any]:
    assert response.content_type == "application/problem+json"
    body: dict[str, Any] = json.loads(response.body)
    assert body["status"] == response.status_code
    return body


def test_a_code_gives_status_title_and_detail() -> None:
    assert body_of(
        render_code(Code.ROUTE_NOT_FOUND, Occurrence("/nowhere", "a-request-id", Texts(None)))
    ) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no operation at this path.",
        "instance": "/nowhere",
        "code": "route_not_found",
        "message": "There is no operation at this path.",
        "requestId": "a-request-id",
    }


def test_an_error_gives_its_field_and_its_delay() -> None:
    wrong = body_of(render_error(InvalidInput(Code.SIZE_TOO_SMALL, field="size"), OCCURRENCE))
    assert wrong["errors"] == [{"field": "size", "detail": "An empty file cannot be uploaded."}]
    busy = render_error(Unavailable(Code.BUSY, retry_after=3), OCCURRENCE)
    assert busy.headers["Retry-After"] == "3"
    assert "errors" not in body_of(busy)


def test_the_path_is_a_uri_whatever_the_client_sent() -> None:
    assert (
        body_of(render_code(Code.ROUTE_NOT_FOUND, Occurrence("/ü b", "r", Texts(None))))["instance"]
        == "/%C3%BC%20b"
    )


class Request(BaseModel):
    fileName: str = Field(max_length=3)  # noqa: N815 - the JSON name
    metadata: dict[str, int] = Field(default_factory=dict)


def validation_problem(**values: Any) -> dict[str, Any]:
    try:
        Request.model_validate(values)
    except ValidationError as error:
        return body_of(render_validation_errors(error.errors(), Occurrence("/documents", "r", Texts(None))))
    raise AssertionError


def test_validation_errors_name_the_fields_without_their_values() -> None:
    problem = validation_problem(fileName="a", metadata={"a": "private"})
    assert problem["code"] == "validation_failed"
    assert [error["field"] for error in problem["errors"]] == ["metadata.a"]
    assert "private" not in json.dumps(problem)


def test_text_that_the_domain_would_reject_has_the_code_of_the_domain() -> None:
    assert validation_problem(fileName="too long")["code"] == "filename_invalid"

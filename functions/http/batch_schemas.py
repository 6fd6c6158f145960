"""The API's JSON for batches of creates and of deletes, and its conversion from and to the objects of the domain.

pydantic builds these models when the first batch arrives, because most starts of a function serve none.
"""

import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, WrapValidator

from functions.domain.errors import AirlockError
from functions.domain.validation import InvalidRequest, UploadRequest
from functions.http.json_types import RequestModel, ResponseModel
from functions.http.problems import InvalidFields, list_fields
from functions.http.schemas import OWNER_FIELD, CreateRequest, CreateResponse, OwnerId
from functions.http.texts import Texts

if TYPE_CHECKING:
    from functions.services.uploads import CreateResult


def _keep_invalid(value: Any, validate: Callable[[Any], CreateRequest]) -> CreateRequest | InvalidRequest:
    """Returns an InvalidRequest for a value that does not match the schema, because only its own result is a problem."""
    try:
        return validate(value)
    except ValidationError as error:
        text = json.dumps(value, sort_keys=True)
        return InvalidRequest(text, InvalidFields(error.errors(include_url=False, include_input=False)))


class BatchRequest(RequestModel, defer_build=True):
    """Files that the client wants to upload. Each is validated by itself."""

    documents: list[Annotated[CreateRequest, WrapValidator(_keep_invalid)]] = Field(
        min_length=1, max_length=50
    )
    on_behalf_of: OwnerId | None = OWNER_FIELD

    def to_domain(self) -> list[UploadRequest | InvalidRequest]:
        items: Sequence[CreateRequest | InvalidRequest] = self.documents
        return [item if isinstance(item, InvalidRequest) else item.to_domain() for item in items]


class BatchDeleteRequest(RequestModel, defer_build=True):
    ids: list[str] = Field(min_length=1, max_length=100)


class FieldProblem(ResponseModel, defer_build=True):
    field: str
    detail: str


class ItemProblem(ResponseModel, defer_build=True):
    """Problem of one item of a batch: what the response to a call for this item alone would be."""

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    message: str | None = Field(
        None, description="A sentence for the end user, in the language that `Accept-Language` prefers."
    )
    errors: list[FieldProblem] = Field(default_factory=list, exclude_if=lambda errors: not errors)
    retry_after: int | None = Field(None, description="Seconds.", exclude_if=lambda seconds: seconds is None)
    duplicate_of: str | None = Field(
        None, description="The document with the same content.", exclude_if=lambda original: original is None
    )

    @classmethod
    def from_error(cls, error: AirlockError, texts: Texts) -> Self:
        status = HTTPStatus(error.code.status or HTTPStatus.INTERNAL_SERVER_ERROR)
        return cls(
            title=status.phrase,
            status=status,
            detail=error.detail,
            code=error.code,
            message=texts.find(error.code),
            errors=[FieldProblem(**field) for field in list_fields(error)],
            retry_after=error.retry_after,
            duplicate_of=error.duplicate_of,
        )


class FailedCreate(ResponseModel, defer_build=True):
    problem: ItemProblem


class BatchResponse(ResponseModel, defer_build=True):
    """A multipart upload has no part URLs here; `presignParts` returns them."""

    results: list[CreateResponse | FailedCreate]

    @classmethod
    def from_results(cls, results: "Sequence[CreateResult | AirlockError]", texts: Texts) -> Self:
        return cls(
            results=[
                FailedCreate(problem=ItemProblem.from_error(result, texts))
                if isinstance(result, AirlockError)
                else CreateResponse.from_result(result, texts)
                for result in results
            ]
        )


class DeleteResult(ResponseModel, defer_build=True):
    id: str
    problem: ItemProblem | None = Field(
        None,
        description="Missing if the document is deleted.",
        exclude_if=lambda problem: problem is None,
    )


class BatchDeleteResponse(ResponseModel, defer_build=True):
    results: list[DeleteResult]

    @classmethod
    def from_errors(cls, ids: Sequence[str], errors: Sequence[AirlockError | None], texts: Texts) -> Self:
        return cls(
            results=[
                DeleteResult(id=id, problem=ItemProblem.from_error(error, texts) if error else None)
                for id, error in zip(ids, errors, strict=True)
            ]
        )

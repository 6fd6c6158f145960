"""The API's JSON for the steps of a document, and for the renditions that they have made."""

from typing import Literal, Self

from pydantic import Field

from functions.domain.steps import Rendition as RenditionRecord
from functions.domain.steps import StepRecord
from functions.http.json_types import ResponseModel, Time


class Step(ResponseModel):
    """One step of the pipeline that has run."""

    name: str
    status: Literal["passed", "rejected", "waiting"]
    at: Time
    detail: str | None = Field(None, exclude_if=lambda detail: detail is None)

    @classmethod
    def from_record(cls, record: StepRecord) -> Self:
        return cls(name=record.name, status=record.status.value, at=record.at, detail=record.detail)


class Rendition(ResponseModel):
    """An object that a step made of the document."""

    content_type: str
    size: int = Field(description="Bytes.")
    sha256: str
    width: int | None = Field(None, description="Pixels.", exclude_if=lambda width: width is None)
    height: int | None = Field(None, description="Pixels.", exclude_if=lambda height: height is None)

    @classmethod
    def from_record(cls, record: RenditionRecord) -> Self:
        return cls(
            content_type=record.content_type,
            size=record.size,
            sha256=record.sha256,
            width=record.width,
            height=record.height,
        )

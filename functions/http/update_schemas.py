"""The API's JSON for a change of what describes a document."""

from typing import Annotated

from pydantic import Field

from functions.domain.details import MAX_ENTRIES, DetailsPatch
from functions.http.json_types import RequestModel
from functions.http.schemas import MetadataKey, MetadataValue


class UpdateRequest(RequestModel):
    """The fields to change. Others stay, and an unknown field is an error."""

    file_name: str = Field(
        "",
        max_length=1024,
        description="Cleaned as in a create. A title that equals the file name follows it.",
    )
    title: Annotated[str, Field(min_length=1, max_length=255)] | None = Field(
        None, description="Null stands for the file name."
    )
    metadata: dict[MetadataKey, MetadataValue | None] = Field(
        default_factory=dict,
        max_length=2 * MAX_ENTRIES,
        description="Entries to replace, or with null to remove. Others stay.",
    )

    def to_domain(self) -> DetailsPatch:
        given = self.model_fields_set
        return DetailsPatch(
            file_name=self.file_name if "file_name" in given else None,
            title=self.title or "" if "title" in given else None,
            metadata=self.metadata,
        )

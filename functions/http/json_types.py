"""Base classes of the API's JSON: camelCase names, and times as RFC 3339 in UTC."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from functions.domain.times import format_rfc3339

Time = Annotated[
    datetime,
    PlainSerializer(format_rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


def _drop_defaults(schema: dict[str, Any]) -> None:
    """Removes the defaults from the description of a body, because generators of clients require fields that have one."""
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class RequestModel(BaseModel):
    """Body of a request. Strict: a number in quotes is not a number, and an unknown field is an error."""

    model_config = ConfigDict(
        alias_generator=to_camel, strict=True, extra="forbid", json_schema_extra=_drop_defaults
    )


class ResponseModel(BaseModel):
    """Body of a response, or a part of it."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

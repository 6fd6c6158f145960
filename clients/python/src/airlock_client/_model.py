"""The base of all requests and responses."""

import re
from typing import Any

from pydantic import BaseModel, ConfigDict


def to_camel_case(name: str) -> str:
    """Returns `file_name` as `fileName`."""
    return re.sub("_([a-z])", lambda match: match[1].upper(), name)


class Model(BaseModel):
    """An object of the API. Fields are in snake case here and in camel case in JSON; unknown fields are ignored.

    pydantic builds a model on first use, because a command uses a few of them.
    """

    model_config = ConfigDict(
        alias_generator=to_camel_case,
        frozen=True,
        extra="ignore",
        populate_by_name=True,
        defer_build=True,
    )

    def to_json(self) -> dict[str, Any]:
        """Returns the fields that were set, as the API names them."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

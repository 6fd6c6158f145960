"""The API's JSON for what a deployment accepts: its kinds, and the limits of an owner. pydantic builds it on first use."""

from collections.abc import Iterable
from typing import Literal, Self

from pydantic import Field

from functions.domain.document import Method
from functions.domain.duplicates import DuplicatePolicy
from functions.domain.kinds import MAX_SINGLE_PUT, Kind
from functions.domain.media_types import list_extensions
from functions.domain.quota import Limits
from functions.domain.steps import PROMOTE, SIZE, TYPE
from functions.http.json_types import ResponseModel

MethodName = Literal["PUT", "POST", "MULTIPART"]


class KindDescription(ResponseModel, defer_build=True):
    """One sort of document, and what is accepted as such."""

    name: str
    content_types: list[str]
    extensions: list[str] = Field(
        description="Extensions of these content types, each with its dot. A name with another known extension is rejected."
    )
    min_size: int = Field(description="Bytes.")
    max_size: int = Field(description="Bytes.")
    methods: list[MethodName] = Field(description="Methods that a create may name.")
    steps: list[str] = Field(description="The steps that a file passes before it is ready, in order.")
    strict_types: bool = Field(
        description="True if the bytes must have the declared content type, false if any type of this kind will do."
    )
    duplicates: DuplicatePolicy = Field(
        description="`report`: a file that you have stored under this kind already names the other document. `reject`: it is"
        " rejected, by the create if that declares its `sha256`."
    )
    claim_within: int | None = Field(
        None,
        description="Seconds after which a ready document expires unless it is claimed. Absent if it needs no claim.",
        exclude_if=lambda seconds: seconds is None,
    )

    @classmethod
    def from_kind(cls, kind: Kind) -> Self:
        return cls(
            name=kind.name,
            content_types=sorted(kind.content_types),
            extensions=[f".{name}" for name in list_extensions(kind.content_types)],
            min_size=1,
            max_size=kind.max_bytes,
            methods=[method.value for method in Method if kind.forms or method is not Method.POST],
            steps=[SIZE, TYPE, *kind.steps, PROMOTE],
            strict_types=kind.strict_types,
            duplicates=kind.duplicates,
            claim_within=int(kind.claim_within.total_seconds()) if kind.claim_within else None,
        )


class OwnerLimits(ResponseModel, defer_build=True):
    """The limits of the caller. A day begins at midnight UTC."""

    open_uploads: int
    stored_bytes: int
    daily_files: int
    daily_bytes: int

    @classmethod
    def from_limits(cls, limits: Limits) -> Self:
        return cls(
            open_uploads=limits.open_uploads,
            stored_bytes=limits.stored_bytes,
            daily_files=limits.daily_files,
            daily_bytes=limits.daily_bytes,
        )


class KindsResponse(ResponseModel, defer_build=True):
    """The kinds and limits of this deployment. A create without `kind` gets the first kind that accepts its content type."""

    kinds: list[KindDescription]
    max_request_size: int = Field(
        description="Maximum size of one PUT or form in bytes. A larger file needs `MULTIPART`."
    )
    limits: OwnerLimits
    push: bool = Field(
        description="True if `POST /events/tickets` exists, by which the server reports changes."
    )

    @classmethod
    def from_kinds(cls, kinds: Iterable[Kind], limits: Limits, *, has_push: bool) -> Self:
        return cls(
            kinds=[KindDescription.from_kind(kind) for kind in kinds],
            max_request_size=MAX_SINGLE_PUT,
            limits=OwnerLimits.from_limits(limits),
            push=has_push,
        )

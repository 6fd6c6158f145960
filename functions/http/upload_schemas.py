"""The API's JSON for presigned uploads: where and how a client sends the bytes."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from functions.http import part_schemas
from functions.http.json_types import ResponseModel, Time
from functions.signing.presigning import PresignedPut
from functions.signing.sigv4 import SignedForm

if TYPE_CHECKING:
    from functions.services.uploads import PresignedUpload


class PutUpload(ResponseModel):
    """Send the file as the body of one PUT with exactly these headers."""

    method: Literal["PUT"]
    url: str
    headers: dict[str, str]
    expires_at: Time


class FormUpload(ResponseModel):
    """Post a form with these fields, and the file as the last field, `file`."""

    method: Literal["POST"]
    url: str
    fields: dict[str, str]
    expires_at: Time


class MultipartUpload(ResponseModel):
    """PUT each part to its URL, request more URLs with `presignParts`, then call `completeUpload`."""

    method: Literal["MULTIPART"]
    part_size: int = Field(description="Bytes of every part but the last.")
    part_count: int
    parts: list[part_schemas.PresignedPart] = Field(description="URLs of the first parts.")
    expires_at: Time = Field(description="When these URLs expire.")
    last_expires_at: Time = Field(description="When the upload ends, however active the client is.")


def describe_upload(upload: "PresignedUpload") -> PutUpload | FormUpload | MultipartUpload:
    """Returns the JSON of what was presigned."""
    if isinstance(upload, PresignedPut):
        return PutUpload(
            method="PUT", url=upload.url, headers=dict(upload.headers), expires_at=upload.expires_at
        )
    if isinstance(upload, SignedForm):
        return FormUpload(
            method="POST", url=upload.url, fields=dict(upload.fields), expires_at=upload.expires_at
        )
    return MultipartUpload(
        method="MULTIPART",
        part_size=upload.plan.part_size,
        part_count=upload.plan.part_count,
        parts=part_schemas.PresignedPart.from_batch(upload.first_batch),
        expires_at=upload.first_batch.expires_at,
        last_expires_at=upload.last_deadline,
    )

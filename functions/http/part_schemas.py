"""The API's JSON for uploads in parts."""

import base64
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from functions.http.json_types import ResponseModel, Time
from functions.services.multipart import UploadProgress
from functions.signing.presigning import CompactPartUrls, PartUrlBatch

PartNumberKey = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}$")]
PartChecksum = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SignedPart(ResponseModel):
    part_number: int
    size: int = Field(description="Bytes; S3 refuses any other number.")
    url: str
    headers: dict[str, str]


class PartsRequest(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True, extra="forbid")

    part_numbers: list[int] = Field(min_length=1, description="Up to 1,000, or 10,000 if compact.")
    checksums: dict[PartNumberKey, PartChecksum] | None = Field(
        None, description="SHA-256 of each part in hex, by part number; if create had partChecksums."
    )
    compact: bool = Field(False, description="One URL template and a signature a part, for up to 10,000.")

    def checksums_by_number(self) -> dict[int, str]:
        return {int(number): sha256 for number, sha256 in (self.checksums or {}).items()}


class PartsResponse(ResponseModel):
    parts: list[SignedPart]
    expires_at: Time


class CompactPartsResponse(ResponseModel):
    """Replace `{partNumber}` and `{signature}` in `urlTemplate`."""

    url_template: str
    headers: dict[str, str]
    signatures: dict[str, str]
    expires_at: Time


class UploadedPart(ResponseModel):
    part_number: int
    size: int
    etag: str
    sha256: str | None = Field(None, exclude_if=lambda sha256: sha256 is None)


class UploadProgressResponse(ResponseModel):
    """What S3 holds, and which parts it still needs: all that a client needs to resume."""

    part_size: int
    part_count: int
    uploaded: list[UploadedPart]
    missing: list[int]


class CompleteRequest(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True, extra="forbid")

    crc64nvme: str | None = Field(
        None,
        alias="crc64nvme",  # to_camel would make it crc64Nvme
        pattern=r"^[A-Za-z0-9+/]{11}=$",
        description="Of the whole file, base64; S3 checks it.",
    )


def window(signed: PartUrlBatch) -> PartsResponse:
    return PartsResponse(parts=signed_parts(signed), expires_at=signed.expires_at)


def compact(signed: CompactPartUrls) -> CompactPartsResponse:
    return CompactPartsResponse(
        url_template=signed.url_template,
        headers={},
        signatures={str(number): signature for number, signature in signed.signatures.items()},
        expires_at=signed.expires_at,
    )


def held(found: UploadProgress) -> UploadProgressResponse:
    uploaded = [
        UploadedPart(part_number=part.part_number, size=part.size, etag=part.etag, sha256=_hex(part.sha256))
        for part in found.uploaded
    ]
    return UploadProgressResponse(
        part_size=found.plan.part_size,
        part_count=found.plan.part_count,
        uploaded=uploaded,
        missing=list(found.missing),
    )


def signed_parts(signed: PartUrlBatch) -> list[SignedPart]:
    return [
        SignedPart(part_number=part.part_number, size=part.size, url=part.url, headers=dict(part.headers))
        for part in signed.parts
    ]


def _hex(sha256: str | None) -> str | None:
    return base64.b64decode(sha256).hex() if sha256 else None

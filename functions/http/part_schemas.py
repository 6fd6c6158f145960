"""The API's JSON for the parts of an upload, and its conversion from the objects of the services.

pydantic builds these models when the first upload in parts arrives, so that a create of a single PUT does not wait for them.
"""

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field

from functions.http.json_types import RequestModel, ResponseModel, Time

if TYPE_CHECKING:
    from functions.services.multipart import UploadProgress
    from functions.signing.presigning import CompactPartUrls, PartUrlBatch

PartNumberKey = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}$")]
PartChecksum = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PresignedPart(ResponseModel, defer_build=True):
    part_number: int
    size: int = Field(description="Bytes. S3 rejects any other length.")
    url: str
    headers: dict[str, str]

    @classmethod
    def from_batch(cls, batch: "PartUrlBatch") -> list[Self]:
        return [
            cls(part_number=part.part_number, size=part.size, url=part.url, headers=dict(part.headers))
            for part in batch.parts
        ]


class PartsRequest(RequestModel, defer_build=True):
    part_numbers: list[int] = Field(min_length=1, description="Up to 1,000, or 10,000 with `compact`.")
    checksums: dict[PartNumberKey, PartChecksum] | None = Field(
        None, description="SHA-256 of each part in hex, by part number. Required after `partChecksums`."
    )
    compact: bool = Field(False, description="Return one URL template and a signature per part.")

    def checksums_by_number(self) -> dict[int, str]:
        return {int(number): sha256 for number, sha256 in (self.checksums or {}).items()}


class PartsResponse(ResponseModel, defer_build=True):
    parts: list[PresignedPart]
    expires_at: Time

    @classmethod
    def from_batch(cls, batch: "PartUrlBatch") -> Self:
        return cls(parts=PresignedPart.from_batch(batch), expires_at=batch.expires_at)


class CompactPartsResponse(ResponseModel, defer_build=True):
    """Replace `{partNumber}` and `{signature}` in `urlTemplate`."""

    url_template: str
    headers: dict[str, str]
    signatures: dict[str, str]
    expires_at: Time

    @classmethod
    def from_urls(cls, urls: "CompactPartUrls") -> Self:
        return cls(
            url_template=urls.url_template,
            headers={},
            signatures={str(number): signature for number, signature in urls.signatures.items()},
            expires_at=urls.expires_at,
        )


class UploadedPart(ResponseModel, defer_build=True):
    part_number: int
    size: int = Field(description="Bytes.")
    etag: str
    sha256: str | None = Field(None, exclude_if=lambda sha256: sha256 is None)


class UploadProgressResponse(ResponseModel, defer_build=True):
    """Everything that a client needs to resume an upload."""

    part_size: int = Field(description="Bytes of every part but the last.")
    part_count: int
    uploaded: list[UploadedPart]
    missing: list[int]

    @classmethod
    def from_progress(cls, progress: "UploadProgress") -> Self:
        return cls(
            part_size=progress.plan.part_size,
            part_count=progress.plan.part_count,
            uploaded=[
                UploadedPart(part_number=part.part_number, size=part.size, etag=part.etag, sha256=part.sha256)
                for part in progress.uploaded
            ],
            missing=list(progress.missing),
        )


class CompleteRequest(RequestModel, defer_build=True):
    crc64nvme: str | None = Field(
        None,
        alias="crc64nvme",  # to_camel would make it crc64Nvme
        pattern=r"^[A-Za-z0-9+/]{11}=$",
        description="CRC-64/NVME of the whole file in base64. S3 verifies it.",
    )

"""The API's JSON for presigned downloads."""

from typing import Self

from pydantic import Field

from functions.http.json_types import ResponseModel, Time
from functions.services.documents import Download


class DownloadResponse(ResponseModel):
    url: str
    expires_at: Time
    file_name: str = Field(
        description="The name under which it is saved. Its extension agrees with the content type."
    )
    size: int = Field(description="Bytes.")
    content_type: str
    sha256: str | None
    needs_ranges: bool = Field(
        description="True if the file is larger than the largest response, so that it has to be requested in ranges (`Range: "
        "bytes=...`). A response of S3 has up to 5 TB, one of CloudFront 50 GB."
    )

    @classmethod
    def from_download(cls, download: Download) -> Self:
        content = download.content
        return cls(
            url=download.signed.url,
            expires_at=download.signed.expires_at,
            file_name=content.file_name,
            size=content.size,
            content_type=content.content_type,
            sha256=content.sha256,
            needs_ranges=download.needs_ranges,
        )

"""S3's error responses: status, code and XML body.

Codes and statuses are those of the S3 API Reference, https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from xml.etree import ElementTree
from xml.sax.saxutils import escape

import httpx


class S3Error(Exception):
    """An error response of S3."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message

    def to_xml(self) -> bytes:
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{self.code}</Code><Message>{escape(self.message)}</Message></Error>"
        ).encode()


def access_denied(message: str = "Access Denied") -> S3Error:
    return S3Error(403, "AccessDenied", message)


def multiple_auth_mechanisms() -> S3Error:
    """The error that a single-page app meets when its fetch wrapper adds a bearer token to a presigned URL."""
    return S3Error(
        400,
        "InvalidArgument",
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
        "parameter or the Authorization header should be specified",
    )


def read_error(response: httpx.Response) -> tuple[int, str | None]:
    """Returns status and code of an error response. Raises AssertionError when its body is not XML."""
    content_type = response.headers.get("content-type", "")
    if not content_type.startswith("application/xml"):
        raise AssertionError(f"{response.status_code} with {content_type or 'no body'} is not an error of S3")
    return response.status_code, ElementTree.fromstring(response.content).findtext("Code")  # noqa: S314

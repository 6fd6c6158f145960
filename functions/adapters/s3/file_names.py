"""The name of a form's file, which S3 keeps as metadata of the staged object.

S3 returns metadata that is not ASCII encoded as in RFC 2047.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
"""

from collections.abc import Mapping
from email.errors import MessageError
from email.header import decode_header, make_header

from functions.domain.arrived_file import FILE_NAME


def read_file_name(metadata: Mapping[str, str]) -> str | None:
    """Returns the name that the browser has sent, None if there is none, or if it cannot be read."""
    encoded = metadata.get(FILE_NAME)
    if not encoded:
        return None
    try:
        return str(make_header(decode_header(encoded)))
    except (MessageError, LookupError, ValueError):
        return None

"""SHA-256 checksums: lower-case hex in the domain and in the API, base64 in requests to S3 and in its responses."""

import base64


def to_base64(sha256: str) -> str:
    """Returns a checksum in hex as S3 writes it."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()


def to_hex(checksum: str) -> str:
    """Returns a checksum of S3 in lower-case hex."""
    return base64.b64decode(checksum).hex()

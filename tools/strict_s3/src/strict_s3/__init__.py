"""S3 as strict as AWS's, for tests on moto 5.2.5: a WSGI middleware that rejects what moto accepts and S3 does not.

`strict_s3_client` is an HTTP client for presigned URLs and forms; `enforce_copy_conditions` adds the preconditions of copies to a
boto3 client, and `enforce_delete_limit` the limit of DeleteObjects. The README lists what moto gets wrong, with S3's documentation.
"""

from strict_s3.client import moto_s3, strict_s3_client
from strict_s3.copy_conditions import enforce_copy_conditions
from strict_s3.delete_limit import enforce_delete_limit
from strict_s3.errors import read_error
from strict_s3.middleware import StrictS3

__all__ = [
    "StrictS3",
    "enforce_copy_conditions",
    "enforce_delete_limit",
    "moto_s3",
    "read_error",
    "strict_s3_client",
]

"""S3 as strict as the real one: a front before moto that refuses what moto lets through."""

from tests.strict_s3.copy_conditions import enforce_copy_conditions
from tests.strict_s3.front import StrictS3, moto_s3, strict_s3_client

__all__ = ["StrictS3", "enforce_copy_conditions", "moto_s3", "strict_s3_client"]

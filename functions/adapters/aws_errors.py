"""The errors of AWS that are nobody's fault but AWS's or the operator's, in one table.

After such an error the same request may succeed later, so the adapters raise Unavailable. Every other error of AWS is a bug
of this service, or says something about one object, such as `NoSuchVersion`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_S3 = "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"
_SQS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html"
_DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html"
_KMS = "https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html"
_KMS_STATES = "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html"

FAULTS: Mapping[str, str] = {
    # AWS is overloaded, or a concurrent request is in the way.
    "SlowDown": _S3,
    "RequestTimeout": _S3,
    "OperationAborted": _S3,
    "ConditionalRequestConflict": _S3,
    "Throttling": _SQS,
    "ThrottlingException": _DYNAMODB,
    "RequestThrottled": _SQS,
    "RequestLimitExceeded": _DYNAMODB,
    "ProvisionedThroughputExceededException": _DYNAMODB,
    "TransactionInProgressException": _DYNAMODB,
    "TransactionConflictException": _DYNAMODB,
    "KMS.ThrottlingException": _KMS,
    "KmsThrottled": _SQS,
    # The operator has disabled the key or taken away a right, and may give it back.
    "KMS.DisabledException": _KMS_STATES,
    "KMS.KMSInvalidStateException": _KMS_STATES,
    "KMS.NotFoundException": _KMS_STATES,
    "KMSAccessDenied": _KMS_STATES,
    "KMS.AccessDeniedException": _KMS_STATES,
    "DisabledException": _KMS_STATES,
    "KMSInvalidStateException": _KMS_STATES,
    "NotFoundException": _KMS_STATES,
    "KmsDisabled": _SQS,
    "KmsInvalidState": _SQS,
    "KmsAccessDenied": _SQS,
    "AccessDenied": _S3,
    "AccessDeniedException": _DYNAMODB,
    "403": _S3,
    # The credentials of the role are being replaced, or a clock is wrong.
    "ExpiredToken": _S3,
    "ExpiredTokenException": _SQS,
    "InvalidClientTokenId": _SQS,
    "UnrecognizedClientException": _DYNAMODB,
    "TokenRefreshRequired": _S3,
    "RequestExpired": _SQS,
    "RequestTimeTooSkewed": _S3,
}
"""Code -> the page of AWS that names it. For HEAD requests, whose responses have no body, the code is the HTTP status."""


def is_fault(code: str, status: int) -> bool:
    """Returns True if the same request may succeed later. `status` is the HTTP status of the response.

    Every status from 500 is a fault, whatever its code, because S3 and its parts have codes that no page lists.
    """
    return status >= 500 or status == 429 or code in FAULTS


def is_client_fault(error: "ClientError") -> bool:
    """Returns `is_fault` of an error of boto3."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return is_fault(str(error.response["Error"]["Code"]), status)

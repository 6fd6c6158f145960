"""Every error code and every reason of a rejection, each with its HTTP status and its texts.

`docs/errors.md`, the OpenAPI description and the messages of the JavaScript client are generated from this enum by
`make generate`.
"""

from enum import StrEnum


class Code(StrEnum):
    """A stable word of the API: the `code` of a problem, or the `reason` of a document that is rejected, failed or expired.

    `status` is the HTTP status of the problem, or None for a code that is only ever a reason. `message` says what the code
    means, in a sentence that an end user can read. `remedy` says what a client or an operator does about it.
    """

    status: int | None
    message: str
    remedy: str
    is_reason: bool

    def __new__(
        cls, value: str, status: int | None, message: str, remedy: str, is_reason: bool | None = None
    ) -> "Code":
        member = str.__new__(cls, value)
        member._value_ = value
        member.status, member.message, member.remedy = status, message, remedy
        member.is_reason = status is None if is_reason is None else is_reason
        return member

    @classmethod
    def parse(cls, value: str) -> "Code":
        """Returns the code with this word. Raises ValueError."""
        if (code := cls._value2member_map_.get(value)) is None:
            raise ValueError(f"{value!r} is not a code")
        return cls[code.name]

    # fmt: off
    # The request cannot be read.
    MALFORMED_JSON = ("malformed_json", 400,
        "The request body is not valid JSON.",
        "Send one JSON object, encoded as UTF-8 and nested at most 8 levels deep.")
    DUPLICATE_KEY = ("duplicate_key", 400,
        "The JSON object contains a duplicate key.",
        "Send each key once.")
    CURSOR_INVALID = ("cursor_invalid", 400,
        "The cursor does not belong to this list.",
        "Start without a cursor, and repeat the same filters on every page.")
    IDEMPOTENCY_KEY_INVALID = ("idempotency_key_invalid", 400,
        "The Idempotency-Key is not valid.",
        "Send 1 to 255 visible ASCII characters, for example a random UUID.")
    PAYLOAD_TOO_LARGE = ("payload_too_large", 413,
        "The request body is too large.",
        "Send at most 128 KiB, in a batch of creates 1 MiB. Bytes of a file go to the presigned URL, never to the API.")
    UNSUPPORTED_MEDIA_TYPE = ("unsupported_media_type", 415,
        "The request body must be application/json.",
        "Send the header `Content-Type: application/json`.")

    # The token does not allow the request.
    TOKEN_USE_INVALID = ("token_use_invalid", 403,
        "The token is not an access token.",
        "Send the access token, not the ID token.")
    TENANT_MISSING = ("tenant_missing", 403,
        "The token does not say who owns the documents.",
        "Use tokens that contain the claim which the deployment names in `ownerClaim`.")
    EDGE_REQUIRED = ("edge_required", 403,
        "This address does not serve clients.",
        "Call the API at the URL that the deployment names in `ApiUrl`. Behind [CloudFront](edge.md) it has no other.")
    ON_BEHALF_NOT_ALLOWED = ("on_behalf_not_allowed", 403,
        "This token may not act on behalf of an owner.",
        "Leave out `onBehalfOf`, or send a machine token of a deployment that accepts them.")

    # A value in the request is not acceptable.
    VALIDATION_FAILED = ("validation_failed", 422,
        "The request does not match the schema.",
        "Correct the fields that `errors` lists.")
    FILENAME_INVALID = ("filename_invalid", 422,
        "The file name is not valid.",
        "Send a name of 1 to 255 characters, without control characters, that is more than dots and spaces.")
    SIZE_TOO_SMALL = ("size_too_small", 422,
        "An empty file cannot be uploaded.",
        "Do not upload empty files.")
    FILE_TOO_LARGE = ("file_too_large", 413,
        "The file is too large.",
        "Choose a smaller file. `detail` names the limit of the kind.")
    CONTENT_TYPE_NOT_ALLOWED = ("content_type_not_allowed", 415,
        "Files of this type are not accepted.",
        "Choose a file whose type the kind accepts. `detail` lists the types of a kind.")
    EXTENSION_MISMATCH = ("extension_mismatch", 422,
        "The extension of the file name does not match the content type.",
        "Correct the name or the content type.")
    CHECKSUM_INVALID = ("checksum_invalid", 422,
        "The checksum is not valid here.",
        "Send SHA-256 as 64 lower-case hex digits: of the whole file with a single PUT, of each part with `partChecksums`.")
    MULTIPART_REQUIRED = ("multipart_required", 422,
        "The file is too large for one request.",
        "Create the document with the method `MULTIPART`, or without a method.")
    FORM_NOT_ALLOWED = ("form_not_allowed", 422,
        "Files of this kind cannot be sent with an HTML form.",
        "Use the method `PUT` or `MULTIPART`, or a kind with `forms = true`.")
    REDIRECT_NOT_ALLOWED = ("redirect_not_allowed", 422,
        "The form cannot lead back to this address.",
        "Use an https URL whose origin the deployment lists in `redirectOrigins`.")
    METADATA_TOO_LARGE = ("metadata_too_large", 422,
        "The metadata is too large.",
        "Send up to 20 entries whose keys and values have up to 8,192 bytes of UTF-8 in all.")
    PART_NUMBER_INVALID = ("part_number_invalid", 422,
        "The upload has no part with this number.",
        "Use part numbers from 1 to `partCount`.")
    TOO_MANY_PARTS_REQUESTED = ("too_many_parts_requested", 422,
        "The request names too many parts.",
        "Request 1 to 1,000 part URLs at a time, or up to 10,000 with `compact`.")
    IDEMPOTENCY_KEY_REUSED = ("idempotency_key_reused", 422,
        "The Idempotency-Key was used for a different request before.",
        "Use a new key for each new upload.")

    # There is nothing at this path.
    DOCUMENT_NOT_FOUND = ("document_not_found", 404,
        "There is no document with this id.",
        "Check the id. A purged document, or one of another owner, is not found either.")
    RENDITION_NOT_FOUND = ("rendition_not_found", 404,
        "The document has no rendition with this name.",
        "Use a name that the document's `renditions` lists.")
    ROUTE_NOT_FOUND = ("route_not_found", 404,
        "There is no operation at this path.",
        "Compare the method and the path with the API description.")

    # The state of the document does not allow the operation.
    INVALID_STATE = ("invalid_state", 409,
        "The document is in a state that does not allow this.",
        "Read the document's `status`, then decide what to do.")
    NOT_MULTIPART = ("not_multipart", 409,
        "The document is not uploaded in parts.",
        "Upload it as its `method` says.")
    OBJECT_NOT_UPLOADED = ("object_not_uploaded", 409,
        "The file has not arrived yet.",
        "Send the bytes to the presigned URL, then try again after `Retry-After`.")
    PARTS_INCOMPLETE = ("parts_incomplete", 409,
        "Some parts of the file are missing.",
        "Upload the missing parts, then complete the upload again.")
    PART_MISMATCH = ("part_mismatch", 409,
        "S3 does not accept the parts as they are.",
        "Upload the parts again, then complete the upload again.")
    SIZE_MISMATCH = ("size_mismatch", 409,
        "The size of the file differs from the declared size.",
        "Create a new document with the size of the file as it is now.", True)
    UPLOAD_IN_PROGRESS = ("upload_in_progress", 409,
        "Another request is completing this upload.",
        "Read the document again after `Retry-After`.")
    NOT_READY = ("not_ready", 409,
        "The document has not been checked yet.",
        "Try again after `Retry-After`.")
    REJECTED = ("rejected", 409,
        "The document was rejected and cannot be downloaded.",
        "Read the document's `reason`.")
    STORAGE_QUOTA_EXCEEDED = ("storage_quota_exceeded", 409,
        "There is not enough storage left for this file.",
        "Delete documents. Their bytes are released when they are purged.")
    DUPLICATE = ("duplicate", 409,
        "You have uploaded this file already.",
        "Use the document that `duplicateOf` names, or delete it before you upload the file again.", True)
    CLAIM_NOT_REQUIRED = ("claim_not_required", 409,
        "This document needs no claim.",
        "Nothing to do: only documents with `claimBy` expire unclaimed.")
    PRECONDITION_FAILED = ("precondition_failed", 412,
        "The document has changed since you read it.",
        "Get the document again, then repeat the change with its new `etag` in `If-Match`.")
    UPLOAD_EXPIRED = ("upload_expired", 410,
        "The time for this upload is over.",
        "Create a new document.")
    CLAIM_EXPIRED = ("claim_expired", 410,
        "The time to claim this document is over.",
        "Upload the file again, and claim it before `claimBy`.")
    RESTORE_EXPIRED = ("restore_expired", 410,
        "The time to restore this document is over.",
        "Upload the file again.")

    # A limit of the owner is reached.
    TOO_MANY_OPEN_UPLOADS = ("too_many_open_uploads", 429,
        "Too many uploads are open.",
        "Finish or abort an upload, or wait for `Retry-After`.")
    DAILY_QUOTA_EXCEEDED = ("daily_quota_exceeded", 429,
        "The daily upload limit is reached.",
        "Wait for `Retry-After`: the day ends at midnight UTC.")
    OWNER_BLOCKED = ("owner_blocked", 403,
        "Uploads have been stopped for this account. Contact support.",
        "An operator finds out why the owner is blocked, and unblocks it.")
    TOO_MANY_CREATES = ("too_many_creates", 429,
        "Too many files were added at once.",
        "Create the document again after `Retry-After`, which is when the rate of creates allows it.")
    EDGE_THROTTLED = ("edge_throttled", 429,
        "Too many requests came from one network or one sign-in.",
        "Wait for `Retry-After`. Only a deployment behind [CloudFront and WAF](edge.md) responds with this code.")
    TOO_MANY_CALLS = ("too_many_calls", 429,
        "Too many requests at once.",
        "Send the request again after `Retry-After`, and fewer at a time.")
    DAILY_DOWNLOADS_EXCEEDED = ("daily_downloads_exceeded", 429,
        "The daily download limit is reached.",
        "Wait for `Retry-After`: the day ends at midnight UTC.")
    TOO_MANY_CONNECTIONS = ("too_many_connections", 429,
        "Too many pages are open at once.",
        "Poll the documents that you wait for, and ask for a ticket again after `Retry-After`.")

    # The service cannot answer.
    INTERNAL_ERROR = ("internal_error", 500,
        "Something went wrong on the server.",
        "Report the `requestId` to the operator, whose logs contain it.")
    INTEGRITY_ERROR = ("integrity_error", 500,
        "The stored file differs from the uploaded file.",
        "An operator compares the record with the bucket.")
    STORAGE_UNAVAILABLE = ("storage_unavailable", 503,
        "The storage is temporarily unavailable.",
        "Try again after `Retry-After`, a create with the same Idempotency-Key: it may have been written.")
    QUEUE_UNAVAILABLE = ("queue_unavailable", 503,
        "The queue is temporarily unavailable.",
        "Nothing to do: the message or the next sweep retries.")
    SIGNING_UNAVAILABLE = ("signing_unavailable", 503,
        "The manifest cannot be signed now.",
        "Try again after `Retry-After`. If it lasts, an operator checks whether the signing key is enabled.")
    BUSY = ("busy", 503,
        "The document is changing too fast.",
        "Try again after `Retry-After`.")

    # The file was rejected, or could not be checked.
    TYPE_MISMATCH = ("type_mismatch", None,
        "The content does not match the declared type.",
        "Upload the file with its real type and extension.")
    TYPE_NOT_ALLOWED = ("type_not_allowed", None,
        "This file is of a type that is not accepted.",
        "Choose a file of an accepted type.")
    SUSPICIOUS_CONTENT = ("suspicious_content", None,
        "The content could be harmful, so the file was not kept.",
        "Do not upload a file that is two formats at once.")
    PASSWORD_PROTECTED = ("password_protected", None,
        "The file is protected by a password, so it cannot be checked.",
        "Upload the file without a password.")
    MALWARE_FOUND = ("malware_found", None,
        "Malware was found in the file, so it was not kept.",
        "Do not upload the file. The `detail` of the step `scan` names the malware.")
    SCAN_INCONCLUSIVE = ("scan_inconclusive", None,
        "The malware scanner cannot look into the file, so it was not accepted.",
        "Upload the file without a password, and archives that are smaller and less deeply nested.")
    ATTEMPTS_EXHAUSTED = ("attempts_exhausted", None,
        "The file could not be checked after several attempts. An administrator must look into it.",
        "An operator finds the cause in the log, then redrives the document.")
    IMAGE_UNREADABLE = ("image_unreadable", None,
        "The image is damaged, or of a sort that cannot be converted.",
        "Save the image again, for example as JPEG or PNG, and upload that.")
    IMAGE_TOO_LARGE = ("image_too_large", None,
        "The image has too many pixels.",
        "Scale the image down. The `detail` of the step `image` says what is accepted.")
    ANIMATION_NOT_ALLOWED = ("animation_not_allowed", None,
        "Animated images are not accepted.",
        "Upload an image that does not move.")
    STEP_REJECTED = ("step_rejected", None,
        "A check of this service did not accept the file.",
        "Read the `detail` of the rejected step in the document's `steps`.")
    REVIEW_REJECTED = ("review_rejected", None,
        "A person has looked at the file and did not accept it.",
        "Read the `detail` of the step `review` in the document's `steps`.")
    STEP_TIMED_OUT = ("step_timed_out", None,
        "A check of the file has not ended in time. An administrator must look into it.",
        "An operator finds out why the worker of the step did not answer, then redrives the document.")
    NOT_A_TABLE = ("not_a_table", None,
        "The file cannot be read as a table.",
        "Upload a CSV file, with the names of the columns in its first row.")
    COLUMNS_INVALID = ("columns_invalid", None,
        "The columns of the table are not the expected ones.",
        "Name every required column once in the first row.")
    TOO_MANY_REJECTED_ROWS = ("too_many_rejected_rows", None,
        "Too many rows of the table are not valid.",
        "Read the `detail` of the rejected step in the document's `steps`, and correct the rows.")
    TABLE_TOO_LARGE = ("table_too_large", None,
        "The rows of the table are too large to be stored.",
        "Split the table into several files.")
    NOT_CLAIMED = ("not_claimed", None,
        "The file was not claimed in time, so it was not kept.",
        "Upload the file again. The back end claims it before `claimBy`.")
    OBJECT_GONE = ("object_gone", None,
        "The uploaded file is no longer in storage.",
        "Upload the file again.")
    # fmt: on

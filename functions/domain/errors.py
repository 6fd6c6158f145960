"""Errors of the service. The code says what is wrong and has the HTTP status. The class is what callers catch.

AirlockError
|- InvalidInput     the request is wrong, so that a repeat fails too
|- NotFound         the owner has no such document
|- WrongState       the state of the document or of its owner, or a deadline, does not allow the operation
|- TooMany          a quota or a rate is reached; `retry_after` says when to try again
|- Unavailable      a temporary fault of AWS or of this service
`- IntegrityError   the record and the bytes disagree; an operator must investigate
"""

from collections.abc import Sequence

from functions.domain.codes import Code
from functions.domain.service_limits import ServiceLimit


class AirlockError(Exception):
    """`detail` is for people, the code's own message by default. `field` is the JSON name of the wrong value.

    `retry_after` is in seconds. `duplicate_of` is the id of the document with the same content.
    """

    def __init__(
        self,
        code: Code,
        detail: str | None = None,
        *,
        field: str | None = None,
        retry_after: int | None = None,
        duplicate_of: str | None = None,
    ) -> None:
        self.code = code
        self.detail = detail or code.message
        self.field = field
        self.retry_after = retry_after
        self.duplicate_of = duplicate_of
        super().__init__(f"{code}: {self.detail}")


class InvalidInput(AirlockError):
    pass


class NotFound(AirlockError):
    pass


class WrongState(AirlockError):
    pass


class TooMany(AirlockError):
    """`limits` are those that the request met, with what is left of each."""

    def __init__(
        self, code: Code, detail: str | None = None, *, retry_after: int, limits: Sequence[ServiceLimit] = ()
    ) -> None:
        super().__init__(code, detail, retry_after=retry_after)
        self.limits = tuple(limits)


class Unavailable(AirlockError):
    pass


class IntegrityError(AirlockError):
    pass


def version_gone() -> Unavailable:
    """Returns the error for a version that vanished after it was found; the next attempt decides what that means."""
    return Unavailable(Code.STORAGE_UNAVAILABLE, "This version no longer exists.", retry_after=1)


def document_not_found() -> NotFound:
    """Returns the same error for an unknown id, for a document of another owner, and for a purged document."""
    return NotFound(Code.DOCUMENT_NOT_FOUND)

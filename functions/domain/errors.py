"""What can be wrong with a request, as a tree: the class says whose turn it is, the code says exactly what.

AirlockError
|- BadRequest        the request cannot be read
|- Forbidden         the token may not do this
|- NotFound          no such document for this owner
|- WrongState        the document is not in a state that allows this
|- Gone              the upload's time is over
|- TooLarge          more bytes than the kind, or a body, may have
|- NotAccepted       a content type that the kind does not accept
|- InvalidInput      readable, but a value is not acceptable
|- TooMany           a quota or rate; `retry_after` says when
|- Unavailable       ours or AWS's fault for now; nothing has changed
`- IntegrityError    the record and the bytes disagree; somebody must look
"""


class AirlockError(Exception):
    """`code` is stable and part of the API; `detail` is for people; `field` is the JSON name that is wrong.

    `retry_after` is in seconds.
    """

    def __init__(
        self, code: str, detail: str, *, field: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.field = field
        self.retry_after = retry_after


class BadRequest(AirlockError):
    pass


class Forbidden(AirlockError):
    pass


class NotFound(AirlockError):
    pass


class WrongState(AirlockError):
    pass


class Gone(AirlockError):
    pass


class TooLarge(AirlockError):
    pass


class NotAccepted(AirlockError):
    pass


class InvalidInput(AirlockError):
    pass


class TooMany(AirlockError):
    pass


class Unavailable(AirlockError):
    pass


class IntegrityError(AirlockError):
    pass


def version_gone() -> Unavailable:
    """What was there a moment ago; whoever comes again will see that it is not."""
    return Unavailable("storage_unavailable", "This version is gone.", retry_after=1)


def document_not_found() -> NotFound:
    """The same answer for an id that never was, one of another owner, and one that is deleted."""
    return NotFound("document_not_found", "There is no document with this id.")

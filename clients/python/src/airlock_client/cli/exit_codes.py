"""Exit codes of the command `airlock`."""

from enum import IntEnum

from airlock_client.errors import AirlockError, IntegrityError, SignInRequiredError


class ExitCode(IntEnum):
    """`docs/client-python.md` has the same table."""

    OK = 0
    ERROR = 1
    """The API or the storage has refused the request, or a file cannot be read."""
    USAGE = 2
    """The command line is not valid."""
    NOT_READY = 3
    """The document was rejected, or has failed or expired."""
    SIGN_IN_REQUIRED = 4
    TEMPORARY = 5
    """No connection, or the service is busy: the same command may succeed later."""
    NOT_THE_SAME = 6
    """The bytes are not those of the document."""
    INTERRUPTED = 130


def to_exit_code(error: AirlockError) -> ExitCode:
    """Returns the exit code of a command that ends with this error."""
    if isinstance(error, SignInRequiredError):
        return ExitCode.SIGN_IN_REQUIRED
    if isinstance(error, IntegrityError):
        return ExitCode.NOT_THE_SAME
    return ExitCode.TEMPORARY if error.is_temporary else ExitCode.ERROR

"""Why an image is rejected, and the translation of what the decoders raise."""

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from functions.domain.codes import Code


class ImageRejected(Exception):  # noqa: N818 - the word of the pipeline
    """The image is at fault, which is final. `detail` is the code's own message by default."""

    def __init__(self, code: Code, detail: str | None = None) -> None:
        super().__init__(detail or code.message)
        self.code = code
        self.detail = detail or code.message


@contextmanager
def decoding() -> Iterator[None]:
    """Translates what a decoder raises for the bytes of a file to ImageRejected.

    The decoders parse what anybody may send, and raise nearly every built-in exception for it.
    """
    try:
        yield
    except ImageRejected:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageRejected(Code.IMAGE_TOO_LARGE) from error
    except MemoryError as error:
        raise ImageRejected(Code.IMAGE_TOO_LARGE, "The image needs too much memory.") from error
    except Exception as error:
        raise ImageRejected(Code.IMAGE_UNREADABLE, "The image is damaged.") from error

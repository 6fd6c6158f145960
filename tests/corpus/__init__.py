"""Files of every supported format, written by libraries that other programs use, none by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO


@dataclass(frozen=True)
class File:
    """`content_type` is the true type. `how` names the writer and its options."""

    content_type: str
    how: str
    data: bytes

    def __str__(self) -> str:
        return f"{self.content_type} {self.how}"


def write(save: Callable[..., object], *arguments: object, **options: object) -> bytes:
    """Returns the bytes that `save` writes to the file that is its first argument."""
    file = BytesIO()
    save(file, *arguments, **options)
    return file.getvalue()


@cache
def corpus() -> tuple[File, ...]:
    """Returns all files. The first call takes some seconds."""
    from tests.corpus import (
        archives,
        data,
        images,
        media,
        office,
        texts,
    )  # their libraries load only when needed

    return tuple(file for part in (images, office, media, archives, data, texts) for file in part.files())

"""Files as the programs of this world write them: by the libraries that write them for others, none by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO


@dataclass(frozen=True)
class File:
    """`content_type` is what it is; `writer` and `how` say who wrote it in which way."""

    content_type: str
    how: str
    data: bytes

    def __str__(self) -> str:
        return f"{self.content_type} {self.how}"


def written(save: Callable[..., object], *arguments: object, **options: object) -> bytes:
    """What `save` writes into the file that it is given before its other arguments."""
    file = BytesIO()
    save(file, *arguments, **options)
    return file.getvalue()


@cache
def corpus() -> tuple[File, ...]:
    """All of it, in memory; some seconds of work the first time."""
    from tests.corpus import archives, data, images, media, office  # each brings its libraries along

    return tuple(file for part in (images, office, media, archives, data) for file in part.files())

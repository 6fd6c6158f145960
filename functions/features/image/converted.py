"""The outcome of a conversion, which its process returns to the worker. Imports no decoder, because the worker has none."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Converted:
    """One rendition, in the file `name` of the directory. `width` and `height` are pixels."""

    name: str
    width: int
    height: int

"""A file type: its content type, name and extensions, and the other names that senders use for it."""

from typing import NamedTuple


# A named tuple, because defining a dataclass takes several times as long, and each cold start pays for that.
class FileType(NamedTuple):
    """One file type.

    - `name` is its name in a sentence, with its article.
    - `extensions` start with the usual one.
    - `aliases` are names of other programs for the content type. `with_extension` are names that mean this type only
      beside one of its extensions, such as Excel's own type for a `.csv`.
    - `group` is the name of types that the same bytes may be meant as, such as text and CSV.
    - `is_inline` allows a browser to display the type, because the type cannot run scripts.
    """

    content_type: str
    name: str
    extensions: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    with_extension: tuple[str, ...] = ()
    group: str = ""
    is_inline: bool = False


def row(
    content_type: str,
    name: str,
    extensions: str,
    aliases: str = "",
    *,
    beside: str = "",
    group: str = "",
    inline: bool = False,
) -> FileType:
    return FileType(
        content_type,
        name,
        tuple(extensions.split()),
        tuple(aliases.split()),
        tuple(beside.split()),
        group,
        inline,
    )

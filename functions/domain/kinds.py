"""Kinds: the policies of `kinds.toml`, and which of them a request falls under."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput
from functions.domain.media_types import essence
from functions.domain.parts import MAX_OBJECT

MAX_SINGLE_PUT = 5 * 1024**3
"""5 GiB: PutObject and CopyObject take no more (Amazon S3 User Guide, "Amazon S3 multipart upload limits")."""


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    content_types: frozenset[str]
    max_bytes: int


class Kinds:
    """All kinds of a deployment, in the order of the file."""

    def __init__(self, policies: Mapping[str, Mapping[str, Any]]) -> None:
        """`policies` is the parsed file. Raises ValueError naming the kind that is wrong."""
        if not policies:
            raise ValueError("kinds.toml names no kind")
        self._kinds = {name: _kind(name, policy) for name, policy in policies.items()}

    def choose(self, name: str | None, content_type: str, size: int) -> Kind:
        """The kind a file is created under.

        Raises InvalidInput for an unknown name, then `content_type_not_allowed`, then `file_too_large`.
        """
        kind = self._named(name) if name is not None else self._accepting(content_type)
        if content_type not in kind.content_types:
            accepted = ", ".join(sorted(kind.content_types))
            raise _not_accepted(
                f"The kind {kind.name} does not accept {content_type}; it accepts {accepted}."
            )
        if size > kind.max_bytes:
            raise InvalidInput(
                Code.FILE_TOO_LARGE,
                f"The kind {kind.name} takes up to {_in_words(kind.max_bytes)}; this file has {_in_words(size)}.",
                field="size",
            )
        return kind

    def named(self, name: str) -> Kind | None:
        """None when the deployment has dropped a kind that a record still names."""
        return self._kinds.get(name)

    def _named(self, name: str) -> Kind:
        kind = self._kinds.get(name)
        if kind is None:
            known = ", ".join(self._kinds)
            raise InvalidInput(
                Code.VALIDATION_FAILED, f"There is no kind {name!r}; there are {known}.", field="kind"
            )
        return kind

    def _accepting(self, content_type: str) -> Kind:
        for kind in self._kinds.values():
            if content_type in kind.content_types:
                return kind
        raise _not_accepted(f"No kind here accepts {content_type}.")


def _kind(name: str, policy: Mapping[str, Any]) -> Kind:
    unknown = policy.keys() - {"content_types", "max_bytes"}
    if unknown:
        raise ValueError(f"kinds.toml: {name} has unknown settings: {', '.join(sorted(unknown))}")
    types, most = policy.get("content_types"), policy.get("max_bytes")
    if not isinstance(types, list) or not types or not all(isinstance(entry, str) for entry in types):
        raise ValueError(f"kinds.toml: {name} needs content_types, a list of strings")
    if type(most) is not int or not 1 <= most <= MAX_OBJECT:
        raise ValueError(f"kinds.toml: {name} needs max_bytes, from 1 to {MAX_OBJECT}")
    try:
        return Kind(name, frozenset(essence(entry) for entry in types), most)
    except InvalidInput as error:
        raise ValueError(f"kinds.toml: {name} lists a content type that is none") from error


def _in_words(size: int) -> str:
    """`10485760` -> `10 MiB`, in the largest unit that leaves a whole number or one digit after the point."""
    amount, units = float(size), ["bytes", "KiB", "MiB", "GiB", "TiB"]
    while amount >= 1024 and len(units) > 1:
        amount, units = amount / 1024, units[1:]
    return f"{amount:.1f}".removesuffix(".0") + f" {units[0]}"


def _not_accepted(detail: str) -> InvalidInput:
    return InvalidInput(Code.CONTENT_TYPE_NOT_ALLOWED, detail, field="contentType")

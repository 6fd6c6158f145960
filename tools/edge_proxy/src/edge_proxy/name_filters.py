"""Which query parameters, headers and cookies a policy names."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from edge_proxy.errors import TemplateError
from edge_proxy.properties import Properties

Kind: TypeAlias = Literal["none", "whitelist", "allExcept", "all"]
_KINDS = ("none", "whitelist", "allExcept", "all")


@dataclass(frozen=True, slots=True)
class NameFilter:
    """`names` are those that are included, or for allExcept those that are not. Names of headers are lower case."""

    kind: Kind
    names: frozenset[str] = frozenset()

    def has(self, name: str) -> bool:
        """True if the policy includes the name."""
        if self.kind == "whitelist":
            return name in self.names
        return self.kind == "all" or (self.kind == "allExcept" and name not in self.names)


NOTHING = NameFilter("none")
EVERYTHING = NameFilter("all")


def read_filter(
    properties: Properties | None, behavior: str, names: str, *, is_header: bool = False
) -> NameFilter:
    """Reads an object such as QueryStringsConfig, whose kind is in `behavior` and whose names are in `names`."""
    if properties is None:
        return NOTHING
    with properties:
        kind = properties.take(behavior)
        listed = properties.take(names, [])
    if kind not in _KINDS or bool(listed) != (kind in ("whitelist", "allExcept")):
        raise TemplateError(f"{properties.where}: {behavior} {kind} with {len(listed)} names")
    return NameFilter(cast(Kind, kind), frozenset(name.lower() if is_header else name for name in listed))

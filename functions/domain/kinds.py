"""Kinds: the policies of `kinds.toml`, and the choice of one for a new document."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from functions.domain.codes import Code
from functions.domain.duplicates import DuplicatePolicy
from functions.domain.errors import InvalidInput
from functions.domain.keys import SCAN_AREA
from functions.domain.media_types import essence, is_detectable
from functions.domain.parts import MAX_OBJECT
from functions.domain.step_definitions import KIND_FLAGS, KIND_SETTINGS, StepDefinition, parse_definitions
from functions.domain.steps import BUILT_IN, SCAN, Json

_MIN_CLAIM, _MAX_CLAIM = 60, 366 * 86_400
"""Bounds of `claim_within` in seconds."""

MAX_SINGLE_PUT = 5 * 1024**3
"""Maximum size in bytes of one PutObject and of one CopyObject: 5 GiB.

Source: Amazon S3 User Guide, "Amazon S3 multipart upload limits".
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """The policy for one sort of document: the accepted content types, the maximum size in bytes, and the optional steps.

    - `parameters` has the parameters of each step, and `accepted_codes` the codes of a rejection with which a file passes
      nevertheless.
    - `forms` allows HTML forms, which S3 cannot make write-once.
    - `strict_types` rejects a file of another accepted type than the declared one.
    - `unchecked` allows content types that detection does not know.
    - `allow_passwords` accepts Office documents with a password, whose content nobody can check.
    - `duplicates` says what becomes of a file that its owner has stored under this kind already.
    - `claim_within` is the time in which a ready document must be claimed. None: it needs no claim.
    """

    name: str
    content_types: frozenset[str]
    max_bytes: int
    steps: tuple[str, ...] = ()
    parameters: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    accepted_codes: Mapping[str, frozenset[Code]] = field(default_factory=dict)
    forms: bool = False
    strict_types: bool = False
    unchecked: bool = False
    allow_passwords: bool = False
    duplicates: DuplicatePolicy = DuplicatePolicy.KEEP
    claim_within: timedelta | None = None

    @property
    def staging_area(self) -> str:
        """The part of `staging/` that bytes of this kind go to."""
        return SCAN_AREA if SCAN in self.steps else ""


FindDefinition = Callable[[str], StepDefinition | None]
"""Takes the name of a step. Returns None for one that Airlock does not ship."""


class Kinds:
    """All kinds of a deployment, in the order of `kinds.toml`."""

    def __init__(
        self, policies: Mapping[str, Mapping[str, Any]], find_shipped: FindDefinition = lambda _name: None
    ) -> None:
        """`policies` is the parsed file, whose section `steps` defines steps of the deployer's own.

        `find_shipped` returns the definition of a step that Airlock ships. `step_definitions` has those that a kind lists.
        Raises ValueError with the invalid section.
        """
        sections = {**policies}
        defined = parse_definitions(sections.pop("steps", {}))
        for name in filter(find_shipped, defined):
            raise ValueError(
                f"kinds.toml: steps.{name} needs another name, because Airlock has a step {name}"
            )
        if not sections:
            raise ValueError("kinds.toml contains no kind")
        shipped = {name: step for name in _list_steps(sections) if (step := find_shipped(name))}
        self.step_definitions = defined | shipped
        self._kinds = {
            name: _parse_kind(name, policy, self.step_definitions) for name, policy in sections.items()
        }

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())

    def choose(self, name: str | None, content_type: str, size: int) -> Kind:
        """Chooses the kind of a new document: the one with this name, or the first one that accepts the content type.

        Checks in this order. Raises InvalidInput for an unknown name, InvalidInput `content_type_not_allowed`, and
        InvalidInput `file_too_large`.
        """
        kind = self._require(name) if name is not None else self._find_accepting(content_type)
        if content_type not in kind.content_types:
            accepted = ", ".join(sorted(kind.content_types))
            raise _not_accepted(
                f"The kind {kind.name} does not accept {content_type}; it accepts {accepted}."
            )
        _check_size(kind, size, "size")
        return kind

    def choose_by_name(self, name: str, max_size: int) -> Kind:
        """Returns the kind of a file that is not known yet and has up to `max_size` bytes.

        Raises InvalidInput for an unknown name, and InvalidInput `file_too_large`.
        """
        kind = self._require(name)
        _check_size(kind, max_size, "maxSize")
        return kind

    def accepts(self, name: str | None, content_type: str) -> bool:
        """Returns True if the kind with this name, or without a name any kind, accepts the content type."""
        kinds = self._kinds.values() if name is None else [self._require(name)]
        return any(content_type in kind.content_types for kind in kinds)

    def get(self, name: str) -> Kind | None:
        """Returns None for a kind that is no longer deployed, although documents of that kind exist."""
        return self._kinds.get(name)

    def list_steps(self, name: str) -> frozenset[str] | None:
        """Returns all steps of a kind, None for one that is no longer deployed."""
        kind = self.get(name)
        return BUILT_IN.union(kind.steps) if kind else None

    def _require(self, name: str) -> Kind:
        kind = self._kinds.get(name)
        if kind is None:
            known = ", ".join(self._kinds)
            raise InvalidInput(
                Code.VALIDATION_FAILED, f"There is no kind {name!r}; the kinds are {known}.", field="kind"
            )
        return kind

    def _find_accepting(self, content_type: str) -> Kind:
        for kind in self._kinds.values():
            if content_type in kind.content_types:
                return kind
        raise _not_accepted(f"No kind accepts {content_type}.")


def _check_size(kind: Kind, size: int, field: str) -> None:
    if size > kind.max_bytes:
        raise InvalidInput(
            Code.FILE_TOO_LARGE,
            f"The kind {kind.name} accepts up to {_format_size(kind.max_bytes)};"
            f" this file has {_format_size(size)}.",
            field=field,
        )


def _list_steps(sections: Mapping[str, Any]) -> list[str]:
    """Returns the names of the steps that kinds list, each once. The kinds are not validated yet."""
    lists = [policy.get("steps") for policy in sections.values() if isinstance(policy, Mapping)]
    names = [name for each in lists if isinstance(each, list) for name in each if isinstance(name, str)]
    return list(dict.fromkeys(names))


def _parse_kind(name: str, policy: object, definitions: Mapping[str, StepDefinition]) -> Kind:
    if not isinstance(policy, Mapping):
        raise ValueError(f"kinds.toml: {name} is no section")  # noqa: TRY004
    steps = _parse_steps(name, policy.get("steps", []), definitions)
    unknown = policy.keys() - {*KIND_SETTINGS, *KIND_FLAGS, *steps}
    if unknown:
        raise ValueError(f"kinds.toml: {name} has unknown settings: {', '.join(sorted(unknown))}")
    types, max_bytes = policy.get("content_types"), policy.get("max_bytes")
    if not isinstance(types, list) or not types or not all(isinstance(entry, str) for entry in types):
        raise ValueError(f"kinds.toml: {name} needs content_types, a list of strings")
    if type(max_bytes) is not int or not 1 <= max_bytes <= MAX_OBJECT:
        raise ValueError(f"kinds.toml: {name} needs max_bytes, from 1 to {MAX_OBJECT}")
    flags = _parse_flags(name, policy)
    content_types = _parse_types(name, types, allow_unknown=flags["unchecked"])
    for step in steps:
        definitions[step].check_types(name, content_types)
        definitions[step].check_size(name, max_bytes)
    parameters = {step: definitions[step].parse_parameters(name, policy.get(step, {})) for step in steps}
    accepted_codes = {step: definitions[step].accepted_codes(parameters[step]) for step in steps}
    duplicates = _parse_duplicates(name, policy.get("duplicates", DuplicatePolicy.KEEP))
    return Kind(
        name,
        content_types,
        max_bytes,
        steps,
        parameters,
        accepted_codes,
        **flags,
        duplicates=duplicates,
        claim_within=_parse_claim(name, policy.get("claim_within")),
    )


def _parse_flags(name: str, policy: Mapping[str, object]) -> dict[str, bool]:
    flags: dict[str, bool] = {}
    for flag in KIND_FLAGS:
        value = policy.get(flag, False)
        if not isinstance(value, bool):
            raise ValueError(f"kinds.toml: {flag} of {name} is true or false")  # noqa: TRY004
        flags[flag] = value
    return flags


def _parse_duplicates(name: str, value: object) -> DuplicatePolicy:
    for policy in DuplicatePolicy:
        if policy.value == value:
            return policy
    raise ValueError(f"kinds.toml: duplicates of {name} is one of {', '.join(DuplicatePolicy)}")


def _parse_claim(name: str, value: object) -> timedelta | None:
    if value is None:
        return None
    if type(value) is not int or not _MIN_CLAIM <= value <= _MAX_CLAIM:
        raise ValueError(
            f"kinds.toml: claim_within of {name} is a number of seconds from {_MIN_CLAIM} to {_MAX_CLAIM}"
        )
    return timedelta(seconds=value)


def _parse_types(name: str, types: list[str], *, allow_unknown: bool) -> frozenset[str]:
    """Returns the content types under their canonical names. A type that no bytes can prove needs `unchecked`."""
    try:
        content_types = frozenset(essence(entry) for entry in types)
    except InvalidInput as error:
        raise ValueError(f"kinds.toml: {name} lists an invalid content type") from error
    unknown = sorted(each for each in content_types if not is_detectable(each))
    if unknown and not allow_unknown:
        raise ValueError(
            f"kinds.toml: {name} lists content types that detection does not know: {', '.join(unknown)};"
            " correct them, or set unchecked = true"
        )
    return content_types


def _parse_steps(name: str, steps: object, definitions: Mapping[str, StepDefinition]) -> tuple[str, ...]:
    if not isinstance(steps, list) or not all(isinstance(step, str) for step in steps):
        raise ValueError(f"kinds.toml: steps of {name} is a list of names")
    for step in steps:
        if step not in definitions:
            known = ", ".join(definitions) or "none is defined"
            raise ValueError(f"kinds.toml: {name} lists the unknown step {step}; known steps: {known}")
    if len(set(steps)) != len(steps):
        raise ValueError(f"kinds.toml: {name} lists a step twice")
    return tuple(steps)


def _format_size(size: int) -> str:
    """Formats bytes in the largest unit that is not below 1, with at most one decimal: `10485760` -> `10 MiB`."""
    amount, units = float(size), ["bytes", "KiB", "MiB", "GiB", "TiB"]
    while amount >= 1024 and len(units) > 1:
        amount, units = amount / 1024, units[1:]
    return f"{amount:.1f}".removesuffix(".0") + f" {units[0]}"


def _not_accepted(detail: str) -> InvalidInput:
    return InvalidInput(Code.CONTENT_TYPE_NOT_ALLOWED, detail, field="contentType")

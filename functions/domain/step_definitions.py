"""Definitions of optional steps: those that Airlock ships, and those of the section `steps` of kinds.toml.

[steps.wordlist]
timeout = 600                        # seconds without a sign of the worker; default: 1,800
concurrency = 20                     # tasks that a Lambda worker does at a time; default: 10
parameters = { words = "strings" }   # parameter -> type: string, integer, boolean or strings
"""

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from functions.domain.codes import Code
from functions.domain.steps import BUILT_IN, Json

_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
_DEFAULT_TIMEOUT = 1_800
_MAX_TIMEOUT = 12 * 3600
"""Seconds. SQS keeps a message that a worker has received invisible for at most 12 hours.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""
_DEFAULT_CONCURRENCY = 10
_MIN_CONCURRENCY = 2
_MAX_CONCURRENCY = 1_000
"""Bounds of the maximum concurrency of an event source mapping.

https://docs.aws.amazon.com/lambda/latest/api/API_ScalingConfig.html
"""
KIND_SETTINGS = ("content_types", "max_bytes", "steps", "duplicates", "claim_within")
KIND_FLAGS = ("forms", "strict_types", "unchecked", "allow_passwords")
"""Names of the settings of a kind. The parameters of a step are a section beside them, so no step has one of these names."""

_RESERVED = BUILT_IN.union(KIND_SETTINGS, KIND_FLAGS)


def _is_string(value: object) -> bool:
    return isinstance(value, str)


def _is_type(value: object) -> bool:
    return _is_string(value) and value in _TYPES


_TYPES: Mapping[str, Callable[[object], bool]] = {
    "string": _is_string,
    "integer": lambda value: type(value) is int,
    "boolean": lambda value: type(value) is bool,
    "strings": lambda value: isinstance(value, list) and all(map(_is_string, value)),
}


ParseParameters = Callable[[str, Mapping[str, Any]], Mapping[str, Json]]
"""Takes the name of a section of kinds.toml, for errors, and its values. Returns the parameters. Raises ValueError."""


@dataclass(frozen=True, slots=True)
class RequiredParameters:
    """Parameters by name and type, each of which a kind must set."""

    types: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, section: str, values: Mapping[str, Any]) -> Mapping[str, Json]:
        """Returns the values. Raises ValueError for an unknown, a missing and a wrong one."""
        reject_unknown(section, values, self.types)
        for name, type_name in self.types.items():
            if name not in values:
                raise ValueError(f"{section} needs the parameter {name}")
            if not _TYPES[type_name](values[name]):
                raise ValueError(f"{section}: {name} has the type {type_name}")
        return dict(values)


def reject_unknown(section: str, values: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raises ValueError for a value whose name is not known."""
    unknown = sorted(values.keys() - set(known))
    if unknown:
        names = ", ".join(known) or "there is none"
        raise ValueError(f"{section} has unknown parameters: {', '.join(unknown)}; known: {names}")


def _accept_none(_parameters: Mapping[str, Json]) -> frozenset[Code]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class StepDefinition:
    """A step with a worker.

    - `timeout` is the time without a sign of the worker after which the task is sent again. None: the step waits without
      end, because a person gives the verdict.
    - `parse` parses the parameters that a kind sets.
    - `concurrency` is the maximum number of tasks that a worker in Lambda does at a time.
    - `content_types` are those that the worker can process. None: all.
    - `accepted_codes` returns the codes of a rejection with which a file passes nevertheless, by the parameters of its kind.
    - `max_bytes` is the size in bytes of the largest file that it can process. None: any size.
    """

    name: str
    timeout: timedelta | None
    parse: ParseParameters = RequiredParameters()
    concurrency: int = _DEFAULT_CONCURRENCY
    content_types: frozenset[str] | None = None
    accepted_codes: Callable[[Mapping[str, Json]], frozenset[Code]] = _accept_none
    max_bytes: int | None = None

    def parse_parameters(self, kind: str, values: object) -> Mapping[str, Json]:
        """Returns the parameters of one kind. Raises ValueError for an unknown, a missing and a wrong one."""
        section = f"kinds.toml: {kind}.{self.name}"
        if not isinstance(values, Mapping):
            raise ValueError(f"{section} is a section of parameters")  # noqa: TRY004
        return self.parse(section, values)

    def check_size(self, kind: str, max_bytes: int) -> None:
        """Raises ValueError for a kind whose files may be larger than the worker can process."""
        if self.max_bytes is not None and max_bytes > self.max_bytes:
            raise ValueError(
                f"kinds.toml: the step {self.name} of {kind} processes up to {self.max_bytes} bytes, less than max_bytes"
            )

    def check_types(self, kind: str, content_types: Set[str]) -> None:
        """Raises ValueError for a kind with a content type that the worker cannot process."""
        foreign = sorted(content_types - self.content_types) if self.content_types is not None else []
        if foreign:
            raise ValueError(
                f"kinds.toml: the step {self.name} of {kind} does not process {', '.join(foreign)}"
            )


def parse_definitions(section: object) -> dict[str, StepDefinition]:
    """Parses the section `steps` of kinds.toml. Raises ValueError."""
    if not isinstance(section, Mapping):
        raise ValueError("kinds.toml: steps is a section with one section a step")  # noqa: TRY004
    return {name: _parse_definition(name, section[name]) for name in section}


def _parse_definition(name: str, values: Any) -> StepDefinition:
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise ValueError(
            f"kinds.toml: steps.{name} needs another name: up to 30 of a-z, 0-9 and _, not reserved"
        )
    if not isinstance(values, Mapping):
        raise ValueError(f"kinds.toml: steps.{name} is a section")  # noqa: TRY004
    unknown = sorted(values.keys() - {"timeout", "parameters", "concurrency"})
    if unknown:
        raise ValueError(f"kinds.toml: steps.{name} has unknown settings: {', '.join(unknown)}")
    timeout, parameters = values.get("timeout", _DEFAULT_TIMEOUT), values.get("parameters", {})
    if type(timeout) is not int or not 1 <= timeout <= _MAX_TIMEOUT:
        raise ValueError(f"kinds.toml: steps.{name}.timeout is 1 to {_MAX_TIMEOUT} seconds")
    concurrency = values.get("concurrency", _DEFAULT_CONCURRENCY)
    if type(concurrency) is not int or not _MIN_CONCURRENCY <= concurrency <= _MAX_CONCURRENCY:
        raise ValueError(
            f"kinds.toml: steps.{name}.concurrency is {_MIN_CONCURRENCY} to {_MAX_CONCURRENCY} tasks"
        )
    if not isinstance(parameters, Mapping) or not all(map(_is_type, parameters.values())):
        raise ValueError(f"kinds.toml: steps.{name}.parameters are of the types {', '.join(_TYPES)}")
    return StepDefinition(name, timedelta(seconds=timeout), RequiredParameters(dict(parameters)), concurrency)

"""A reader of properties that refuses what nobody read, so that the proxy is never laxer than the template says."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any

from edge_proxy.errors import TemplateError

_REQUIRED: Any = object()


class Properties:
    """The properties of a resource, or an object in them. As a context manager it ends with `finish()`."""

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self.where = where
        self._values = dict(values)

    def __enter__(self) -> "Properties":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.finish()

    def take(self, name: str, default: Any = _REQUIRED) -> Any:
        """Returns the value and marks it as read. Raises TemplateError when it is missing and there is no default."""
        if name not in self._values and default is _REQUIRED:
            raise TemplateError(f"{self.where} has no {name}")
        return self._values.pop(name, default)

    def nested(self, name: str) -> "Properties":
        """Returns the object of this name. Raises TemplateError when it is missing."""
        return Properties(f"{self.where}.{name}", self.take(name))

    def optional(self, name: str) -> "Properties | None":
        """Returns the object of this name, or None."""
        return self.nested(name) if self._values.get(name) is not None else self.take(name, None)

    def items(self, name: str) -> list["Properties"]:
        """Returns the objects of a list, which may be missing."""
        values = self.take(name, [])
        return [Properties(f"{self.where}.{name}[{index}]", item) for index, item in enumerate(values)]

    def ignore(self, *names: str) -> None:
        """Marks properties as read that make no difference to a viewer of this proxy."""
        for name in names:
            self._values.pop(name, None)

    def refuse(self, reason: str, *names: str) -> None:
        """Raises TemplateError when one of the properties is there and not empty."""
        for name in names:
            if self._values.pop(name, None):
                raise TemplateError(f"{self.where}.{name}: {reason}")

    def finish(self) -> None:
        """Raises TemplateError for properties that were not read."""
        if self._values:
            raise TemplateError(f"{self.where}: {', '.join(sorted(self._values))} not known to this proxy")

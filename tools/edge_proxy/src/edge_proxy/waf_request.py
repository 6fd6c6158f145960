"""A request as AWS WAF inspects it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_to_bytes

from edge_proxy.errors import TemplateError
from edge_proxy.properties import Properties

_TRANSFORMATIONS: Mapping[str, Callable[[bytes], bytes]] = {
    "NONE": bytes,
    "LOWERCASE": bytes.lower,
    "URL_DECODE": unquote_to_bytes,
}


@dataclass(slots=True)
class WafRequest:
    """`path` and `query` are as sent, names of headers are lower case. `labels` are those of rules that matched so far.

    `body` has at most `body_limit` bytes of a longer one; `body_size` is its whole size.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    body_size: int
    address: str
    labels: set[str] = field(default_factory=set)

    @property
    def is_oversize(self) -> bool:
        return self.body_size > len(self.body)


@dataclass(frozen=True, slots=True)
class Component:
    """The part of a request that a statement inspects, and how it is transformed before.

    https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields-list.html
    """

    kind: str
    name: str
    oversize: str
    transformations: tuple[str, ...]

    def find(self, request: WafRequest) -> bytes | None:
        """Returns the transformed bytes, or None when the request has no such part."""
        found = self._find(request)
        if found is not None:
            for name in self.transformations:
                found = _TRANSFORMATIONS[name](found)
        return found

    def decide_oversize(self, request: WafRequest) -> bool | None:
        """Returns the result of a statement on a body that is longer than what WAF sees, or None where it goes on."""
        if self.kind != "Body" or not request.is_oversize or self.oversize == "CONTINUE":
            return None
        return self.oversize == "MATCH"

    def _find(self, request: WafRequest) -> bytes | None:
        if self.kind == "SingleHeader":
            value = request.headers.get(self.name.lower())
            return None if value is None else value.encode()
        if self.kind == "SingleQueryArgument":
            pairs = (pair.partition("=") for pair in request.query.split("&"))
            values = [value for name, _, value in pairs if unquote(name).lower() == self.name.lower()]
            return values[0].encode() if values else None
        parts = {"Body": request.body, "Method": request.method.encode()}
        parts |= {"UriPath": request.path.encode(), "QueryString": request.query.encode()}
        return parts[self.kind]


def read_component(properties: Properties) -> Component:
    """Reads FieldToMatch and TextTransformations of a statement. Raises TemplateError."""
    field_to_match = properties.take("FieldToMatch")
    ((kind, settings),) = field_to_match.items()
    if kind not in ("SingleHeader", "SingleQueryArgument", "Body", "Method", "UriPath", "QueryString"):
        raise TemplateError(f"{properties.where}: {kind} is not inspected")
    listed = sorted(properties.take("TextTransformations"), key=lambda item: int(item["Priority"]))
    names = tuple(item["Type"] for item in listed)
    if unknown := set(names) - set(_TRANSFORMATIONS):
        raise TemplateError(f"{properties.where}: {', '.join(sorted(unknown))} is not emulated")
    settings = settings or {}
    return Component(kind, settings.get("Name", ""), settings.get("OversizeHandling", "CONTINUE"), names)

"""A synthesised CloudFormation template whose references are resolved by given values."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from edge_proxy.errors import TemplateError
from edge_proxy.properties import Properties

_ARNS = ("Arn", "FunctionARN")
_DYNAMIC = re.compile(r"\{\{resolve:[^}]+\}\}")


class Template:
    """`values` maps what CloudFormation knows after a deployment: `LogicalId` to the value of Ref, `LogicalId.Attribute` to that
    of GetAtt, `StackName.OutputName` to that of another stack's output, `AWS::Region` and other pseudo parameters, and `{{resolve:...}}` to the value of a dynamic reference.

    A resource of CloudFront or WAF without a value has its logical id as id, and `LogicalId.Attribute` as ARN.
    """

    def __init__(self, template: Mapping[str, Any], values: Mapping[str, str]) -> None:
        self._resources: Mapping[str, Any] = template["Resources"]
        self._parameters: Mapping[str, Any] = template.get("Parameters", {})
        self._values = values

    def find(self, resource_type: str, id: str) -> Properties:
        """Returns the properties of the resource with this Ref or ARN. Raises TemplateError."""
        for name, properties in self.list_resources(resource_type):
            if id in (self._ref(name), *(self._get_attribute([name, arn]) for arn in _ARNS)):
                return properties
        raise TemplateError(f"no {resource_type} of the template is {id}")

    def list_resources(self, resource_type: str) -> Iterator[tuple[str, Properties]]:
        """Yields logical id and properties of each resource of a type."""
        for name, resource in self._resources.items():
            if resource["Type"] == resource_type:
                yield (
                    name,
                    Properties(f"{resource_type} {name}", self.resolve(resource.get("Properties", {}))),
                )

    def resolve(self, value: Any) -> Any:
        """Returns the value with every intrinsic function evaluated. Raises TemplateError for what has no value."""
        if isinstance(value, list):
            resolved = [self.resolve(item) for item in value]
            return [item for item in resolved if item is not _NO_VALUE]
        if isinstance(value, str):
            return _DYNAMIC.sub(lambda match: self._value_of(match[0]), value)
        if not isinstance(value, dict):
            return value
        if _is_function(value):
            return self._evaluate(*next(iter(value.items())))
        members = {name: self.resolve(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member is not _NO_VALUE}

    def _evaluate(self, function: str, argument: Any) -> Any:
        functions: Mapping[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_attribute,
            "Fn::Join": lambda pair: pair[0].join(str(item) for item in self.resolve(pair[1])),
            "Fn::Select": lambda pair: self.resolve(pair[1])[int(pair[0])],
            "Fn::Split": lambda pair: self.resolve(pair[1]).split(pair[0]),
            "Fn::GetStackOutput": lambda output: self._value_of(
                f"{output['StackName']}.{output['OutputName']}"
            ),
            "Fn::Sub": self._substitute,
        }
        if function not in functions:
            raise TemplateError(f"{function} is not evaluated")
        return functions[function](argument)

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name in self._values:
            return self._values[name]
        if name in self._parameters and "Default" in self._parameters[name]:
            return self._parameters[name]["Default"]
        return name if self._is_own(name) else self._value_of(name)

    def _get_attribute(self, argument: Any) -> Any:
        name, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        key = f"{name}.{attribute}"
        if key in self._values or not self._is_own(name):
            return self._value_of(key)
        return self._ref(name) if attribute == "Id" else key

    def _is_own(self, name: str) -> bool:
        return str(self._resources.get(name, {}).get("Type")).startswith(
            ("AWS::CloudFront::", "AWS::WAFv2::")
        )

    def _substitute(self, argument: Any) -> str:
        text, own = (argument, {}) if isinstance(argument, str) else argument

        def replace(match: "re.Match[str]") -> str:
            name = match[1]
            if name in own:
                return str(self.resolve(own[name]))
            return str(self._get_attribute(name) if "." in name else self._ref(name))

        return re.sub(r"\$\{([^!}]+)\}", replace, text)

    def _value_of(self, key: str) -> str:
        if key not in self._values:
            raise TemplateError(f"no value is given for {key}")
        return self._values[key]


_NO_VALUE = object()


def _is_function(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Ref", "Fn::"))

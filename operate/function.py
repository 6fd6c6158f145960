"""A deployed function, which an operator invokes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from operate.errors import OperateError


class Invocable(Protocol):
    """A function that takes and returns JSON objects. Raises OperateError."""

    def invoke(self, payload: Mapping[str, Any]) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Function:
    """One deployed function. IAM action: lambda:InvokeFunction."""

    client: Any
    name: str

    def invoke(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns what the function returns. Raises OperateError."""
        try:
            response = self.client.invoke(FunctionName=self.name, Payload=json.dumps(payload).encode())
            result = json.loads(response["Payload"].read())
        except (BotoCoreError, ClientError) as error:
            raise OperateError(str(error)) from error
        if "FunctionError" in response:
            raise OperateError(f"{self.name} failed: {result.get('errorMessage', 'no message')}; see its log")
        if "error" in result:
            raise OperateError(result["error"])
        return dict(result)


def call_until_end(function: Invocable, name: str, command: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Repeats a command with the cursor of its response until that is None. Yields each response. Raises OperateError."""
    cursor = None
    while True:
        response = function.invoke({name: {**command, **({"cursor": cursor} if cursor else {})}})
        yield response
        cursor = response["cursor"]
        if cursor is None:
            return

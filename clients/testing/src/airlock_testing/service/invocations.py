"""Invocations of the functions, one at a time, as each would have a process of its own in Lambda."""

import threading
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]
_SECONDS = 300


class Context(LambdaContext):
    """The context of an invocation that has its whole time left."""

    def __init__(self) -> None:
        self._function_name = "airlock-testing"
        self._function_version = "$LATEST"
        self._memory_limit_in_mb = 512
        self._invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:airlock-testing"
        self._aws_request_id = "52fdfc07-2182-454f-963f-5f0f9a621d72"
        # Powertools declares it a static method, which nothing but its module can be.
        self.get_remaining_time_in_millis = lambda: _SECONDS * 1000  # type: ignore[method-assign]


class Invocations:
    """Invokes one function after the other, because Powertools keeps the current event in a class.

    `after` runs at the end of each: it publishes what the invocation has changed.
    """

    def __init__(self, after: Callable[[], None]) -> None:
        self._after = after
        self.lock = threading.RLock()

    def invoke(self, handler: Handler, event: dict[str, Any]) -> dict[str, Any]:
        """Returns the response of the function. Raises what it raises."""
        with self.lock:
            try:
                return handler(event, Context())
            finally:
                self._after()

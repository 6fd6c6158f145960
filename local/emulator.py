"""The process of the local AWS: MiniStack with its gaps closed. `local.aws` starts it.

Standard input is a pipe whose other end the parent holds. The pipe closes when the parent ends, also when it is killed; then
this process kills its whole process group, the Lambda workers included.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.services import lambda_svc

from local.file_names import obey_file_names
from local.forked_workers import fork_workers
from ministack_gaps import close_gaps


def main() -> None:
    """Serves on BIND_HOST:GATEWAY_PORT until SIGTERM or until standard input closes."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    close_gaps()
    obey_file_names()
    fork_workers()
    lambda_svc._emit_lambda_logs = _copy_to_stderr(lambda_svc._emit_lambda_logs)
    del os.environ["PYTHONPATH"]  # leads to ministack_gaps, which no function may import
    app.main()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


def _copy_to_stderr(emit: Callable[..., None]) -> Callable[..., None]:
    """Returns `emit` that also prints. MiniStack keeps a function's output in its CloudWatch Logs only."""

    def emit_and_print(func: dict[str, Any], request_id: str, text: str, *rest: Any, **more: Any) -> None:
        if text:
            name = (func.get("config") or func)["FunctionName"]
            print(f"{name} {request_id}\n{text}", file=sys.stderr, flush=True)
        emit(func, request_id, text, *rest, **more)

    return emit_and_print


if __name__ == "__main__":
    main()

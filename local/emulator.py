"""The process that is the local AWS: MiniStack with its gaps closed. `local.aws` starts it.

Standard input is a pipe whose other end the parent holds. When it closes, the parent is gone, however it
went, and this process ends its whole process group, the Lambda workers included.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.services import lambda_svc

from local import emulator_gaps, emulator_gaps_multipart, emulator_gaps_roles, emulator_gaps_workers


def main() -> None:
    """Serve on BIND_HOST:GATEWAY_PORT until SIGTERM or until standard input closes."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    emulator_gaps.close()
    emulator_gaps_multipart.close()
    emulator_gaps_roles.close()
    emulator_gaps_workers.close()
    lambda_svc._emit_lambda_logs = _also_to_our_log(lambda_svc._emit_lambda_logs)
    app.main()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


def _also_to_our_log(emit: Callable[..., None]) -> Callable[..., None]:
    """MiniStack keeps what a function prints in its CloudWatch Logs only; one file is easier to read."""

    def emit_both(func: dict[str, Any], request_id: str, text: str, *rest: Any, **more: Any) -> None:
        if text:
            name = (func.get("config") or func)["FunctionName"]
            print(f"{name} {request_id}\n{text}", file=sys.stderr, flush=True)
        emit(func, request_id, text, *rest, **more)

    return emit_both


if __name__ == "__main__":
    main()

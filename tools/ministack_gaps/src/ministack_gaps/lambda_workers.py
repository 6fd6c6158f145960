"""Limits the worker processes of one function; further requests wait for a free worker.

AWS starts an execution environment with CPU of its own for each concurrent request. MiniStack starts a process, and processes
share the cores of one machine: 50 that start at once take minutes, and every request times out.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
"""

import os
import threading
from typing import Any

from ministack.services import lambda_svc

WORKERS_PER_FUNCTION = (os.cpu_count() or 1) + 2
"""Maximum number of worker processes of one version of a function. Above the number of cores, because functions wait for I/O."""

_released = threading.Condition()

_upstream_acquire = lambda_svc.acquire_worker
_upstream_release = lambda_svc.release_worker
_upstream_concurrency = lambda_svc._sqs_esm_concurrency


def install() -> None:
    """Replaces the leasing of workers and the concurrency of SQS event source mappings."""
    lambda_svc.acquire_worker = _acquire
    lambda_svc.release_worker = _release
    lambda_svc._sqs_esm_concurrency = _concurrency


def _acquire(function: str, config: dict[str, Any], code: bytes, **more: Any) -> tuple[Any, str]:
    """Leases a worker; waits while WORKERS_PER_FUNCTION of them are busy.

    An invocation by a function does not wait, because the busy worker may be that of its own caller. The depth of an
    invocation from outside is 0 or 1.
    """
    if lambda_svc._invoke_depth.get() > 1:
        return _upstream_acquire(function, config, code, **more)  # type: ignore[no-any-return]
    with _released:
        while True:
            worker, reason = _upstream_acquire(
                function, config, code, **more, max_concurrency=WORKERS_PER_FUNCTION
            )
            if worker is not None:
                return worker, reason
            _released.wait()


def _release(worker: Any) -> None:
    _upstream_release(worker)
    with _released:
        _released.notify_all()


def _concurrency(*mapping: Any, **more: Any) -> int:
    """Maximum number of concurrent batches. At most the number of workers, so that a message waits in its queue instead of
    using up its visibility timeout.
    """
    return min(int(_upstream_concurrency(*mapping, **more)), WORKERS_PER_FUNCTION)

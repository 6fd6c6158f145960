"""Limits the processes with which MiniStack 1.5.33 runs one function; requests above the limit wait for a free one.

AWS starts an execution environment of its own for each concurrent request, and each gets CPU of its own. Processes on one
machine share its cores instead: 50 that start at once all start at a fiftieth of the speed, and every request times out.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
"""

import os
import threading
from typing import Any

from ministack.services import lambda_svc

WORKERS_PER_FUNCTION = (os.cpu_count() or 1) + 2
"""Maximum number of processes for one version of a function. Above the number of cores, because functions wait for I/O."""

_worker_released = threading.Condition()

_ms_acquire = lambda_svc.acquire_worker
_ms_release = lambda_svc.release_worker
_ms_batches = lambda_svc._sqs_esm_concurrency


def close() -> None:
    """Replace the functions, once, before the first request."""
    lambda_svc.acquire_worker = _acquire
    lambda_svc.release_worker = _release
    lambda_svc._sqs_esm_concurrency = _concurrent_batches


def _acquire(function: str, config: dict[str, Any], code: bytes, **more: Any) -> tuple[Any, str]:
    """Waits until the function has fewer than WORKERS_PER_FUNCTION busy workers, then leases one.

    An invocation by another function does not wait, because the worker that it would wait for may be its own caller.
    Depth 1 is an Invoke from outside.
    """
    if lambda_svc._invoke_depth.get() > 1:
        return _ms_acquire(function, config, code, **more)  # type: ignore[no-any-return]
    with _worker_released:
        while True:
            worker, reason = _ms_acquire(function, config, code, **more, max_concurrency=WORKERS_PER_FUNCTION)
            if worker is not None:
                return worker, reason
            _worker_released.wait()


def _release(worker: Any) -> None:
    _ms_release(worker)
    with _worker_released:
        _worker_released.notify_all()


def _concurrent_batches(*about: Any, **more: Any) -> int:
    """Never above the number of workers: a message that waits for one stays in its queue, its visibility timeout unused.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    """
    return min(int(_ms_batches(*about, **more)), WORKERS_PER_FUNCTION)

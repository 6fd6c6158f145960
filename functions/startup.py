"""Start of a Lambda process: garbage collection is off while modules load, and connections are opened before the first event."""

import gc
import os
from collections.abc import Callable
from contextlib import suppress


def begin_init() -> None:
    """Switches garbage collection off in Lambda, because everything that is loaded during the start stays."""
    if _is_lambda():
        gc.disable()


def finish_init(*preparations: Callable[[], object]) -> None:
    """Runs `preparations` in Lambda, then keeps what the start has made out of every later collection.

    The start has a whole CPU, a request only the share that the function's memory buys. An exception of a preparation
    is suppressed, because the first request runs the same code again and reports it. Outside Lambda this does nothing.
    """
    if not _is_lambda():
        return
    for prepare in preparations:
        with suppress(Exception):
            prepare()
    gc.freeze()
    gc.enable()


def _is_lambda() -> bool:
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ

"""The Lambdas, one module each; the only place that knows HTTP and event shapes.

Garbage collection is off while a function starts, because everything it loads then stays: each handler module
calls `started` when it is complete.
"""

import gc
import os
from collections.abc import Callable
from contextlib import suppress

gc.disable()


def started(*preparations: Callable[[], object]) -> None:
    """Leave what start-up made out of every later collection.

    In Lambda, the `preparations` come first: start-up has a whole CPU, the first request only the share that the
    function's memory buys. What they cannot do now, the first request does, so none of them can fail a start.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        for prepare in preparations:
            with suppress(Exception):
                prepare()
    gc.freeze()
    gc.enable()

"""The Lambdas, one module each; the only place that knows HTTP and event shapes.

Garbage collection is off while a function starts, because everything it loads then stays: each handler module
calls `started` when it is complete.
"""

import gc

gc.disable()


def started() -> None:
    """Leave what start-up made out of every later collection."""
    gc.freeze()
    gc.enable()

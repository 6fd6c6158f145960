"""MiniStack 1.5.33 with the gaps to AWS closed that Airlock's local stack and its tests depend on.

`close_gaps()` replaces functions of MiniStack inside the process that serves it; `python -m ministack_gaps` serves it so. The
README lists every gap: what AWS does, with source, what MiniStack does, and what to report upstream.
"""

from ministack_gaps.gaps import close_gaps
from ministack_gaps.lambda_workers import WORKERS_PER_FUNCTION

__all__ = ["WORKERS_PER_FUNCTION", "close_gaps"]

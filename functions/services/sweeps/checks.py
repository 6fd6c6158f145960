"""Checks of single items. The error of one check is logged and ends nothing else."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ParamSpec

from functions.domain.storage import BucketInventory, ObjectVersion

FAILED = "error"
"""Outcome of a check that raised an exception."""

Progress = tuple[Sequence[str], str | None]
"""The outcomes since the last progress, and the cursor that continues after them. Time may run out in between."""

Parameters = ParamSpec("Parameters")


@dataclass(frozen=True, slots=True)
class Checks:
    """Runs checks, and logs their errors with the traceback."""

    log_error: Callable[[str], object]

    def run(
        self, check: Callable[Parameters, str | None], *args: Parameters.args, **named: Parameters.kwargs
    ) -> str | None:
        """Returns the outcome of one check, FAILED if it raises an exception."""
        try:
            return check(*args, **named)
        except Exception:
            self.log_error("check_failed")
            return FAILED

    def delete(self, inventory: BucketInventory, versions: Sequence[ObjectVersion]) -> Iterator[str | None]:
        """Deletes versions with one request, and yields an outcome for each."""

        def delete() -> str:
            inventory.delete(versions)
            return "deleted_version"

        outcome = self.run(delete)
        yield from (outcome for _ in versions)

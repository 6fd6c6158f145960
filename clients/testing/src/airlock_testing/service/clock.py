"""The clock of the service, which a test can move ahead."""

from datetime import UTC, datetime, timedelta


class MovableClock:
    """The time of this machine, plus what it was moved by."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, by: timedelta) -> None:
        """Raises ValueError for a negative time, because no service sees its clock go back by hours."""
        if by < timedelta(0):
            raise ValueError("the clock moves forward only")
        self._ahead += by

    def reset(self) -> None:
        self._ahead = timedelta(0)

"""The faults that a test has injected. Each is used up call by call, or stays until a reset."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class Fault(StrEnum):
    """A fault without parameters of its own."""

    STORAGE_CLIENT = "storage_client"
    """S3 responds to a client with 503 SlowDown."""
    STORAGE_SERVICE = "storage_service"
    """S3 responds to the functions with 503 SlowDown, also after their retries."""
    TABLE = "table"
    """The table responds with ThrottlingException."""
    EVENT_LOST = "event_lost"
    EVENT_DUPLICATED = "event_duplicated"


class ScanVerdict(StrEnum):
    """The verdict of the malware scanner on a file."""

    CLEAN = "clean"
    INFECTED = "infected"
    INCONCLUSIVE = "inconclusive"
    NONE = "none"
    """The verdict never comes."""


@dataclass
class Faults:
    """Thread-safe. A count of None stands for every call until a reset."""

    _calls: dict[Fault, int | None] = field(default_factory=dict)
    _verdicts: list[ScanVerdict] = field(default_factory=list)
    _every_verdict: ScanVerdict | None = None
    _delays: list[timedelta] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def inject(self, fault: Fault, calls: int | None) -> None:
        with self._lock:
            self._calls[fault] = calls

    def take(self, fault: Fault) -> bool:
        """Returns True if this call fails, and counts it."""
        with self._lock:
            if fault not in self._calls:
                return False
            left = self._calls[fault]
            if left is not None:
                self._calls[fault] = left - 1
                if left <= 1:
                    del self._calls[fault]
            return left is None or left > 0

    def inject_verdict(self, verdict: ScanVerdict, scans: int | None) -> None:
        with self._lock:
            if scans is None:
                self._every_verdict = verdict
            else:
                self._verdicts += [verdict] * scans

    def take_verdict(self) -> ScanVerdict | None:
        with self._lock:
            return self._verdicts.pop(0) if self._verdicts else self._every_verdict

    def inject_delay(self, by: timedelta, events: int) -> None:
        with self._lock:
            self._delays += [by] * events

    def take_delay(self) -> timedelta:
        """Returns the time by which this event of S3 is late."""
        with self._lock:
            return self._delays.pop(0) if self._delays else timedelta(0)

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()
            self._verdicts.clear()
            self._delays.clear()
            self._every_verdict = None

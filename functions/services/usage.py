"""Use case of usage: what an owner uses of the limits."""

from dataclasses import dataclass
from datetime import datetime

from functions.domain.owner_usage import OwnerUsage, OwnerUsageRepository
from functions.domain.quota import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageService:
    """Reads the usage of owners. `limits` are those of each owner."""

    repository: OwnerUsageRepository
    limits: Limits

    def get(self, owner: str, now: datetime) -> OwnerUsage:
        """Returns the usage by one consistent read, also for an owner who has never created anything. Raises Unavailable."""
        usage, download_bytes = self.repository.read(owner, now)
        return OwnerUsage(usage, download_bytes, self.limits, now)

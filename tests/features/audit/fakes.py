"""A bucket and a table of heads in memory, for the writer of the trail. The contract test compares the bucket to S3."""

from datetime import UTC, datetime, timedelta

from functions.domain.audit_trail import Chain, Head, parse_block_key

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=365)


class InMemoryBlocks:
    """Implements `functions.domain.audit_trail.BlockStore`."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}

    def put(self, key: str, body: bytes) -> bool:
        if key in self.bodies:
            return False
        self.bodies[key] = body
        return True

    def get(self, key: str) -> tuple[bytes, datetime]:
        return self.bodies[key], NOW

    def find_last_key(self, chain: Chain, after: str) -> str | None:
        return max((key for key in self.bodies if _is_of(chain, key) and key > after), default=None)


class InMemoryHeads:
    """Implements `functions.domain.audit_trail.ChainHeads`."""

    def __init__(self) -> None:
        self.heads: dict[Chain, Head] = {}

    def get(self, chain: Chain) -> Head:
        return self.heads.get(chain, Head())

    def advance(self, chain: Chain, head: Head) -> None:
        if head.sequence > self.get(chain).sequence:
            self.heads[chain] = head


def _is_of(chain: Chain, key: str) -> bool:
    parsed = parse_block_key(key)
    return parsed is not None and parsed[0] is chain

"""Mutants of push."""

from tests.faults.mutants.mutant import Mutant

MUTANTS = [
    Mutant(
        "an expired ticket opens a connection",
        "adapters/dynamodb/push_connections.py",
        '"ConditionExpression": "#ttl > :now"',
        '"ConditionExpression": "attribute_exists(#ttl) OR #ttl > :now"',
        ("contract/test_connections.py",),
    ),
    Mutant(
        "the table has tickets as they are",
        "domain/push.py",
        "return hashlib.sha256(ticket.encode()).hexdigest()",
        "return ticket",
        ("services/test_connections.py",),
    ),
    Mutant(
        "connections that open at once exceed the limit",
        "services/connections.py",
        "        if len(self.repository.list_open(owner, now)) > self.limit:\n",
        "        if False:\n",
        ("services/test_connections.py",),
    ),
    Mutant(
        "an owner with all connections gets a ticket",
        "services/connections.py",
        "        if len(self.repository.list_open(owner, now)) >= self.limit:\n",
        "        if False:\n",
        ("services/test_connections.py",),
    ),
    Mutant(
        "a connection that has expired gets messages",
        "adapters/dynamodb/push_connections.py",
        'if item["ttl"] > now.timestamp()',
        "if item",
        ("contract/test_connections.py",),
    ),
    Mutant(
        "a connection that is still opening is forgotten",
        "features/push/fan_out.py",
        "        if self._clock() - connection.connected_at > _OPENING:\n",
        "        if True:\n",
        ("features/push/test_fan_out.py",),
    ),
    Mutant(
        "a connection that fails stays open and misses a change",
        "features/push/fan_out.py",
        "                self._sockets.close(connection.id)\n",
        "                pass\n",
        ("features/push/test_fan_out.py",),
    ),
    Mutant(
        "connections that were not reached in time miss a change",
        "features/push/fan_out.py",
        "        if None in ends:\n",
        "        if False:\n",
        ("features/push/test_fan_out.py",),
    ),
    Mutant(
        "a client learns the key of a rendition",
        "features/push/message.py",
        '_RENDITION_FIELDS = ("contentType",',
        '_RENDITION_FIELDS = ("key", "contentType",',
        ("features/push/test_message.py",),
    ),
]

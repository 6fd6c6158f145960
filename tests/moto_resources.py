"""The bucket and the table as the stack makes them, for tests on moto.

They are created in moto itself, because a request for each takes longer than most tests.
"""

from typing import Final

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends

_ATTRIBUTES: Final = {
    "pk": "S",
    "sk": "S",
    "due_shard": "S",
    "next_check_at": "N",
    "failed_shard": "S",
    "failed_at": "N",
}


def create_bucket(name: str, region: str) -> None:
    bucket = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(name, region)
    bucket.versioning_status = "Enabled"


def create_table(name: str, region: str) -> None:
    """With the sparse indexes `due` and `failed` that sweeps and redrives read."""
    dynamodb_backends[DEFAULT_ACCOUNT_ID][region].create_table(
        name,
        schema=_key("pk", "sk"),
        attr=[{"AttributeName": each, "AttributeType": kind} for each, kind in _ATTRIBUTES.items()],
        global_indexes=[
            _sparse_index("due", "due_shard", "next_check_at"),
            _sparse_index("failed", "failed_shard", "failed_at"),
        ],
        billing_mode="PAY_PER_REQUEST",
        throughput=None,
        indexes=[],
        streams=None,
        sse_specification=None,
        tags=[],
        deletion_protection_enabled=False,
        warm_throughput=None,
    )


def delete_table(name: str, region: str) -> None:
    dynamodb_backends[DEFAULT_ACCOUNT_ID][region].delete_table(name)


def _sparse_index(name: str, *attributes: str) -> dict[str, object]:
    return {
        "IndexName": name,
        "KeySchema": _key(*attributes),
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }


def _key(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]

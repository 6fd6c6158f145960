"""The bucket and the table in moto. A reset makes both anew."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends

from airlock_testing.service.environment import BUCKET, REGION, TABLE
from functions.adapters.dynamodb.items import document_key
from functions.domain.keys import parse_staging_key

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

_ATTRIBUTES = {
    "pk": "S",
    "sk": "S",
    "due_shard": "S",
    "next_check_at": "N",
    "failed_shard": "S",
    "failed_at": "N",
}
_INDEXES = {"due": ("due_shard", "next_check_at"), "failed": ("failed_shard", "failed_at")}
_EXPOSED = [
    "ETag",
    "Content-Range",
    "Accept-Ranges",
    "Content-Length",
    "Content-Disposition",
    "x-amz-version-id",
]


class Account:
    """An AWS account in this process, whose clients reach nothing else."""

    def __init__(self, session: "boto3.Session") -> None:
        """The clients have only those event handlers that the session has now."""
        # Its own credentials would sign the URLs.
        mock_aws(config={"core": {"mock_credentials": False}}).start()
        self.s3: S3Client = session.client("s3")
        self._dynamodb: DynamoDBClient = session.client("dynamodb")
        self._read_changes = 0
        self._create()

    def reset(self) -> None:
        """Deletes everything in the bucket and in the table."""
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].reset()
        self._dynamodb.delete_table(TableName=TABLE)
        self._read_changes = 0
        self._create()

    def date_object(self, key: str, time: datetime) -> str:
        """Gives the newest version of an object this time, because moto knows no clock but the machine's. Returns its id."""
        stored = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[BUCKET].keys[key]
        stored.last_modified = time.replace(tzinfo=None)
        return str(stored.version_id)

    def read_object(self, key: str, version: str) -> bytes | None:
        """Returns None for a version that does not exist."""
        stored = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].get_object(BUCKET, key, version_id=version)
        return bytes(stored.value) if stored is not None else None

    def file_name(self, key: str) -> str:
        """Returns the file name of the document of a staged object, empty if there is none."""
        document = parse_staging_key(key)
        if document is None:
            return ""
        item = self._dynamodb.get_item(TableName=TABLE, Key=cast(Any, document_key(*document))).get(
            "Item", {}
        )
        return str(item.get("file_name", {}).get("S", ""))

    def take_changes(self) -> list[dict[str, Any]]:
        """Returns the records of the table's stream since the last call, as Lambda delivers them."""
        shard = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[TABLE].stream_shard
        records = [record.to_json() for record in shard.items[self._read_changes :]] if shard else []
        self._read_changes += len(records)
        return records

    def _create(self) -> None:
        """Makes the bucket and the table as the stack makes them."""
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        rule: Any = {
            "AllowedOrigins": ["*"],
            "AllowedMethods": ["PUT", "POST", "GET", "HEAD"],
            "AllowedHeaders": ["*"],
            "ExposeHeaders": _EXPOSED,
        }
        self.s3.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": [rule]})
        self._dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=_key_schema("pk", "sk"),
            AttributeDefinitions=cast(
                Any, [{"AttributeName": name, "AttributeType": type} for name, type in _ATTRIBUTES.items()]
            ),
            GlobalSecondaryIndexes=[
                {
                    "IndexName": name,
                    "KeySchema": _key_schema(*keys),
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
                for name, keys in _INDEXES.items()
            ],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )


def _key_schema(hash_key: str, range_key: str) -> Any:
    return [{"AttributeName": hash_key, "KeyType": "HASH"}, {"AttributeName": range_key, "KeyType": "RANGE"}]

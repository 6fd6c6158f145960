"""The stores of multipart uploads under test: in S3 and in memory."""

from dataclasses import dataclass

from functions.adapters.s3.inventory import S3BucketInventory
from functions.adapters.s3.multipart import S3MultipartStore
from functions.domain.storage import BucketInventory, MultipartStore
from tests.fake_multipart import InMemoryBucketInventory, InMemoryMultipartStore
from tests.moto_account import Bucket

KEY = "staging/a b/ü+1"


@dataclass(frozen=True)
class Store:
    """The ports under test, with the operations of a client: to put parts and objects, and to read all versions."""

    multipart: MultipartStore
    inventory: BucketInventory
    backend: InMemoryMultipartStore | Bucket

    def put_part(self, upload_id: str, number: int, body: bytes) -> None:
        if isinstance(self.backend, InMemoryMultipartStore):
            return self.backend.put_part(KEY, upload_id, number, body)
        put = self.backend.client.upload_part
        put(Bucket=self.backend.name, Key=KEY, UploadId=upload_id, PartNumber=number, Body=body)
        return None

    def put(self, key: str, body: bytes = b"x") -> str:
        if isinstance(self.backend, InMemoryMultipartStore):
            return self.backend.objects.put(key, body)
        return self.backend.client.put_object(Bucket=self.backend.name, Key=key, Body=body)["VersionId"]

    def read_versions(self, key: str) -> list[tuple[bytes, str]]:
        """Returns (body, content type) of every version."""
        if isinstance(self.backend, InMemoryMultipartStore):
            versions = self.backend.objects.keys.get(key, {}).values()
            return [(stored.body, stored.content_type) for stored in versions]
        client, bucket = self.backend.client, self.backend.name
        listed = client.list_object_versions(Bucket=bucket, Prefix=key).get("Versions", [])
        responses = [
            client.get_object(Bucket=bucket, Key=key, VersionId=entry["VersionId"]) for entry in listed
        ]
        return [(response["Body"].read(), response["ContentType"]) for response in responses]


def memory_store() -> Store:
    fake = InMemoryMultipartStore()
    return Store(fake, InMemoryBucketInventory(fake), fake)


def s3_store(bucket: Bucket) -> Store:
    return Store(
        S3MultipartStore(bucket.client, bucket.name), S3BucketInventory(bucket.client, bucket.name), bucket
    )

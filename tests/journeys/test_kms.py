"""With a key of the deployment's own: the same journeys, to objects that S3 calls encrypted with that key.

The emulator encrypts nothing and asks no role for its right to the key: tests/infra/test_encryption.py holds those.
"""

import hashlib
from collections.abc import Iterator

import httpx
import pytest

from local.stack import LocalStack, start_stack
from tests.journeys.client import Client
from tests.journeys.files import png
from tests.journeys.parts import begin
from tests.journeys.storage import Storage


@pytest.fixture(scope="module")
def encrypted() -> Iterator[LocalStack]:
    with start_stack(kms="true") as running:
        [key] = running.emulator.client("kms").list_keys()["Keys"]
        encryption = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["KeyArn"]}
        # MiniStack makes the key and the queues of the template, but forgets its bucket's encryption.
        running.emulator.client("s3").put_bucket_encryption(
            Bucket=running.bucket,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": encryption, "BucketKeyEnabled": True}]
            },
        )
        yield running


@pytest.fixture(scope="module")
def user(encrypted: LocalStack, http: httpx.Client) -> Client:
    return Client(encrypted.api, encrypted.users[0].access_token, http)


def is_encrypted(stack: LocalStack, document_id: str) -> bool:
    """As S3 says of the promoted object."""
    storage = Storage(stack.emulator.client("s3"), stack.bucket)
    storage.wait_until_empty(document_id, "staging/")
    [key] = storage.versions(document_id)
    head = storage.s3.head_object(Bucket=stack.bucket, Key=key)
    return str(head.get("ServerSideEncryption")) == "aws:kms" and ":key/" in head["SSEKMSKeyId"]


def test_a_single_file_is_promoted_under_the_key(encrypted: LocalStack, user: Client) -> None:
    data = png()
    document = user.upload(data, "a.png", "image/png")
    assert (document["status"], document["sha256"]) == ("ready", hashlib.sha256(data).hexdigest())
    assert is_encrypted(encrypted, document["id"])
    assert user.http.get(user.download_url(document["id"])).content == data


def test_a_file_in_parts_is_promoted_under_the_key(
    encrypted: LocalStack, user: Client, two_parts: bytes
) -> None:
    upload = begin(user, two_parts)
    upload.send()
    document = upload.finished()
    assert (document["status"], document["sha256"]) == ("ready", hashlib.sha256(two_parts).hexdigest())
    assert is_encrypted(encrypted, document["id"])

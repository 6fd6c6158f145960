"""Uploads to a deployment with a KMS key: S3 reports promoted objects as encrypted with the key.

The emulator encrypts nothing and checks no permission to use the key; tests/infra/test_encryption.py checks those.
"""

import hashlib
from collections.abc import Iterator

import pytest

from local.stack import LocalStack
from tests.journeys.api_client import ApiClient
from tests.journeys.edge_front import start_shared_stack
from tests.journeys.files import png
from tests.journeys.multipart_upload import start_upload
from tests.journeys.storage import Storage

STACK = "encrypted"


@pytest.fixture(scope="module")
def encrypted() -> Iterator[LocalStack]:
    with start_shared_stack(kms="true") as running:
        [key] = running.emulator.client("kms").list_keys()["Keys"]
        encryption = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key["KeyArn"]}
        # MiniStack creates the key and the queues of the template, but ignores the encryption of its bucket.
        running.emulator.client("s3").put_bucket_encryption(
            Bucket=running.bucket,
            ServerSideEncryptionConfiguration={
                "Rules": [{"ApplyServerSideEncryptionByDefault": encryption, "BucketKeyEnabled": True}]
            },
        )
        yield running


def is_encrypted(stack: LocalStack, document_id: str) -> bool:
    """Returns whether S3 reports the promoted object as encrypted with the key."""
    storage = Storage(stack.emulator.client("s3"), stack.bucket)
    head = storage.s3.head_object(Bucket=stack.bucket, Key=storage.find_promoted(document_id))
    return str(head.get("ServerSideEncryption")) == "aws:kms" and ":key/" in head["SSEKMSKeyId"]


def test_a_single_file_is_promoted_under_the_key(encrypted: LocalStack, user: ApiClient) -> None:
    data = png()
    document = user.upload(data, "a.png", "image/png")
    assert (document["status"], document["sha256"]) == ("ready", hashlib.sha256(data).hexdigest())
    assert is_encrypted(encrypted, document["id"])
    assert user.http.get(user.get_download_url(document["id"])).content == data


def test_a_file_in_parts_is_promoted_under_the_key(
    encrypted: LocalStack, user: ApiClient, two_parts: bytes
) -> None:
    upload = start_upload(user, two_parts)
    upload.put_all()
    document = upload.complete_and_wait()
    assert (document["status"], document["sha256"]) == ("ready", hashlib.sha256(two_parts).hexdigest())
    assert is_encrypted(encrypted, document["id"])

"""The bucket policy statement of docs/security.md blocks every presigned URL at once, and nothing else."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.api_client import ApiClient
from tests.journeys.edge_front import goes_around_the_edge
from tests.journeys.files import mp4, png
from tests.journeys.multipart_upload import start_upload
from tests.journeys.storage import Storage

PAGE = Path(__file__).parents[2] / "docs" / "security.md"


@contextmanager
def block_urls(storage: Storage) -> Iterator[None]:
    """Adds the statement to the bucket policy, as the page says."""
    section = PAGE.read_text("utf-8").partition("## Stop every URL")[2]
    [block] = re.findall(r"```json\n(.*?)```", section, re.DOTALL)
    statement = json.loads(block.replace("BUCKET", storage.bucket))
    before = storage.s3.get_bucket_policy(Bucket=storage.bucket)["Policy"]
    policy = json.loads(before)
    policy["Statement"].append(statement)
    storage.s3.put_bucket_policy(Bucket=storage.bucket, Policy=json.dumps(policy))
    try:
        yield
    finally:
        storage.s3.put_bucket_policy(Bucket=storage.bucket, Policy=before)


def test_the_documented_statement_blocks_every_upload_url_and_no_function(
    ada: ApiClient, storage: Storage
) -> None:
    data = png()
    put, form = (
        ada.create(data, "a.png", "image/png", **more) for more in ({}, {"method": "POST", "kind": "form"})
    )
    parts = start_upload(ada, mp4(1000))

    with block_urls(storage):
        assert ada.put(put["upload"], data).status_code == 403
        fields = form["upload"]["fields"]
        response = ada.http.post(
            form["upload"]["url"], data=fields, files={"file": ("a.png", data, "image/png")}
        )
        assert response.status_code == 403
        assert parts.put(parts.first_batch[0]).status_code == 403

        # As with bytes that arrived just before.
        storage.s3.put_object(Bucket=storage.bucket, Key=fields["key"], Body=data)
        assert ada.wait_until_processed(form["document"]["id"])["status"] == "ready"

    assert ada.put(put["upload"], data).status_code == 200


@goes_around_the_edge
def test_the_documented_statement_blocks_every_download_url(ada: ApiClient, storage: Storage) -> None:
    data = png()
    ready = ada.upload(data, "a.png", "image/png")["id"]
    download = ada.get_download_url(ready)

    with block_urls(storage):
        assert ada.http.get(download).status_code == 403
        assert ada.http.get(ada.get_download_url(ready)).status_code == 403

    assert ada.http.get(download).content == data

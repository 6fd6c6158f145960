"""When something has leaked: the statement of docs/security.md stops every URL at once, and nothing else."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.client import Client
from tests.journeys.files import mp4, png
from tests.journeys.parts import begin
from tests.journeys.storage import Storage

PAGE = Path(__file__).parents[2] / "docs" / "security.md"


@contextmanager
def stopped(storage: Storage) -> Iterator[None]:
    """As somebody does it who follows the page."""
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


def test_with_the_statement_of_the_page_no_url_works_and_the_functions_do(
    ada: Client, storage: Storage
) -> None:
    data = png()
    ready = ada.upload(data, "a.png", "image/png")["id"]
    put, form = (ada.create(data, "a.png", "image/png", **more) for more in ({}, {"method": "POST"}))
    parts, download = begin(ada, mp4(1000)), ada.download_url(ready)

    with stopped(storage):
        assert ada.put(put["upload"], data).status_code == 403
        fields = form["upload"]["fields"]
        sent = ada.http.post(form["upload"]["url"], data=fields, files={"file": ("a.png", data, "image/png")})
        assert sent.status_code == 403
        assert parts.put(parts.window[0]).status_code == 403
        assert ada.http.get(download).status_code == 403
        assert ada.http.get(ada.download_url(ready)).status_code == 403

        # As if the bytes had come just before.
        storage.s3.put_object(Bucket=storage.bucket, Key=fields["key"], Body=data)
        assert ada.settled(form["document"]["id"])["status"] == "ready"

    assert ada.put(put["upload"], data).status_code == 200
    assert ada.http.get(download).content == data

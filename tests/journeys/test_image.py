"""The step `image` in the deployed template: photos, renditions, originals that nobody can read, and the worker's role."""

import hashlib
import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from functions.features.image.parameters import parse_parameters
from local.stack import LocalStack
from tests.features.image.hostile import cases
from tests.features.image.samples import BLUE, GREEN, RED, SECRETS, WHITE, animation, phone_photo
from tests.features.image.test_conversion import MARKERS, is_near
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.browser import needs_chromium, new_context
from tests.journeys.documents_page import DocumentsPage
from tests.journeys.roles import Permission, Roles, is_denied
from tests.journeys.scenario_context import ProveNeed
from tests.journeys.shipped_worker_scenarios import list_permissions
from tests.journeys.storage import Storage

PHOTO = phone_photo(1_600, 1_200)
STACK = "steps_stack"
WORKER = "Image"
PERMISSIONS = list_permissions("image", parse_parameters("", {}))


@pytest.fixture(scope="module")
def avatar(user: ApiClient) -> dict[str, Any]:
    document = user.upload(PHOTO, "me.jpg", "image/jpeg", kind="avatar")
    assert document["status"] == "ready", document
    return document


def download(user: ApiClient, document: dict[str, Any], **query: str) -> httpx.Response:
    response = user.http.get(user.get_download_url(document["id"], **query))
    assert response.status_code == 200
    return response


def read_frame(body: bytes) -> av.VideoFrame:
    """Decodes an image with FFmpeg, which has neither made it nor shares code with what has."""
    with av.open(io.BytesIO(body), "r") as container:
        assert container.metadata == {}
        [stream] = container.streams.video
        assert stream.metadata == {}
        return next(container.decode(stream))


def test_a_photo_becomes_upright_renditions_with_their_sizes(user: ApiClient, avatar: dict[str, Any]) -> None:
    sizes = {name: (each["width"], each["height"]) for name, each in avatar["renditions"].items()}
    assert sizes == {"large": (384, 512), "small": (72, 96)}
    for name, (width, height) in sizes.items():
        response = download(user, avatar, rendition=name)
        facts = avatar["renditions"][name]
        assert response.headers["content-type"] == facts["contentType"] == "image/webp"
        assert len(response.content) == facts["size"]
        assert hashlib.sha256(response.content).hexdigest() == facts["sha256"]
        frame = read_frame(response.content)
        assert (frame.width, frame.height) == (width, height)
        image = frame.to_image()  # type: ignore[no-untyped-call]
        corners = [image.getpixel((x, y)) for y in (9, height - 9) for x in (9, width - 9)]
        assert is_near(corners, [RED, GREEN, BLUE, WHITE], 40)


def test_no_rendition_has_metadata(user: ApiClient, avatar: dict[str, Any]) -> None:
    """The photo has EXIF with GPS, XMP, IPTC, a comment, a profile, and bytes behind its end."""
    assert all(secret in PHOTO for secret in SECRETS)
    for name in avatar["renditions"]:
        body = download(user, avatar, rendition=name).content
        assert [marker for marker in (*SECRETS, *MARKERS) if marker in body] == []
        assert read_frame(body).metadata == {}


def test_the_first_rendition_stands_for_an_original_that_is_not_kept(
    user: ApiClient, avatar: dict[str, Any]
) -> None:
    assert download(user, avatar).content == download(user, avatar, rendition="large").content


def test_an_original_that_is_not_kept_is_never_readable_and_then_gone(
    own_stack: LocalStack, user: ApiClient, operator: AdminClient, bucket: Storage, avatar: dict[str, Any]
) -> None:
    staged = [key for key in bucket.list_keys(avatar["id"]) if not key.startswith("renditions/")]
    assert [key.partition("/")[0] for key in staged] == ["staging"]
    [version] = bucket.s3.list_object_versions(Bucket=bucket.bucket, Prefix=staged[0])["Versions"]
    for url in (
        f"{own_stack.s3}/{bucket.bucket}/{staged[0]}",
        f"{own_stack.s3}/{bucket.bucket}/{staged[0]}?versionId={version['VersionId']}",
    ):
        assert user.http.get(url).status_code == 403

    operator.expire_urls(avatar["id"])
    operator.sweep()
    bucket.wait_until_empty(avatar["id"], "staging/")
    assert bucket.list_keys(avatar["id"]) == []
    assert download(user, avatar, rendition="small").content


def test_a_kind_may_keep_the_original_beside_its_renditions(user: ApiClient) -> None:
    document = user.upload(PHOTO, "holiday.jpg", "image/jpeg", kind="photo")
    assert download(user, document).content == PHOTO
    assert document["sha256"] == hashlib.sha256(PHOTO).hexdigest()
    response = download(user, document, rendition="thumbnail")
    assert response.headers["content-type"] == "image/jpeg"
    assert 'filename="holiday-thumbnail.jpg"' in response.headers["content-disposition"]
    with Image.open(io.BytesIO(response.content)) as thumbnail:
        assert thumbnail.size == (96, 128)


def test_hostile_images_are_rejected_and_the_worker_lives(user: ApiClient) -> None:
    bomb = cases()["PNG of 50,000 x 50,000 pixels in 1 bit each"].body
    sent = {
        "image_too_large": (bomb, "bomb.png", "image/png"),
        "image_unreadable": (PHOTO[: len(PHOTO) // 2], "half.jpg", "image/jpeg"),
        "animation_not_allowed": (animation("GIF"), "moves.gif", "image/gif"),
    }
    for reason, (body, name, content_type) in sent.items():
        document = user.upload(body, name, content_type, kind="photo")
        assert (document["status"], document["reason"]) == ("rejected", reason)
        assert document["renditions"] == {}
        [step] = [step for step in document["steps"] if step["name"] == "image"]
        assert (step["status"], bool(step["detail"])) == ("rejected", True)
    assert user.upload(PHOTO, "after.jpg", "image/jpeg", kind="photo")["status"] == "ready"


@pytest.fixture
def documents_page(browser: Browser, own_stack: LocalStack) -> Iterator[DocumentsPage]:
    context = new_context(browser, base_url=own_stack.web)
    yield DocumentsPage.open(context)
    context.close()


@needs_chromium
def test_the_dialog_shows_the_largest_rendition_and_offers_each(
    documents_page: DocumentsPage, tmp_path: Path
) -> None:
    path = tmp_path / "portrait.jpg"
    path.write_bytes(PHOTO)
    documents_page.choose_files(path)
    documents_page.expect_upload(path.name, "ready")
    dialog = documents_page.open_document(path.name)
    documents_page.page.wait_for_function(
        "() => document.querySelector('dialog[open] .preview img')?.naturalHeight === 512"
    )
    expect(dialog.get_by_role("button", name="large (384 × 512")).to_be_visible()
    with documents_page.page.expect_download() as download:
        dialog.get_by_role("button", name="small (72 × 96").click()
    assert download.value.suggested_filename == "portrait-small.webp"


def test_every_permission_of_the_worker_has_a_scenario(roles: Roles) -> None:
    assert {each for each in roles.list_permissions() if each.function == WORKER} == set(PERMISSIONS)


@pytest.mark.parametrize("permission", sorted(PERMISSIONS), ids=" ".join)
def test_the_worker_fails_without_a_permission_and_works_with_it(
    prove_need: ProveNeed, permission: Permission
) -> None:
    prove_need(permission, PERMISSIONS[permission])


def test_the_worker_may_touch_nothing_else(
    own_stack: LocalStack, roles: Roles, operator: AdminClient, avatar: dict[str, Any]
) -> None:
    s3, bucket = roles.client(WORKER, "s3"), own_stack.bucket
    owner = operator.get_item(avatar["id"])["pk"]["S"]
    listed = operator.client("s3").list_object_versions(Bucket=bucket, Prefix="renditions/")["Versions"]
    own = {"Bucket": bucket, "Key": listed[0]["Key"], "VersionId": listed[0]["VersionId"]}
    for key in ("staging/x", "documents/x", "renditions/x", f"renditions/{owner}/{avatar['id']}/scan/x"):
        assert is_denied(partial(s3.put_object, Bucket=bucket, Key=key, Body=b"x")), key
    assert is_denied(partial(s3.get_object, **own))
    assert is_denied(partial(s3.delete_object, **own))
    table = roles.client(WORKER, "dynamodb")
    assert is_denied(partial(table.scan, TableName=own_stack.table))
    sqs = roles.client(WORKER, "sqs")
    for queue in ("ObjectCreated", "PurgeTasks", "SweepSlices", "PromoteTasks", "PromoteResults"):
        url = operator.queue_url(queue)
        assert is_denied(partial(sqs.send_message, QueueUrl=url, MessageBody="{}")), queue

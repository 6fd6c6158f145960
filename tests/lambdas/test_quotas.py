"""Quotas of an owner, as HTTP statuses and `Retry-After`."""

from collections.abc import Callable

from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api, ApiResponse, wait_for_refusal

Deploy = Callable[..., None]
REQUEST = {"fileName": "cat.png", "size": len(PNG), "contentType": "image/png"}
A_DAY = 86_400


def create(api: Api, **change: object) -> ApiResponse:
    return api.post("/documents", REQUEST | change)


def test_too_many_open_uploads_are_told_to_wait(
    account: Account, ada: Api, grace: Api, deploy: Deploy
) -> None:
    deploy(open_uploads_limit=2)
    first, _ = create(ada), create(ada)

    refused = create(ada)

    assert refused.problem == (429, "too_many_open_uploads")
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.headers["ratelimit-policy"] == '"open-uploads";q=2'
    assert refused.headers["ratelimit"] == '"open-uploads";r=0'
    assert create(grace).status == 201
    assert ada.post(f"/documents/{first.json['document']['id']}/abort").status == 204
    assert create(ada).status == 201


def test_a_daily_number_of_files_ends_at_midnight(
    account: Account, ada: Api, grace: Api, deploy: Deploy
) -> None:
    deploy(daily_files_limit=1)
    assert create(ada).status == 201

    refused = create(ada)

    assert refused.problem == (429, "daily_quota_exceeded")
    assert 1 <= int(refused.headers["retry-after"]) <= A_DAY
    assert refused.headers["ratelimit-policy"].startswith('"daily-files";q=1;w=86400, "daily-bytes";q=')
    assert f'"daily-files";r=0;t={refused.headers["retry-after"]}, ' in refused.headers["ratelimit"]
    assert create(grace).status == 201


def test_creates_beyond_the_burst_are_told_when_to_come_again(ada: Api, grace: Api, deploy: Deploy) -> None:
    deploy(create_rate=1, create_burst=1)
    assert create(ada).status == 201

    refused = wait_for_refusal(lambda: create(ada))

    assert refused.problem == (429, "too_many_creates")
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["ratelimit-policy"] == '"creates";q=1;w=1'
    assert refused.headers["ratelimit"] == '"creates";r=0;t=1'
    assert create(grace).status == 201


def test_an_abort_does_not_restore_the_daily_quota(account: Account, ada: Api, deploy: Deploy) -> None:
    deploy(daily_files_limit=1)
    document_id = create(ada).json["document"]["id"]
    ada.post(f"/documents/{document_id}/abort")
    assert create(ada).problem == (429, "daily_quota_exceeded")


def test_a_daily_number_of_bytes_is_a_quota_too(account: Account, ada: Api, deploy: Deploy) -> None:
    deploy(daily_bytes_limit=2 * len(PNG) - 1)
    assert create(ada).status == 201
    refused = create(ada)
    assert refused.problem == (429, "daily_quota_exceeded")
    assert "retry-after" in refused.headers


def test_a_full_storage_quota_has_no_retry_after(account: Account, ada: Api, deploy: Deploy) -> None:
    deploy(stored_bytes_limit=2 * len(PNG) - 1)
    document_id = create(ada).json["document"]["id"]

    refused = create(ada)

    assert refused.problem == (409, "storage_quota_exceeded")
    assert "retry-after" not in refused.headers
    ada.post(f"/documents/{document_id}/abort")
    assert create(ada).status == 201


def test_a_file_larger_than_the_quota_is_refused_by_an_empty_account(
    account: Account, ada: Api, deploy: Deploy
) -> None:
    deploy(stored_bytes_limit=len(PNG) - 1)
    assert create(ada).problem == (409, "storage_quota_exceeded")
    assert account.items() == []


def test_a_refused_create_leaves_no_upload_open_in_s3(account: Account, ada: Api, deploy: Deploy) -> None:
    deploy(open_uploads_limit=1)
    create(ada, method="MULTIPART")
    [before] = account.open_uploads()
    assert create(ada, method="MULTIPART").status == 429
    assert account.open_uploads() == [before]
    assert account.usage("ada") == (len(PNG), 1)

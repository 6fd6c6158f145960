"""GET /usage: the caller's bytes and counts, with the limits and what is left of them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from functions.domain.keys import owner_key
from functions.wiring.owner_blocks import owner_blocks
from tests.examples import NOW, PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api

Deploy = Callable[..., None]
REQUEST = {"fileName": "cat.png", "size": len(PNG), "contentType": "image/png"}


def test_an_owner_without_documents_has_everything_left(ada: Api, account: Account) -> None:
    answer = ada.get("/usage")
    limits = account.settings
    assert answer.status == 200
    assert answer.json["stored"] == {
        "bytes": 0,
        "maxBytes": limits.stored_bytes_limit,
        "remainingBytes": limits.stored_bytes_limit,
    }
    assert answer.json["openUploads"] == {"count": 0, "maxCount": 1_000, "remainingCount": 1_000}
    assert answer.json["rates"] == {"creates": {"perSecond": 10, "burst": 1_000}, "calls": None}
    assert answer.json["isBlocked"] is False


def test_every_create_that_has_ended_is_counted(ada: Api, grace: Api, deploy: Deploy) -> None:
    deploy(daily_files_limit=2, daily_bytes_limit=1_000, stored_bytes_limit=900, open_uploads_limit=5)
    first = ada.post("/documents", REQUEST).json["document"]["id"]
    ada.post("/documents", REQUEST)

    usage = ada.get("/usage").json

    size = 2 * len(PNG)
    assert usage["stored"] == {"bytes": size, "maxBytes": 900, "remainingBytes": 900 - size}
    assert usage["openUploads"] == {"count": 2, "maxCount": 5, "remainingCount": 3}
    today = usage["today"]
    assert (today["files"], today["maxFiles"], today["remainingFiles"]) == (2, 2, 0)
    assert (today["bytes"], today["remainingBytes"]) == (size, 1_000 - size)
    assert grace.get("/usage").json["openUploads"]["count"] == 0

    ada.post(f"/documents/{first}/abort")
    after = ada.get("/usage").json
    assert (after["openUploads"]["count"], after["stored"]["bytes"]) == (1, len(PNG))
    assert after["today"]["files"] == 2, "an abort gives nothing of the day back"


def test_a_limit_that_was_lowered_leaves_nothing_and_never_less(ada: Api, deploy: Deploy) -> None:
    ada.post("/documents", REQUEST)
    deploy(daily_files_limit=1, stored_bytes_limit=1)
    usage = ada.get("/usage").json
    assert (usage["stored"]["remainingBytes"], usage["today"]["remainingFiles"]) == (0, 0)


def test_the_day_ends_at_the_next_midnight(ada: Api) -> None:
    resets_at = datetime.fromisoformat(ada.get("/usage").json["today"]["resetsAt"])
    assert (resets_at.hour, resets_at.minute, resets_at.second) == (0, 0, 0)
    assert timedelta(0) < resets_at - datetime.now(UTC) <= timedelta(days=1)


def test_a_blocked_owner_is_told_so(ada: Api, account: Account) -> None:
    owner_blocks().block(owner_key("ada"), "a test", NOW)
    assert ada.get("/usage").json["isBlocked"] is True

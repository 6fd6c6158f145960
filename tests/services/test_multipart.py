"""An upload in parts: what is held, what is signed, and completing it: once, twice, too late, or with a crash."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.domain.document import Method
from functions.domain.errors import InvalidInput, NotFound, WrongState
from functions.domain.events import AbortRequested, Event, ObjectArrived
from functions.domain.keys import owner_key
from functions.services.multipart import MAX_URLS
from tests.examples import LIFETIMES, NOW, OWNER, an_id
from tests.multipart_scenario import SHA256, STAGED, MultipartScenario, catch


@pytest.fixture
def scenario() -> MultipartScenario:
    made = MultipartScenario()
    made.start()
    return made


def signed_headers(url: str) -> str:
    return parse_qs(urlsplit(url).query)["X-Amz-SignedHeaders"][0]


def test_progress_is_what_s3_lists(scenario: MultipartScenario) -> None:
    scenario.put(3, 1)
    held = scenario.multipart_service().list_parts(OWNER, an_id(), scenario.clock())
    assert [(part.part_number, part.size) for part in held.uploaded] == [(1, 10), (3, 5)]
    assert held.missing == [2]
    assert (held.plan.part_size, held.plan.part_count) == (10, 3)


def test_an_upload_that_s3_no_longer_has_is_in_an_invalid_state(scenario: MultipartScenario) -> None:
    scenario.s3.open.clear()
    assert (
        catch(
            lambda: scenario.multipart_service().list_parts(OWNER, an_id(), scenario.clock()), WrongState
        ).code
        == "invalid_state"
    )


def test_each_part_is_signed_with_its_number_and_length(scenario: MultipartScenario) -> None:
    window = scenario.presign([3, 1])
    assert [(part.part_number, part.size) for part in window.parts] == [(3, 5), (1, 10)]
    query = parse_qs(urlsplit(window.parts[0].url).query)
    assert (query["partNumber"], query["uploadId"]) == (["3"], [scenario.document.upload_id])
    assert signed_headers(window.parts[0].url) == "content-length;host"
    assert urlsplit(window.parts[0].url).path == f"/{STAGED}"
    assert window.expires_at == NOW + timedelta(seconds=900)


def test_part_checksums_are_signed_and_returned() -> None:
    scenario = MultipartScenario()
    scenario.start(part_checksums=True)
    window = scenario.presign([1, 2], SHA256)
    assert all(
        signed_headers(part.url) == "content-length;host;x-amz-checksum-sha256" for part in window.parts
    )
    assert set(window.parts[0].headers) == {"x-amz-checksum-sha256"}
    assert window.parts[0].headers != window.parts[1].headers


@pytest.mark.parametrize(
    ("said", "numbers", "given"),
    [(True, [1], {}), (True, [1, 2], {1: "11" * 32}), (True, [1], SHA256), (False, [1], {1: "11" * 32})],
)
def test_a_batch_needs_a_checksum_for_each_part_if_create_asked_for_them_and_none_otherwise(
    said: bool, numbers: list[int], given: dict[int, str]
) -> None:
    scenario = MultipartScenario()
    scenario.start(part_checksums=said)
    assert catch(lambda: scenario.presign(numbers, given), InvalidInput).code == "checksum_invalid"


def test_compact_signatures_make_the_same_urls(scenario: MultipartScenario) -> None:
    full = scenario.presign([1, 3])
    compact = scenario.multipart_service().presign_compact(OWNER, an_id(), [1, 3], NOW)
    for part in full.parts:
        url = compact.url_template.replace("{partNumber}", str(part.part_number))
        assert url.replace("{signature}", compact.signatures[part.part_number]) == part.url
    assert compact.expires_at == full.expires_at


@pytest.mark.parametrize(("numbers", "code"), [([0], "part_number_invalid"), ([4], "part_number_invalid")])
def test_only_parts_of_the_plan_are_signed(
    scenario: MultipartScenario, numbers: list[int], code: str
) -> None:
    assert catch(lambda: scenario.presign(numbers), InvalidInput).code == code


def test_a_batch_has_1_to_1000_parts() -> None:
    scenario = MultipartScenario()
    scenario.start(size=MAX_URLS + 1, part_size=1)
    assert len(scenario.presign(range(1, MAX_URLS + 1)).parts) == MAX_URLS
    too_few_or_many: list[Sequence[int]] = [[], range(1, MAX_URLS + 2)]
    for numbers in too_few_or_many:
        error = catch(partial(scenario.presign, numbers), InvalidInput)
        assert error.code == "too_many_parts_requested"
    compact = scenario.multipart_service().presign_compact(OWNER, an_id(), range(1, MAX_URLS + 2), NOW)
    assert len(compact.signatures) == MAX_URLS + 1


def test_asking_for_part_urls_extends_the_deadline(scenario: MultipartScenario) -> None:
    before = scenario.document.upload_deadline
    scenario.clock.advance(timedelta(minutes=30))
    scenario.presign([1])
    assert scenario.document.upload_deadline == before
    scenario.clock.advance(timedelta(hours=1))
    scenario.presign([1])
    assert scenario.document.upload_deadline == scenario.clock() + timedelta(seconds=86_400)


def test_an_upload_with_a_part_is_resumed_after_a_pause_longer_than_the_first_deadline() -> None:
    scenario = MultipartScenario()
    scenario.start(upload_deadline=NOW + timedelta(hours=1))
    scenario.put(1)
    scenario.clock.now = NOW + timedelta(hours=23)
    progress = scenario.multipart_service().list_parts(OWNER, an_id(), scenario.clock())
    assert progress.missing == [2, 3]
    assert scenario.document.upload_deadline == NOW + timedelta(hours=24)
    scenario.presign([2, 3])
    assert scenario.document.upload_deadline == NOW + timedelta(hours=47)


def test_an_upload_without_a_part_ends_at_its_first_deadline() -> None:
    scenario = MultipartScenario()
    scenario.start(upload_deadline=NOW + timedelta(hours=1))
    scenario.clock.now = NOW + timedelta(hours=1)
    assert catch(lambda: scenario.presign([1]), WrongState).code == "upload_expired"
    service = scenario.multipart_service()
    error = catch(lambda: service.list_parts(OWNER, an_id(), scenario.clock()), WrongState)
    assert error.code == "upload_expired"


def test_no_extension_goes_beyond_a_week(scenario: MultipartScenario) -> None:
    for _ in range(20):
        scenario.clock.advance(timedelta(hours=12))
        if scenario.clock() < scenario.document.upload_deadline:
            scenario.presign([1])
    assert scenario.document.upload_deadline == NOW + LIFETIMES.multipart
    assert catch(lambda: scenario.presign([1]), WrongState).code == "upload_expired"


def test_a_deployer_sets_how_far_extensions_go(scenario: MultipartScenario) -> None:
    scenario.lifetimes = LIFETIMES._replace(multipart=timedelta(hours=25))
    scenario.clock.advance(timedelta(hours=23))
    scenario.presign([1])
    assert scenario.document.upload_deadline == NOW + timedelta(hours=25)


@pytest.mark.parametrize("event", [ObjectArrived("v1"), AbortRequested()])
def test_no_part_is_signed_or_listed_after_the_upload(scenario: MultipartScenario, event: Event) -> None:
    scenario.apply(event)
    assert catch(lambda: scenario.presign([1]), WrongState).code == "invalid_state"
    assert (
        catch(
            lambda: scenario.multipart_service().list_parts(OWNER, an_id(), scenario.clock()), WrongState
        ).code
        == "invalid_state"
    )


def test_a_single_put_has_no_parts() -> None:
    scenario = MultipartScenario()
    scenario.start(method=Method.PUT)
    assert catch(lambda: scenario.presign([1]), WrongState).code == "not_multipart"
    assert (
        catch(
            lambda: scenario.multipart_service().list_parts(OWNER, an_id(), scenario.clock()), WrongState
        ).code
        == "not_multipart"
    )


def test_an_upload_of_another_owner_is_not_found(scenario: MultipartScenario) -> None:
    stranger = owner_key("somebody-else")
    catch(lambda: scenario.multipart_service().list_parts(stranger, an_id(), NOW), NotFound)
    catch(lambda: scenario.multipart_service().presign(stranger, an_id(), [1], {}, NOW), NotFound)
    catch(
        lambda: scenario.multipart_service().complete(
            stranger, an_id(), crc64nvme=None, clock=scenario.clock
        ),
        NotFound,
    )

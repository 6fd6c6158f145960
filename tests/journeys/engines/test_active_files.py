"""Files with markup in them that are accepted: no script runs in any engine, whatever URL of the API opens the file.

Each test also opens the same bytes with a content type as which their script does run, so that it fails where the engine, the
script or the canary does not work.
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from typing import Any

import pytest

from tests.journeys.api_client import ApiClient
from tests.journeys.engines.active_files import ACTIVE_FILES
from tests.journeys.engines.canary import Canary, start_canary
from tests.journeys.engines.marks import in_every_engine
from tests.journeys.engines.tab import Tab
from tests.journeys.files import SVG
from tests.journeys.wait import wait_until


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    with start_canary() as canary:
        yield canary


@pytest.fixture(scope="module")
def upload(ada: ApiClient, canary: Canary) -> Callable[[str], dict[str, Any]]:
    """Returns a function that uploads one of the files on its first call, and returns the document."""

    @cache
    def upload(name: str) -> dict[str, Any]:
        file = ACTIVE_FILES[name]
        return ada.upload(file.write(canary.name_url(name)), file.name, file.content_type)

    return upload


def _sign_urls(client: ApiClient, document: dict[str, Any]) -> Iterator[str]:
    """Yields every URL that the API signs for the bytes of a document."""
    selections = [{}, *({"rendition": name} for name in document["renditions"])]
    for selection, disposition in product(selections, ("attachment", "inline")):
        query = selection | {"disposition": disposition}
        yield client.get_download_url(document["id"], **query)
        redirect = client.request("GET", f"/documents/{document['id']}/content", params=query)
        yield redirect.headers["location"]


@in_every_engine
@pytest.mark.parametrize("name", ACTIVE_FILES)
def test_a_script_in_an_accepted_file_does_not_run(
    tab: Tab,
    ada: ApiClient,
    canary: Canary,
    upload: Callable[[str], dict[str, Any]],
    name: str,
) -> None:
    document = upload(name)
    assert (document["status"], document["reason"]) == ("ready", None)
    canary.seen.clear()

    for url in _sign_urls(ada, document):
        tab.open(url)
    file, control = ACTIVE_FILES[name], f"{name} as active type"
    canary.page = file.active_type, file.write(canary.name_url(control))
    tab.open(canary.page_url)

    wait_until(lambda: control in canary.seen, "the script runs as the active type")
    assert name not in canary.seen


def test_a_drawing_that_is_declared_as_xml_is_rejected(ada: ApiClient) -> None:
    document = ada.upload(b"<?xml version='1.0'?>" + SVG, "drawing.xml", "application/xml")

    assert document["status"] == "rejected"
    assert ada.request("GET", f"/documents/{document['id']}/download").status_code == 409

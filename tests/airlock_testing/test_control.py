"""The control routes, as a client in any language calls them."""

import re
from pathlib import Path

import httpx
import pytest

from airlock_testing import Airlock

PAGE = Path(__file__).parents[2] / "docs" / "testing-your-app.md"
ROUTES = re.findall(r"^\| `(GET|POST|DELETE) (/_test/\S+)`", PAGE.read_text("utf-8"), re.MULTILINE)


def test_every_route_of_the_page_exists(airlock: Airlock, http: httpx.Client) -> None:
    """An empty body may be a mistake (400), but the route is there."""
    assert len(ROUTES) == 11
    paths = [(method, path.replace("STEP", "approval")) for method, path in ROUTES]
    statuses = {
        (method, path): http.request(method, airlock.url + path).status_code for method, path in paths
    }
    assert set(statuses.values()) <= {200, 400}, statuses
    assert http.get(f"{airlock.url}/_test/nothing").status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("/faults", '{"scan": "infected", "file": "a"}', "unknown field file; known are scan, scans"),
        ("/faults", '{"fault": "fire"}', "'fire' is none of storage_client"),
        ("/faults", '{"fault": "table", "calls": true}', "True is not a number of calls"),
        ("/clock", "[]", "the body is a JSON object"),
        ("/clock", "{", "Expecting property name"),
        ("/clock", "{}", "seconds"),
    ],
)
def test_a_body_that_cannot_be_followed_is_an_error(
    airlock: Airlock, http: httpx.Client, path: str, body: str, error: str
) -> None:
    response = http.post(f"{airlock.url}/_test{path}", content=body)
    assert response.status_code == 400
    assert error in response.json()["error"]

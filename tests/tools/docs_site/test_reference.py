"""The reference of the API has each operation with its parameters, codes and schemas, and every link leads to a heading."""

import json
import re
from pathlib import Path

from functions.http.routes import ROUTES
from tools.docs_site.reference import render_reference

ROOT = Path(__file__).parents[3]
PAGES = render_reference(json.loads((ROOT / "functions/http/openapi.json").read_text("utf-8")))


def test_each_operation_has_its_route_and_all_of_its_codes() -> None:
    sections = dict(
        re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", "".join(PAGES.values()), re.MULTILINE | re.DOTALL)
    )
    routes = [route for route in ROUTES if not route.is_public]
    assert len(routes) > 10
    for route in routes:
        section = sections[route.operation_id]
        assert f"`{route.method} {route.path}`" in section
        assert route.summary in section
        assert [code for code in route.codes if f"`{code}`" not in section] == []


def test_every_link_to_a_schema_has_a_heading() -> None:
    headings = {
        name.lower() for name in re.findall(r"^## (\w+)$", PAGES["reference/schemas.md"], re.MULTILINE)
    }
    links = {link for page in PAGES.values() for link in re.findall(r"\(schemas\.md#(\w+)\)", page)}
    assert {"document", "problem", "createrequest"} <= links <= headings


def test_a_field_shows_its_type_and_its_bounds() -> None:
    assert (
        "| `ids` | yes | list of string | items at least `1`, items at most `100` |"
        in PAGES["reference/schemas.md"]
    )

"""Files with the same stack, and those of some directories, are a group for pytest-xdist. Every other file is one by itself."""

import ast

import pytest

from tests.distribution import DIRECTORIES, ROOT, find_group

JOURNEYS = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests/journeys").glob("test_*.py"))


@pytest.mark.parametrize(
    ("path", "group"),
    [
        ("tests/journeys/test_scan.py", "steps_stack"),
        ("tests/journeys/test_table.py", "steps_stack"),
        ("tests/journeys/test_review.py", "example_stack"),
        ("tests/journeys/test_least_privilege.py", "tests/journeys/test_least_privilege.py"),
        ("tests/journeys/test_one_file.py", "tests/journeys/test_one_file.py"),
        ("tests/infra/test_api.py", "tests/infra"),
        ("tests/domain/test_ids.py", "tests/domain/test_ids.py"),
    ],
)
def test_files_that_share_something_are_one_group(path: str, group: str) -> None:
    assert find_group(path) == group


def test_each_directory_that_is_one_group_has_fixtures_to_share() -> None:
    assert [path for path in DIRECTORIES if not (ROOT / path / "conftest.py").is_file()] == []


def test_every_journey_that_asks_for_a_stack_of_several_files_is_in_its_group() -> None:
    shared = {"steps_stack", "example_stack"}
    for path in JOURNEYS:
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        asked = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)} & shared
        assert asked <= {find_group(path)}, path

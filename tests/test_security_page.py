"""docs/security.md: every threat has a section with mechanisms and tests, and every test named on the page exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
THREATS = {f"T{number}" for number in range(1, 47)}
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
THREAT = re.compile(r"^### (T\d+)\. .+\n((?:(?!^##).*\n)*)", re.MULTILINE)
CLOSED = re.compile(
    r"\nClosed by:\n\n(- .+\n(  .+\n)*)+(\nRemaining risk: .+\n(.+\n)*)?\nTests:\n\n(- `tests/[\w/]+\.py::test_\w+`\n)+\n"
)


def read_section(heading: str) -> str:
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0] + "\n"


def test_every_threat_is_closed_by_mechanisms_and_tests_or_is_listed_as_open() -> None:
    closed = THREAT.findall(read_section("Threats"))
    still_open = THREAT.findall(read_section("Open threats"))
    assert [threat for threat, text in closed if not CLOSED.fullmatch(text)] == []
    assert sorted(threat for threat, _ in [*closed, *still_open]) == sorted(THREATS)


def test_every_test_named_on_the_page_exists() -> None:
    named = NAMED_TEST.findall(PAGE)
    assert len(named) == PAGE.count("::test_")
    assert [
        f"{path}::{name}"
        for path, name in named
        if not any(
            isinstance(node, ast.FunctionDef) and node.name == name
            for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8")))
        )
    ] == []


def test_the_rights_of_every_function_are_on_the_page() -> None:
    headings = re.findall(r"^### (.+)$", read_section("Rights of the functions"), re.MULTILINE)
    modules = (ROOT / "functions" / "lambdas").glob("*.py")
    functions = {each.stem for each in modules if "def lambda_handler" in each.read_text("utf-8")}
    assert len(functions) > 10
    assert functions <= set(re.findall(r"`(\w+)`", " ".join(headings)))

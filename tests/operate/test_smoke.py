"""The samples that `smoke` sends are of kinds whose steps neither store another file nor reject them."""

from typing import Any

import pytest

from operate.commands.smoke import choose_samples


def kind(name: str, *steps: str, methods: tuple[str, ...] = ("PUT", "MULTIPART")) -> dict[str, Any]:
    """Returns a kind of texts in the form of the API."""
    return {"name": name, "contentTypes": ["text/plain"], "methods": list(methods), "steps": list(steps)}


@pytest.mark.parametrize(
    ("kinds", "chosen"),
    [
        ([kind("first"), kind("second")], {"PUT": "first", "MULTIPART": "first"}),
        ([kind("contacts", "table"), kind("note")], {"PUT": "note", "MULTIPART": "note"}),
        ([kind("contacts", "table"), kind("scanned", "scan")], {"PUT": "scanned", "MULTIPART": "scanned"}),
        (
            [kind("contacts", "table"), kind("note", methods=("PUT",))],
            {"PUT": "note", "MULTIPART": "contacts"},
        ),
    ],
    ids=["the first kind", "a kind without steps", "a scan is no reason", "no other kind has the method"],
)
def test_a_kind_without_further_steps_comes_first(
    kinds: list[dict[str, Any]], chosen: dict[str, str]
) -> None:
    assert {sample.method: sample.kind for sample in choose_samples(kinds)} == chosen

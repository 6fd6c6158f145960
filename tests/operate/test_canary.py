"""The canaries of `smoke`: each has the type that it declares. tests/features/scan/test_clamav.py shows that clamd finds each."""

from pathlib import Path
from typing import Any

import pytest

from functions.detection import find_range, sniff
from ministack_gaps.scan_engines import EicarEngine
from operate.canary import CANARIES, choose_canary, has_scan
from tests.malware import EICAR


def kind(name: str, *content_types: str, steps: tuple[str, ...] = ("scan",)) -> dict[str, Any]:
    """Returns a kind in the form of the API."""
    return {"name": name, "contentTypes": content_types, "steps": ["size", "type", *steps, "promote"]}


@pytest.mark.parametrize("content_type", CANARIES)
def test_a_canary_has_the_type_that_it_declares(content_type: str) -> None:
    data = CANARIES[content_type][1]()
    further = find_range(data, len(data))
    more = data[further.start : further.start + further.length] if further else b""
    found = sniff(data, more, len(data))
    assert content_type in (found.content_type, *found.also)


def test_an_engine_that_knows_no_archive_finds_the_first_canary(tmp_path: Path) -> None:
    _, build = next(iter(CANARIES.values()))
    assert build() == EICAR
    assert EicarEngine(tmp_path).scan(build()) == "EICAR-Test-File"


def test_the_first_canary_that_a_scanned_kind_accepts_is_sent() -> None:
    kinds = [
        kind("text", "text/plain", steps=()),
        kind("paper", "application/pdf"),
        kind("parcel", "application/zip", "application/pdf"),
    ]
    canary = choose_canary(kinds)
    assert canary is not None
    assert (canary.kind, canary.content_type, canary.name) == ("parcel", "application/zip", "eicar.zip")


@pytest.mark.parametrize(
    ("kinds", "is_scanned"),
    [([kind("text", "text/plain", steps=())], False), ([kind("film", "video/mp4")], True)],
    ids=["no kind is scanned", "no canary is accepted"],
)
def test_without_a_kind_for_it_no_canary_is_sent(kinds: list[dict[str, Any]], is_scanned: bool) -> None:
    assert choose_canary(kinds) is None
    assert has_scan(kinds) is is_scanned

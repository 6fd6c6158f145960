"""The parameters of the step `image`: defaults, bounds, and errors that name the section."""

import json
import re
import tomllib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from functions.domain.kinds import Kinds
from functions.features.image.definition import DEFINITION
from functions.features.image.parameters import ImageParameters, parse_parameters

SECTION = "kinds.toml: avatar.image"
ROOT = Path(__file__).parents[3]


def parse(**values: Any) -> ImageParameters:
    """Returns the parameters as the worker gets them, in a task that was JSON."""
    return ImageParameters.from_task(json.loads(json.dumps(parse_parameters(SECTION, values))))


def test_a_kind_need_not_set_any_parameter() -> None:
    assert asdict(parse()) == {
        "sizes": {"large": 2048, "thumbnail": 256},
        "format": "webp",
        "quality": 80,
        "keep_original": True,
        "max_pixels": 64_000_000,
        "animated": "refuse",
    }


def test_a_kind_may_set_each_of_them() -> None:
    chosen: dict[str, Any] = {
        "sizes": {"icon": 1, "Full-size_2": 4096},
        "format": "avif",
        "quality": 100,
        "keep_original": False,
        "max_pixels": 80_000_000,
        "animated": "keep",
    }
    assert asdict(parse(**chosen)) == chosen


def test_the_sizes_keep_their_order_because_the_first_one_stands_for_the_original() -> None:
    assert list(parse(sizes={"z": 2, "a": 1}).sizes) == ["z", "a"]


BAD_SIZES: list[Any] = [
    *([], 256, "256", {}, {"a": 0}, {"a": 4097}, {"a": "256"}, {"a": 1.5}, {"a": True}),
    *({"": 1}, {"a.b": 1}, {"../x": 1}, {"-a": 1}, {"a" * 32: 1}),
    {f"size{number}": 1 for number in range(11)},
]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        *(("sizes", value, "is a table of 1 to 10 names") for value in BAD_SIZES),
        *(
            ("format", value, "is one of webp, avif, jpeg, png")
            for value in ("gif", "WEBP", "", None, ["webp"])
        ),
        *(("quality", value, "is 1 to 100") for value in (0, 101, 80.0, "80", True)),
        *(("keep_original", value, "is true or false") for value in (0, "no", None)),
        *(("max_pixels", value, "is 1 to 80000000") for value in (0, 80_000_001, 1e6, "1")),
        *(("animated", value, 'is "keep" or "refuse"') for value in ("first", True, "")),
    ],
    ids=str,
)
def test_a_wrong_value_is_an_error_that_names_it(name: str, value: object, expected: str) -> None:
    with pytest.raises(ValueError, match=rf"{SECTION}\.{name} {expected}"):
        parse(**{name: value})


def test_an_unknown_parameter_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown parameters: keepOriginal; known: sizes, format"):
        parse(keepOriginal=False)


@pytest.mark.parametrize("format", ["jpeg", "png"])
def test_a_format_without_frames_cannot_keep_animations(format: str) -> None:
    with pytest.raises(ValueError, match='animated = "keep" needs the format webp or avif'):
        parse(format=format, animated="keep")


def test_a_kind_with_the_step_accepts_only_what_can_be_converted() -> None:
    kind = {"content_types": ["image/png", "application/pdf"], "max_bytes": 1, "steps": ["image"]}
    with pytest.raises(ValueError, match="the step image of avatar does not process application/pdf"):
        Kinds({"avatar": kind}, {"image": DEFINITION}.get)


def test_the_kind_avatar_in_the_comment_is_the_one_of_the_journeys() -> None:
    shipped = (ROOT / "functions/kinds.toml").read_text()
    [section] = re.findall(r"^# \[avatar\]\n(?:# .+\n)+", shipped, re.MULTILINE)
    kinds = tomllib.loads(re.sub("^# ", "", section, flags=re.MULTILINE))
    journeys = tomllib.loads((ROOT / "tests/journeys/shipped_kinds.toml").read_text())
    assert kinds == {"avatar": journeys["avatar"]}
    [avatar] = Kinds(kinds, {"image": DEFINITION}.get)
    assert avatar.parameters["image"]["keep_original"] is False

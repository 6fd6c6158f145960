"""The policies of `kinds.toml`: how one is chosen, what is wrong with a file, and the file that ships."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import functions
from functions.domain.errors import AirlockError, InvalidInput
from functions.domain.kinds import Kinds
from functions.domain.parts import MAX_OBJECT
from tests.examples import KINDS

SHIPPED = Path(str(functions.__file__)).with_name("kinds.toml")


def refused(name: str | None, content_type: str, size: int) -> AirlockError:
    with pytest.raises(AirlockError) as error:
        KINDS.choose(name, content_type, size)
    return error.value


def test_without_a_name_the_first_kind_that_accepts_the_type_is_chosen() -> None:
    assert KINDS.choose(None, "image/jpeg", 10).name == "image"
    assert KINDS.choose(None, "text/plain", 10).name == "text"


def test_a_name_chooses_its_kind() -> None:
    assert KINDS.choose("photo", "image/jpeg", 100_000).name == "photo"


def test_a_name_that_is_not_there_is_an_error_of_that_field() -> None:
    error = refused("video", "image/png", 10)
    assert isinstance(error, InvalidInput)
    assert (error.code, error.field) == ("validation_failed", "kind")
    assert "image, text, photo" in error.detail


@pytest.mark.parametrize(("name", "content_type"), [(None, "text/html"), ("photo", "image/png")])
def test_a_type_that_is_not_accepted_is_refused(name: str | None, content_type: str) -> None:
    error = refused(name, content_type, 10)
    assert isinstance(error, InvalidInput)
    assert (error.code, error.field) == ("content_type_not_allowed", "contentType")


def test_the_largest_size_is_accepted_and_one_byte_more_is_too_large() -> None:
    assert KINDS.choose("image", "image/png", 1000).max_bytes == 1000
    error = refused("image", "image/png", 1001)
    assert isinstance(error, InvalidInput)
    assert (error.code, error.field) == ("file_too_large", "size")


def test_a_type_that_is_not_accepted_counts_before_a_size_that_is_too_large() -> None:
    assert refused("photo", "image/png", 10**9).code == "content_type_not_allowed"


def test_a_kind_that_the_deployment_has_dropped_is_none() -> None:
    assert KINDS.named("image") is not None
    assert KINDS.named("dropped") is None


def test_a_content_type_in_the_file_may_have_any_of_its_usual_names() -> None:
    kinds = Kinds({"image": {"content_types": ["Image/JPG"], "max_bytes": 1}})
    assert kinds.choose(None, "image/jpeg", 1).name == "image"


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"content_types": ["image/png"]},
        {"max_bytes": 1},
        {"content_types": "image/png", "max_bytes": 1},
        {"content_types": [], "max_bytes": 1},
        {"content_types": [1], "max_bytes": 1},
        {"content_types": ["png"], "max_bytes": 1},
        {"content_types": ["image/png"], "max_bytes": 0},
        {"content_types": ["image/png"], "max_bytes": "1"},
        {"content_types": ["image/png"], "max_bytes": True},
        {"content_types": ["image/png"], "max_bytes": MAX_OBJECT + 1},
        {"content_types": ["image/png"], "max_bytes": 1, "max_byte": 1},
    ],
)
def test_a_file_that_is_wrong_names_the_kind_that_is(policy: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="picture"):
        Kinds({"picture": policy})


def test_a_file_without_kinds_is_wrong() -> None:
    with pytest.raises(ValueError, match="no kind"):
        Kinds({})


def test_the_file_that_ships_is_right() -> None:
    policies = tomllib.loads(SHIPPED.read_text("utf-8"))
    kinds = Kinds(policies)
    for name, policy in policies.items():
        for content_type in policy["content_types"]:
            assert kinds.choose(name, content_type, policy["max_bytes"]).name == name

"""The owner and the actor that a token names, as API Gateway passes its claims."""

from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.errors import AirlockError
from functions.http.claims import read_actor, read_owner

NO_SINGLE_TEXT = {
    "empty list": "[]",
    "list of one": "[acme]",
    "list": "[acme globex]",
    "no value in Go": "<nil>",
    "no value in JSON": "null",
    "object in Go": "map[]",
    "object with a tenant in Go": "map[id:acme]",
    "object in JSON": '{"id": "acme"}',
    "blank": " ",
    "white space": "\t\n\u3000",
    "lone surrogate": "acme\ud800",
    "list that is not text": ["acme"],
    "number that is not text": 7,
    "truth that is not text": True,
}


@pytest.mark.parametrize("value", NO_SINGLE_TEXT.values(), ids=NO_SINGLE_TEXT)
def test_a_claim_that_is_no_single_text_owns_nothing(value: Any) -> None:
    with pytest.raises(AirlockError, match="not a single text") as error:
        read_owner({"tenant": value}, "tenant")
    assert error.value.code is Code.TENANT_MISSING


@pytest.mark.parametrize("claims", [{}, {"tenant": ""}, {"tenant": None}], ids=["absent", "empty", "none"])
def test_a_missing_claim_is_named(claims: dict[str, Any]) -> None:
    with pytest.raises(AirlockError, match="no claim tenant"):
        read_owner(claims, "tenant")


@pytest.mark.parametrize("value", ["acme", "7", "auth0|5f7c", "[", "a]", "nil", "mapped[x", "0", "Ädä"])
def test_any_other_text_is_an_owner(value: str) -> None:
    assert read_owner({"tenant": value}, "tenant") == value


def test_the_subject_of_the_token_is_the_actor() -> None:
    assert read_actor({"sub": "ada", "tenant": "acme"}) == "ada"


@pytest.mark.parametrize(
    "value", [None, "", 7, "a\udfff", "a" * 256], ids=["none", "empty", "number", "surrogate", "long"]
)
def test_a_token_without_a_usable_subject_names_no_actor(value: Any) -> None:
    assert read_actor({"sub": value}) is None

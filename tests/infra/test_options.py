"""Options in CDK context: parsing, and the description of the accepted values."""

import pytest

from functions.option_types import Flag, Number, Text
from infra.options import Option, TextList, accepted_values, context_key, parse

COUNT = Number(doc="A.", unit="count")
SECONDS = Number(doc="A.", unit="seconds", maximum=900)
COPIES = Number(doc="A.", unit="count", minimum=2, maximum=1_000)
WORD = Text(doc="A.", accepts="a word", pattern=r"[a-z]+")
WORDS = TextList(doc="A.", accepts="up to 2 words", pattern=r"[a-z]+", max_items=2)
FLAG = Flag(doc="A.")


@pytest.mark.parametrize(
    ("option", "value", "parsed"),
    [
        (COUNT, 1, 1),
        (COUNT, str(10**18), 10**18),
        (SECONDS, "900", 900),
        (COPIES, 2, 2),
        (COPIES, "1000", 1_000),
        (WORD, "sub", "sub"),
        (WORDS, "a", ("a",)),
        (WORDS, "a, b", ("a", "b")),
        (WORDS, ["a", "b"], ("a", "b")),
        (FLAG, True, True),
        (FLAG, "true", True),
        (FLAG, False, False),
        (FLAG, "false", False),
    ],
)
def test_values_of_cdk_json_and_of_the_command_line_are_parsed(
    option: Option, value: object, parsed: object
) -> None:
    assert parse(option, value) == parsed


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *((COUNT, value) for value in (0, "0", -5, "-5", 1.5, "1.5", True, "15m", "", None, "01", " 1", [1])),
        *((SECONDS, value) for value in (901, "901")),
        *((COPIES, value) for value in (0, 1, "1", 1_001)),
        *((COUNT._replace(minimum=500), value) for value in (499, "499")),
        *((WORD, value) for value in ("", "A", "a\n", "a b", 3, None, ["a"])),
        *((WORDS, value) for value in ("", "a,,b", "a,b,c", [], ["a", ""], ["a", 1], ["A"], {"a": 1}, None)),
        *((FLAG, value) for value in ("", "yes", "True", None, 2, "alias/mine")),
    ],
)
def test_other_values_are_rejected(option: Option, value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the caller writes the message
        parse(option, value)


@pytest.mark.parametrize(
    ("option", "accepted"),
    [
        (COUNT, "a whole number from 1 upwards"),
        (SECONDS, "a whole number of seconds from 1 to 900"),
        (COUNT._replace(minimum=500), "a whole number from 500 upwards"),
        (Number(doc="A.", unit="bytes"), "a whole number of bytes from 1 upwards"),
        (SECONDS._replace(at_least="url_lifetime"), "a whole number of seconds from urlLifetime to 900"),
        (COPIES, "a whole number from 2 to 1000"),
        (WORD, "a word"),
        (WORDS, "up to 2 words"),
        (FLAG, "true or false"),
    ],
)
def test_the_accepted_values_are_described(option: Option, accepted: str) -> None:
    assert accepted_values(option) == accepted


def test_a_context_key_is_the_field_name_in_camel_case() -> None:
    assert [context_key(name) for name in ("kms", "owner_claim", "open_uploads_limit")] == [
        "kms",
        "ownerClaim",
        "openUploadsLimit",
    ]

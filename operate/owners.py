"""The owner on the command line: an owner key, or the value of the claim that it is the hash of."""

import argparse
import re

from functions.domain.ids import is_document_id
from functions.domain.keys import owner_key

_OWNER_KEY = re.compile(r"[0-9a-f]{32}")


def add_owner(parser: argparse.ArgumentParser, *, is_required: bool = True) -> None:
    """Adds `--owner` and `--claim`, of which both set `owner`."""
    group = parser.add_mutually_exclusive_group(required=is_required)
    group.add_argument("--owner", type=parse_owner_key, metavar="KEY", help="owner key: 32 hex digits")
    group.add_argument(
        "--claim",
        dest="owner",
        type=owner_key,
        metavar="VALUE",
        help="value of the claim that owns documents, such as the `sub` of a user",
    )


def parse_owner_key(text: str) -> str:
    """Raises ArgumentTypeError."""
    if not _OWNER_KEY.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no owner key of 32 hex digits; --claim takes a claim")
    return text


def parse_document_id(text: str) -> str:
    """Raises ArgumentTypeError."""
    if not is_document_id(text.lower()):
        raise argparse.ArgumentTypeError(f"{text!r} is no id of a document")
    return text.lower()

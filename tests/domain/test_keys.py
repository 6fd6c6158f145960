"""Object keys are opaque, and only keys of this service are parsed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.keys import (
    SCAN_AREA,
    documents_key,
    owner_key,
    parse_documents_key,
    parse_quarantine_key,
    parse_renditions_key,
    parse_staging_key,
    quarantine_key,
    rendition_key,
    renditions_prefix,
    staging_key,
)
from tests.examples import OWNER, an_id

ID = an_id()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_an_owner_key_is_32_hex_digits_for_any_claim(claim: str) -> None:
    assert re.fullmatch("[0-9a-f]{32}", owner_key(claim))


def test_different_claims_have_different_owner_keys() -> None:
    assert len({owner_key(claim) for claim in ("a", "A", "a ", "", "ä", "a\u0308")}) == 6


def test_the_owner_key_of_a_claim_never_changes() -> None:
    assert owner_key("a-subject") == "b0198985a18d498740716f20545bb173"


def test_a_key_is_parsed_to_its_owner_and_document_id() -> None:
    assert parse_staging_key(staging_key(OWNER, ID)) == (OWNER, ID)
    assert parse_staging_key(staging_key(OWNER, ID, SCAN_AREA)) == (OWNER, ID)
    assert parse_documents_key(documents_key(OWNER, ID)) == (OWNER, ID)
    assert parse_quarantine_key(quarantine_key(OWNER, ID)) == (OWNER, ID)
    assert parse_renditions_key(rendition_key(OWNER, ID, "render", "thumb.webp")) == (OWNER, ID)
    assert parse_documents_key(staging_key(OWNER, ID)) is None


def test_a_rendition_is_below_the_prefix_of_its_document_and_its_step() -> None:
    assert rendition_key(OWNER, ID, "image", "small") == f"{renditions_prefix(OWNER, ID)}image/small"


@pytest.mark.parametrize(
    "key",
    [
        "",
        documents_key(OWNER, ID),
        f"/{staging_key(OWNER, ID)}",
        f"{staging_key(OWNER, ID)}/",
        f"{staging_key(OWNER, ID)}\n",
        f"staging//{ID}",
        f"staging/{OWNER}/{ID}/1",
        f"staging/{OWNER.upper()}/{ID}",
        f"staging/{OWNER[1:]}/{ID}",
        f"staging/{OWNER}/../{ID}",
        f"staging2/{OWNER}/{ID}",
        f"staging/scan/scan/{OWNER}/{ID}",
        f"staging/SCAN/{OWNER}/{ID}",
        f"staging/other/{OWNER}/{ID}",
        f"scan/{OWNER}/{ID}",
        f"staging/{OWNER}/{ID.upper()}",
        f"staging/{OWNER}/{ID[:-1]}",
        f"staging/{OWNER}/7b1f3a52-8f0e-4b5a-9f7c-2c1d0e9f8a7b",
        f"staging/{OWNER[:-1]}\u0661/{ID}",
    ],
)
def test_a_key_that_is_never_signed_is_not_parsed(key: str) -> None:
    assert parse_staging_key(key) is None


@pytest.mark.parametrize(
    "key",
    [
        "",
        f"renditions/{OWNER}/{ID}",
        f"renditions/{OWNER}/{ID}/",
        f"renditions/{OWNER}/{ID}/thumb",
        f"renditions/{OWNER}/{ID}//thumb",
        f"renditions/{OWNER}/{ID}/render/more/thumb",
        f"renditions/{OWNER}/render/thumb",
        f"documents/{OWNER}/{ID}/render/thumb",
        f"{OWNER}/{ID}/render/thumb",
        f"renditions2/{OWNER}/{ID}/render/thumb",
    ],
)
def test_a_key_that_no_step_may_write_is_not_parsed(key: str) -> None:
    assert parse_renditions_key(key) is None

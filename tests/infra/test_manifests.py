"""Signed manifests: nothing of them without the option, and with it a key that one function alone may sign with."""

import json

import pytest

from infra.checks import ContextError
from infra.context import Deployment
from tests.infra.conftest import Variant
from tests.infra.policy import allowed_actions
from tests.infra.template import Synthesis, synthesise

ROUTES = {
    f"{method} {path}"
    for method in ("GET", "HEAD")
    for path in ("/documents/{id}/manifest", "/.well-known/jwks.json")
}
PUBLIC_KEY = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + "A" * 86 + "=="
LOG = {"logs:CreateLogStream", "logs:PutLogEvents"}


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesise(
        tmp_path_factory.mktemp("signing"), manifest="true", manifestEarlierKeys=PUBLIC_KEY, kms="true"
    )


def served(synthesis: Synthesis) -> dict[str, str]:
    routes = synthesis.all("AWS::ApiGatewayV2::Route").values()
    return {route["RouteKey"]: route["AuthorizationType"] for route in routes}


def test_nothing_of_it_exists_without_the_option(stack: Synthesis) -> None:
    assert not stack.all("AWS::KMS::Key")
    assert not [name for name in stack.all("AWS::Lambda::Function") if "Manifest" in name]
    assert not ROUTES & served(stack).keys()
    for function in stack.all("AWS::Lambda::Function").values():
        assert function["Environment"]["Variables"]["AIRLOCK_MANIFEST"] == ""


def test_manifests_need_a_token_and_the_keys_do_not(signing: Synthesis) -> None:
    authorization = {key: served(signing)[key] for key in ROUTES}
    assert authorization == {key: "NONE" if "jwks" in key else "JWT" for key in ROUTES}


def test_the_public_route_is_throttled_as_the_docs_are(signing: Synthesis) -> None:
    limits = signing.only("AWS::ApiGatewayV2::Stage")["RouteSettings"]
    assert (
        limits["GET /.well-known/jwks.json"] == limits["HEAD /.well-known/jwks.json"] == limits["GET /docs"]
    )


def test_the_key_signs_with_p256_and_stays_with_the_data(signing: Synthesis, variant: Variant) -> None:
    key = signing.all("AWS::KMS::Key")["ManifestsKey1"]
    assert (key["KeySpec"], key["KeyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    prod = json.loads(variant(stage="prod", webOrigins="https://a.example", manifest="true").text)
    [deployed] = [each for each in prod["Resources"].values() if each["Type"] == "AWS::KMS::Key"]
    assert (deployed["DeletionPolicy"], deployed["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_another_number_is_another_key(variant: Variant) -> None:
    assert list(variant(manifest="true", manifestKeyNumber="2").all("AWS::KMS::Key")) == ["ManifestsKey2"]


def test_the_function_reads_records_and_signs_and_may_do_nothing_else(signing: Synthesis) -> None:
    assert allowed_actions(signing, "ManifestsRole") == {
        "${DocumentTable.Arn}": {"dynamodb:GetItem"},
        "${ManifestsKey1.Arn}": {"kms:Sign", "kms:GetPublicKey"},
        "${EncryptionKey.Arn}": {"kms:Decrypt"},
        "${ManifestsLog.Arn}": LOG,
    }


def test_no_other_role_may_use_the_key(signing: Synthesis) -> None:
    for name in signing.all("AWS::IAM::Role"):
        if name != "ManifestsRole":
            assert "${ManifestsKey1.Arn}" not in allowed_actions(signing, name), name


def test_the_function_knows_its_key_the_url_of_the_api_and_the_earlier_keys(signing: Synthesis) -> None:
    function = signing.all("AWS::Lambda::Function")["ManifestsFunction"]
    assert json.loads(function["Environment"]["Variables"]["AIRLOCK_MANIFEST"]) == {
        "key": "${ManifestsKey1.Arn}",
        "issuer": "${ApiHttpApi.ApiEndpoint}",
        "earlierKeys": [PUBLIC_KEY],
    }


@pytest.mark.parametrize(
    "key", ["", "AAAA", PUBLIC_KEY[:-2], PUBLIC_KEY.replace("IKoZ", "IKoY"), f"{PUBLIC_KEY}\n"]
)
def test_what_is_no_public_key_of_p256_is_refused(key: str) -> None:
    with pytest.raises(ContextError, match="manifestEarlierKeys"):
        Deployment.from_context({"manifest": True, "manifestEarlierKeys": [key]})

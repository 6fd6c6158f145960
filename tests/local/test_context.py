"""The CDK context of the local stack, from the options of its command."""

import pytest

from local.aws import StartError
from local.context import add_web_origins, check_context, parse_context


def test_each_pair_is_one_key_and_values_may_contain_equals_signs() -> None:
    assert parse_context(["kms=true", "scopes=a=b,c"]) == {"kms": "true", "scopes": "a=b,c"}


def test_the_page_comes_before_other_pages_and_those_of_the_context() -> None:
    context = {"webOrigins": "http://localhost:3000, http://localhost:5173", "kms": "true"}
    assert add_web_origins(context, ["http://127.0.0.1:8080", "http://localhost:5173"]) == {
        "webOrigins": "http://127.0.0.1:8080,http://localhost:5173,http://localhost:3000",
        "kms": "true",
    }
    assert add_web_origins({}, ["http://127.0.0.1:8080"]) == {"webOrigins": "http://127.0.0.1:8080"}


def test_an_empty_list_of_origins_is_not_accepted() -> None:
    with pytest.raises(StartError, match="webOrigins is "):
        check_context(add_web_origins({"webOrigins": ""}, ["http://127.0.0.1:8080"]))


def test_every_setting_of_a_deployment_is_accepted() -> None:
    check_context(
        {
            "stage": "dev-ada",
            "webOrigins": "http://localhost:5173",
            "oidcIssuer": "https://id.example.com",
            "oidcAudience": "web",
            "scopes": "files",
            "kms": "true",
            "kindsFile": "tests/infra/kinds.toml",
            "ownerClaim": "tenant",
            "urlLifetime": "60",
            "downloadLifetime": "60",
            "uploadLifetime": "600",
            "restoreWindow": "60",
            "openUploadsLimit": "1",
            "storedBytesLimit": "1",
            "dailyFilesLimit": "1",
            "dailyBytesLimit": "1",
        }
    )

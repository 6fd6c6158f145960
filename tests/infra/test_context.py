"""Context is checked before anything is built from it, and the message names the key."""

from dataclasses import replace

import pytest

from functions.settings import Settings
from infra.context import ContextError, Deployment

DEFAULTS = Settings(bucket="b", table="t", upload_events_url="q", purge_queue_url="a-purge-queue")


def test_without_context_it_is_a_development_stage_for_a_page_on_this_machine() -> None:
    deployment = Deployment.from_context({})
    assert (deployment.stage, deployment.web_origins) == ("dev", ("http://127.0.0.1:8080",))
    assert (deployment.oidc_issuer, deployment.oidc_audience) == (None, ())
    assert deployment.scopes == ("aws.cognito.signin.user.admin",)
    assert (
        deployment.settings(bucket="b", table="t", upload_events_url="q", purge_queue_url="a-purge-queue")
        == DEFAULTS
    )


def test_lists_may_be_lists_or_one_string_with_commas() -> None:
    origins = ("https://a.example.com", "http://localhost:5173")
    as_string = Deployment.from_context({"webOrigins": ", ".join(origins)})
    assert (
        as_string.web_origins == Deployment.from_context({"webOrigins": list(origins)}).web_origins == origins
    )


def test_every_number_of_the_settings_has_a_key() -> None:
    keys = {
        "urlLifetime": 60,
        "downloadLifetime": 59,
        "uploadLifetime": 61,
        "openUploadsLimit": 1,
        "storedBytesLimit": 2,
        "dailyFilesLimit": 3,
        "dailyBytesLimit": 4,
    }
    assert Deployment.from_context(keys).settings(
        bucket="b", table="t", upload_events_url="q", purge_queue_url="a-purge-queue"
    ) == replace(
        DEFAULTS,
        url_lifetime=60,
        download_lifetime=59,
        upload_lifetime=61,
        open_uploads_limit=1,
        stored_bytes_limit=2,
        daily_files_limit=3,
        daily_bytes_limit=4,
    )


def test_keys_of_cdk_and_its_command_line_are_none_of_our_business() -> None:
    Deployment.from_context(
        {"@aws-cdk/core:x": 1, "aws:cdk:y": 2, "acknowledged-issue-numbers": [3], "cli-telemetry": False}
    )


@pytest.mark.parametrize(
    ("context", "named"),
    [
        ({"oidcIsuer": "https://id.example.com"}, "oidcIsuer"),
        ({"stage": "Prod"}, "stage"),
        ({"stage": ""}, "stage"),
        ({"stage": 3}, "stage"),
        ({"stage": "prod"}, "webOrigins"),
        ({"webOrigins": "*"}, "webOrigins"),
        ({"webOrigins": ""}, "webOrigins"),
        ({"webOrigins": []}, "webOrigins"),
        ({"webOrigins": {"a": 1}}, "webOrigins"),
        ({"webOrigins": "https://*.example.com"}, "webOrigins"),
        ({"webOrigins": "https://app.example.com/"}, "webOrigins"),
        ({"webOrigins": "http://app.example.com"}, "webOrigins"),
        ({"webOrigins": "app.example.com"}, "webOrigins"),
        ({"webOrigins": "https://"}, "webOrigins"),
        ({"oidcIssuer": "https://id.example.com"}, "oidcAudience"),
        ({"oidcAudience": "web"}, "oidcIssuer"),
        ({"oidcIssuer": "http://id.example.com", "oidcAudience": "web"}, "oidcIssuer"),
        ({"oidcIssuer": "https://id.example.com", "oidcAudience": "web"}, "scopes"),
        ({"oidcIssuer": "https://id.example.com", "oidcAudience": "web", "scopes": []}, "scopes"),
        ({"oidcIssuer": "https://id.example.com", "oidcAudience": ["a"] * 51}, "oidcAudience"),
        ({"scopes": ["a"] * 11}, "scopes"),
        ({"scopes": "a,,b"}, "scopes"),
        ({"scopes": ""}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"ownerClaim": ""}, "ownerClaim"),
        ({"ownerClaim": "a b"}, "ownerClaim"),
        ({"urlLifetime": "901"}, "urlLifetime"),
        ({"urlLifetime": 0}, "urlLifetime"),
        ({"urlLifetime": -5}, "urlLifetime"),
        ({"urlLifetime": True}, "urlLifetime"),
        ({"urlLifetime": "15m"}, "urlLifetime"),
        ({"downloadLifetime": 301}, "downloadLifetime"),
        ({"downloadLifetime": "0"}, "downloadLifetime"),
        ({"uploadLifetime": 899}, "uploadLifetime"),
        ({"uploadLifetime": 7 * 86_400 + 1}, "uploadLifetime"),
        ({"dailyBytesLimit": 1.5}, "dailyBytesLimit"),
        ({"kms": "yes"}, "kms"),
        ({"kms": ""}, "kms"),
        ({"kms": "alias/mine"}, "kms"),
    ],
)
def test_bad_context_is_refused_by_name(context: dict[str, object], named: str) -> None:
    with pytest.raises(ContextError, match=named):
        Deployment.from_context(context)


def test_the_longest_lifetimes_are_taken() -> None:
    numbers = Deployment.from_context({"urlLifetime": 900, "uploadLifetime": 7 * 86_400}).numbers
    assert (numbers["url_lifetime"], numbers["upload_lifetime"]) == (900, 604_800)

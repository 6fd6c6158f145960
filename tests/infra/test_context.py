"""CDK context: validated before any construct is created, with error messages that name the key."""

import re
from dataclasses import Field, fields
from pathlib import Path

import pytest

from functions.function_options import FunctionOptions
from functions.option_types import Flag, Number, Text
from infra.checks import ContextError
from infra.context import OPTIONS, Deployment
from infra.options import context_key, option
from tests.infra.conftest import KINDS_FILE

ISSUER = {"oidcIssuer": "https://id.example.com", "oidcAudience": "web"}
Option = Field[object]


def another_value(field: Option) -> object:
    """Returns a valid value that is not the default."""
    described = option(field)
    if isinstance(described, Text):
        values = (f"{field.default}-2", described.pattern.split("|")[-1], "https://app.example.com")
        return next(value for value in values if re.fullmatch(described.pattern, value))
    if isinstance(described, Flag):
        return not field.default
    assert isinstance(described, Number)
    assert isinstance(field.default, int)
    return field.default - 1 if field.default == described.maximum else field.default + 1


def test_without_context_the_deployment_is_ephemeral_and_for_a_page_on_the_same_machine() -> None:
    deployment = Deployment.from_context({})
    assert deployment == Deployment()
    assert deployment.is_ephemeral
    assert deployment.web_origins == ("http://127.0.0.1:8080",)
    assert (deployment.oidc_issuer, deployment.oidc_audience) == (None, ())
    assert deployment.scopes == ("aws.cognito.signin.user.admin",)


@pytest.mark.parametrize("field", fields(FunctionOptions), ids=lambda field: field.name)
def test_every_option_of_the_functions_has_a_context_key(field: Option) -> None:
    value = another_value(field)
    required = {**ISSUER, "scopes": "documents"} if field.name == "service_scope" else {}
    deployment = Deployment.from_context({**required, context_key(field.name): str(value).lower()})
    assert deployment.function_options == Deployment().function_options | {field.name: value}


@pytest.mark.parametrize("field", fields(Deployment), ids=lambda field: field.name)
def test_every_option_is_documented(field: Option) -> None:
    assert option(field).doc.endswith(".")
    assert OPTIONS[context_key(field.name)] is field


def test_options_of_the_stack_are_read() -> None:
    given = {**ISSUER, "stage": "prod", "webOrigins": "https://a.example.com", "scopes": "x", "kms": "true"}
    assert Deployment.from_context(given) == Deployment(
        stage="prod",
        web_origins=("https://a.example.com",),
        oidc_issuer="https://id.example.com",
        oidc_audience=("web",),
        scopes=("x",),
        kms="true",
    )


@pytest.mark.parametrize(
    "origin",
    [
        "https://app.example.com",
        "https://app.example.com:8443",
        "https://[2001:db8::1]",
        "http://localhost:5173",
        "http://127.0.0.1",
        "http://[::1]:8080",
    ],
)
def test_exact_origins_are_accepted(origin: str) -> None:
    assert Deployment.from_context({"webOrigins": origin}).web_origins == (origin,)


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "",
        "https://*.example.com",
        "https://app.example.com/",
        "https://App.example.com",
        "https://user@app.example.com",
        "https://app.example.com:",
        "http://app.example.com",
        "http://localhost.example.com",
        "app.example.com",
        "https://",
        "null",
    ],
)
def test_other_origins_are_rejected(origin: str) -> None:
    with pytest.raises(ContextError, match=r"^webOrigins is "):
        Deployment.from_context({"webOrigins": origin})


def test_keys_of_cdk_and_its_command_line_are_ignored() -> None:
    Deployment.from_context(
        {"@aws-cdk/core:x": 1, "aws:cdk:y": 2, "acknowledged-issue-numbers": [3], "cli-telemetry": False}
    )


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ({"oidcIsuer": "https://id.example.com"}, "unknown key 'oidcIsuer'; known keys: .*oidcIssuer"),
        ({"bucket": "another"}, "unknown key 'bucket'"),
        ({"url_lifetime": 60}, "unknown key 'url_lifetime'"),
        ({"stage": "Prod"}, "stage is 'Prod'; accepted: up to 30 lower-case letters"),
        ({"stage": ""}, "stage is ''"),
        ({"stage": 3}, "stage is 3"),
        ({"stage": "prod"}, "webOrigins is missing"),
        ({"oidcIssuer": "https://id.example.com"}, "oidcIssuer and oidcAudience require each other"),
        ({"oidcAudience": "web"}, "oidcIssuer and oidcAudience require each other"),
        (ISSUER, "scopes is missing"),
        ({**ISSUER, "oidcIssuer": "http://id.example.com"}, "oidcIssuer is "),
        ({**ISSUER, "oidcAudience": ["a"] * 51}, "oidcAudience is .*; accepted: up to 50 audiences"),
        ({**ISSUER, "scopes": []}, "scopes is "),
        ({"scopes": ["a"] * 11}, "scopes is .*; accepted: up to 10 scopes"),
        ({"scopes": "a,,b"}, "scopes is "),
        ({"ownerClaim": "a b"}, "ownerClaim is "),
        ({"ownerClaim": "email"}, "ownerClaim is 'email'; in an access token of the stack's user pool"),
        ({"ownerClaim": "iss"}, "ownerClaim is 'iss'; "),
        ({"ownerClaim": "client_id"}, "ownerClaim is 'client_id'; "),
        ({"alarmEmail": "ops"}, "alarmEmail is 'ops'; accepted: e-mail addresses"),
        ({"docs": "no"}, "docs is 'no'; accepted: true or false"),
        ({"kms": "alias/mine"}, "kms is 'alias/mine'; accepted: false, standby or true"),
        ({"urlLifetime": "901"}, "urlLifetime is '901'; accepted: a whole number of seconds from 1 to 900"),
        ({"downloadLifetime": 301}, "downloadLifetime is 301; .* from 1 to 300"),
        ({"uploadLifetime": 604_801}, "uploadLifetime is 604801; .* from urlLifetime to 604800"),
        ({"uploadLifetime": 899}, "uploadLifetime is 899; .* from urlLifetime to 604800, which is 900"),
        ({"kindsFile": "kinds.json"}, "kindsFile is 'kinds.json'; accepted: the path of a `.toml` file"),
        ({"kindsFile": "none.toml"}, "kindsFile is 'none.toml': .*No such file"),
        ({"textsFile": "texts.json"}, "textsFile is 'texts.json'; accepted: the path of a `.toml` file"),
        ({"textsFile": "none.toml"}, "textsFile is 'none.toml': .*No such file"),
        *(
            ({"redirectOrigins": origins}, "redirectOrigins is .*; accepted: origins such as")
            for origins in (
                "*",
                "http://app.example.com",
                "https://app.example.com/",
                "https://a.example, https://b.example",
            )
        ),
        (
            {"multipartLifetime": 86_399},
            "multipartLifetime is 86399; .* from uploadLifetime .*, which is 86400",
        ),
        ({"multipartLifetime": 2_592_001}, "multipartLifetime is 2592001; .* from uploadLifetime to 2592000"),
        ({"formLifetime": 901}, "formLifetime is 901; accepted: a whole number of seconds from 1 to 900"),
        ({"partSize": "5242879"}, "partSize is '5242879'; .* of bytes from 5242880 to 5368709120"),
        ({"partSize": 5_368_709_121}, "partSize is 5368709121; .* from 5242880 to 5368709120"),
        ({"allowHeaders": "*"}, "allowHeaders is '\\*'; accepted: header names such as `traceparent`"),
        ({"allowHeaders": "X-Request-Id,"}, "allowHeaders is "),
        ({"allowHeaders": "X Request"}, "allowHeaders is "),
        ({"allowHeaders": "a:b"}, "allowHeaders is "),
        ({"allowHeaders": ["X-Amz-Meta-A"]}, "allowHeaders is "),
        ({"allowHeaders": "authorization"}, "allowHeaders is "),
        ({"allowHeaders": []}, "allowHeaders is "),
        ({"restoreWindow": 315_360_001}, "restoreWindow is 315360001; .* from 1 to 315360000"),
        ({"requestRate": 0}, "requestRate is 0; accepted: a whole number from 1 upwards"),
        ({"requestBurst": "many"}, "requestBurst is 'many'; accepted: a whole number from 1 upwards"),
        ({"batchRequestRate": 0.5}, "batchRequestRate is 0.5; accepted: a whole number from 1 upwards"),
        ({"batchRequestBurst": -1}, "batchRequestBurst is -1; accepted: a whole number from 1 upwards"),
        ({"publicRequestRate": 0}, "publicRequestRate is 0; accepted: a whole number from 1 upwards"),
        ({"publicRequestBurst": None}, "publicRequestBurst is None; accepted: a whole number from 1 upwards"),
        ({"pipelineConcurrency": 1}, "pipelineConcurrency is 1; accepted: a whole number from 2 to 1000"),
        ({"largeCopyConcurrency": 1_001}, "largeCopyConcurrency is 1001; .* from 2 to 1000"),
        ({"sweepConcurrency": "1"}, "sweepConcurrency is '1'; .* from 2 to 1000"),
        ({"purgeConcurrency": True}, "purgeConcurrency is True; .* from 2 to 1000"),
        ({"dailyBytesLimit": 1.5}, "dailyBytesLimit is 1.5; accepted: a whole number of bytes"),
    ],
)
def test_the_message_for_invalid_context_names_the_key(context: dict[str, object], message: str) -> None:
    with pytest.raises(ContextError, match=rf"^{message}"):
        Deployment.from_context(context)


def test_a_kinds_file_is_relative_to_the_checkout() -> None:
    deployment = Deployment.from_context({"kindsFile": KINDS_FILE})
    assert list(deployment.read_kinds().step_definitions) == ["word_list"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('steps = ["missing"]', "text lists the unknown step missing; known steps: word_list"),
        ('steps = ["scan"]\nscan = { inconclusive = "maybe" }', "inconclusive is 'reject' or 'accept'"),
        ('steps = ["scan"]\nscan = { deep = true }', "text.scan has unknown parameters: deep"),
        ('steps = ["word_list"]', "text.word_list needs the parameter words"),
        (
            'steps = ["word_list"]\nword_list = { words = [], language = "en" }',
            "text.word_list has unknown parameters: language; known: words",
        ),
        ("[steps.slow]\nconcurrency = 1", "steps.slow.concurrency is 2 to 1000 tasks"),
        ("[steps.a1]\n[steps.a_1]", "two names in steps differ in underscores only"),
        ("maxBytes = 3", "text has unknown settings: maxBytes"),
        ("steps = [", "Invalid value"),
    ],
)
def test_a_kinds_file_is_rejected_with_the_message_of_what_is_wrong(
    tmp_path: Path, text: str, message: str
) -> None:
    kinds = tmp_path / "kinds.toml"
    kinds.write_text(
        f"""[text]
content_types = ["text/plain"]
max_bytes = 10
{text}
[steps.word_list]
parameters = {{ words = "strings" }}
"""
    )
    with pytest.raises(ContextError, match=rf"^kindsFile is '{kinds}': .*{message}"):
        Deployment.from_context({"kindsFile": str(kinds)})


@pytest.mark.parametrize("claim", ["email", "client_id"])
def test_another_issuer_may_have_its_owners_in_any_claim(claim: str) -> None:
    assert Deployment.from_context({**ISSUER, "scopes": "x", "ownerClaim": claim}).owner_claim == claim


def test_true_and_false_of_json_are_words_too() -> None:
    assert [Deployment.from_context({"kms": value}).kms for value in (True, False)] == ["true", "false"]


def test_the_longest_lifetimes_are_accepted() -> None:
    deployment = Deployment.from_context({"urlLifetime": 900, "uploadLifetime": "604800"})
    assert (deployment.url_lifetime, deployment.upload_lifetime) == (900, 604_800)


def test_an_upload_may_last_as_long_as_its_url() -> None:
    deployment = Deployment.from_context({"urlLifetime": 60, "uploadLifetime": 60})
    assert (deployment.url_lifetime, deployment.upload_lifetime) == (60, 60)


def scanned_kind(folder: Path, max_bytes: int) -> str:
    """Writes a kinds file with one kind that lists `scan`, and returns its path."""
    path = folder / "kinds.toml"
    path.write_text(
        f'[upload]\ncontent_types = ["application/pdf"]\nmax_bytes = {max_bytes}\nsteps = ["scan"]\n'
    )
    return str(path)


def test_a_kind_that_is_scanned_needs_a_scanner(tmp_path: Path) -> None:
    kinds = scanned_kind(tmp_path, 1_000)
    with pytest.raises(ContextError, match=r"scanner is missing.*'upload'"):
        Deployment.from_context({"kindsFile": kinds})
    assert Deployment.from_context({"kindsFile": kinds, "scanner": "guardduty"}).scanner == "guardduty"


@pytest.mark.parametrize(("scanner", "limit"), [("guardduty", 5_000_000_000), ("clamav", 2_147_483_647)])
def test_no_kind_is_larger_than_its_scanner_can_scan(tmp_path: Path, scanner: str, limit: int) -> None:
    Deployment.from_context({"kindsFile": scanned_kind(tmp_path, limit), "scanner": scanner})
    with pytest.raises(ContextError, match=rf"scans up to {limit} bytes; max_bytes .* is {limit + 1}"):
        Deployment.from_context({"kindsFile": scanned_kind(tmp_path, limit + 1), "scanner": scanner})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[de", "Expected"),
        ('[de]\nunknown = "Ein Satz."', "'unknown' is not a code"),
        ('[it]\nmalware_found = "Una frase."', "it lacks animation_not_allowed, "),
    ],
)
def test_a_file_with_other_sentences_is_validated(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "texts.toml"
    file.write_text(text)
    with pytest.raises(ContextError, match=rf"^textsFile is '{file}': .*{message}"):
        Deployment.from_context({"textsFile": str(file)})


def test_a_form_may_lead_back_to_several_origins() -> None:
    origins = "https://app.example.com,http://127.0.0.1:5000"
    assert Deployment.from_context({"redirectOrigins": origins}).redirect_origins == origins

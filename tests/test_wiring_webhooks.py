"""The option that sends webhooks to this machine works on the local AWS alone."""

import pytest

from functions.wiring.webhooks import LOOPBACK_VARIABLE, is_local

LOCAL_AWS = "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    ("variable", "endpoint", "local"),
    [
        pytest.param("true", LOCAL_AWS, True, id="local"),
        pytest.param("true", "", False, id="variable in AWS"),
        pytest.param("", LOCAL_AWS, False, id="local without the variable"),
        pytest.param("1", LOCAL_AWS, False, id="another value"),
        pytest.param("true", "https://secretsmanager.eu-west-1.amazonaws.com", False, id="regional endpoint"),
        pytest.param("true", "https://vpce-1.secretsmanager.eu-west-1.vpce.amazonaws.com", False, id="vpc"),
        pytest.param("true", "http://127.0.0.1.example.com", False, id="another host"),
        pytest.param("true", "http://127.0.0.1@example.com", False, id="user"),
    ],
)
def test_requests_go_to_this_machine_only_if_secrets_come_from_it(
    monkeypatch: pytest.MonkeyPatch, variable: str, endpoint: str, local: bool
) -> None:
    monkeypatch.setenv(LOOPBACK_VARIABLE, variable)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoint)
    assert is_local() is local

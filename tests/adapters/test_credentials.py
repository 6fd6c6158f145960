"""Signers follow the role's credentials, which change under a running function."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import botocore.session
import pytest
from botocore.credentials import CredentialProvider, CredentialResolver, Credentials, RefreshableCredentials

from functions.adapters.credentials import RoleSigner, of_environment, of_session
from functions.domain.errors import Unavailable
from functions.signing.endpoint import Endpoint

REGION = "eu-west-1"
ENDPOINT = Endpoint.for_bucket("a-bucket", REGION)


class Role(CredentialProvider):
    """Gives the function these credentials and no other."""

    METHOD = "role"

    def __init__(self, credentials: Credentials | None) -> None:
        self._held = credentials

    def load(self) -> Credentials | None:
        return self._held


def session(credentials: Credentials | None) -> botocore.session.Session:
    made = botocore.session.Session()
    made.register_component("credential_provider", CredentialResolver([Role(credentials)]))
    return made


def signer_of(session: botocore.session.Session) -> RoleSigner:
    return RoleSigner(lambda: of_session(session), REGION, ENDPOINT)


def url(signer: RoleSigner) -> str:
    return signer().presign("GET", "k", lifetime=60, now=datetime.now(UTC)).url


def test_one_signer_serves_as_long_as_the_credentials_stay() -> None:
    signer = signer_of(session(Credentials("AKID", "secret", "token")))
    assert signer() is signer()


def test_new_credentials_make_a_new_signer() -> None:
    role = session(Credentials("AKID1", "secret", "token-1"))
    signer = signer_of(role)
    assert "AKID1" in url(signer)
    role.set_credentials("AKID1", "secret", "token-2")
    assert "X-Amz-Security-Token=token-2" in url(signer)
    role.set_credentials("AKID2", "secret", "token-2")
    assert "AKID2" in url(signer)


def test_a_signature_never_claims_to_outlive_credentials_that_know_their_end() -> None:
    now = datetime.now(UTC)
    end = now.replace(microsecond=0) + timedelta(hours=1)
    role = session(RefreshableCredentials("AKID", "secret", "token", end, dict, "test"))
    signed = signer_of(role)().presign("GET", "k", lifetime=7200, now=now)
    assert signed.expires_at == end


def test_without_credentials_the_service_is_unavailable_for_a_moment() -> None:
    with pytest.raises(Unavailable) as error:
        signer_of(session(None))()
    assert error.value.retry_after == 1


def test_the_environment_names_the_role_and_botocore_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token-1")
    signer = RoleSigner(of_environment, REGION, ENDPOINT)
    assert "X-Amz-Security-Token=token-1" in url(signer)
    assert signer() is signer()
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token-2")
    assert "X-Amz-Security-Token=token-2" in url(signer)


def test_what_the_environment_does_not_name_is_found_where_botocore_finds_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id = AKID\naws_secret_access_key = s\n")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    assert "AKID%2F" in url(RoleSigner(of_environment, REGION, ENDPOINT))

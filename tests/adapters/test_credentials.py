"""Signers follow the role's credentials, which AWS replaces while a function runs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import botocore.session
import pytest
from botocore.credentials import CredentialProvider, CredentialResolver, Credentials, RefreshableCredentials

from functions.adapters.credentials import RoleSigner, credentials_from_environment, credentials_from_session
from functions.domain.errors import Unavailable
from functions.signing.endpoint import Endpoint

REGION = "eu-west-1"
ENDPOINT = Endpoint.for_bucket("a-bucket", REGION)


class RoleProvider(CredentialProvider):
    """The only provider of the session. It provides these credentials."""

    METHOD = "role"

    def __init__(self, credentials: Credentials | None) -> None:
        self._credentials = credentials

    def load(self) -> Credentials | None:
        return self._credentials


def create_session(credentials: Credentials | None) -> botocore.session.Session:
    session = botocore.session.Session()
    session.register_component("credential_provider", CredentialResolver([RoleProvider(credentials)]))
    return session


def create_signer(session: botocore.session.Session) -> RoleSigner:
    return RoleSigner(lambda: credentials_from_session(session), REGION, ENDPOINT)


def presign(signer: RoleSigner) -> str:
    return signer().presign("GET", "k", lifetime=60, now=datetime.now(UTC)).url


def test_the_signer_is_the_same_until_the_credentials_change() -> None:
    signer = create_signer(create_session(Credentials("AKID", "secret", "token")))
    assert signer() is signer()


def test_new_credentials_make_a_new_signer() -> None:
    role = create_session(Credentials("AKID1", "secret", "token-1"))
    signer = create_signer(role)
    assert "AKID1" in presign(signer)
    role.set_credentials("AKID1", "secret", "token-2")
    assert "X-Amz-Security-Token=token-2" in presign(signer)
    role.set_credentials("AKID2", "secret", "token-2")
    assert "AKID2" in presign(signer)


def test_a_signature_expires_no_later_than_refreshable_credentials() -> None:
    now = datetime.now(UTC)
    end = now.replace(microsecond=0) + timedelta(hours=1)
    role = create_session(RefreshableCredentials("AKID", "secret", "token", end, dict, "test"))
    signed = create_signer(role)().presign("GET", "k", lifetime=7200, now=now)
    assert signed.expires_at == end


def test_without_credentials_the_service_is_unavailable() -> None:
    with pytest.raises(Unavailable) as error:
        create_signer(create_session(None))()
    assert error.value.retry_after == 1


def test_the_credentials_of_the_environment_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID1")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token-1")
    signer = RoleSigner(credentials_from_environment, REGION, ENDPOINT)
    assert "X-Amz-Security-Token=token-1" in presign(signer)
    assert signer() is signer()
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token-2")
    assert "X-Amz-Security-Token=token-2" in presign(signer)


def test_without_credentials_in_the_environment_botocore_finds_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id = AKID\naws_secret_access_key = s\n")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    assert "AKID%2F" in presign(RoleSigner(credentials_from_environment, REGION, ENDPOINT))

"""The lifetime of a signature ends with the credentials that made it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from functions.domain.errors import Unavailable
from functions.signing.credentials import MAX_LIFETIME, Credentials, CredentialsExpired

NOW = datetime(2026, 2, 3, 23, 59, 58, tzinfo=UTC)
TWO_HOURS_EAST = timezone(timedelta(hours=2))


def credentials(expires_at: datetime | None = None) -> Credentials:
    return Credentials("AKID", "a-secret", "a-token", expires_at)


@pytest.mark.parametrize("lifetime", [1, MAX_LIFETIME])
def test_without_an_expiry_the_requested_lifetime_is_kept(lifetime: int) -> None:
    expected = (lifetime, NOW + timedelta(seconds=lifetime))
    assert credentials().limit_lifetime(lifetime, NOW) == expected


def test_the_lifetime_starts_at_the_whole_second_that_is_signed() -> None:
    _, expires_at = credentials().limit_lifetime(900, NOW + timedelta(microseconds=999_999))
    assert expires_at == NOW + timedelta(seconds=900)


@pytest.mark.parametrize(
    ("left", "seconds", "until"),
    [
        (timedelta(seconds=901), 900, timedelta(seconds=900)),
        (timedelta(seconds=900), 900, timedelta(seconds=900)),
        (timedelta(seconds=60, milliseconds=900), 60, timedelta(seconds=60)),
        (timedelta(milliseconds=300), 1, timedelta(milliseconds=300)),
    ],
)
def test_a_signature_expires_no_later_than_its_credentials(
    left: timedelta, seconds: int, until: timedelta
) -> None:
    expires_at = (NOW + left).astimezone(TWO_HOURS_EAST)
    assert credentials(expires_at).limit_lifetime(900, NOW) == (seconds, NOW + until)


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(milliseconds=1), timedelta(days=1)])
def test_expired_credentials_make_the_service_unavailable(ago: timedelta) -> None:
    now = NOW + timedelta(milliseconds=500)
    with pytest.raises(CredentialsExpired) as error:
        credentials(now - ago).limit_lifetime(900, now)
    assert isinstance(error.value, Unavailable)
    assert (error.value.code, error.value.retry_after) == ("storage_unavailable", 1)


@pytest.mark.parametrize("lifetime", [-5, 0, MAX_LIFETIME + 1])
def test_a_lifetime_outside_the_limits_of_s3_is_rejected(lifetime: int) -> None:
    with pytest.raises(ValueError, match="lifetime"):
        credentials().limit_lifetime(lifetime, NOW)


def test_the_repr_shows_neither_secret_nor_token() -> None:
    text = repr(credentials())
    assert "a-secret" not in text
    assert "a-token" not in text

"""What infra writes into a function's environment is what the function reads."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.settings import Settings

texts = st.text(st.characters(exclude_categories=["Cs"]))
settings = st.builds(
    Settings,
    **{field.name: st.integers(0, 1 << 60) if field.type is int else texts for field in fields(Settings)},
)


@given(settings)
def test_settings_survive_the_environment(chosen: Settings) -> None:
    environment = chosen.to_environment()
    assert Settings.from_environment(environment) == chosen
    assert all(isinstance(value, str) for value in environment.values())


@given(settings)
def test_what_else_is_in_the_environment_does_not_matter(chosen: Settings) -> None:
    others = {"PATH": "/bin", "AIRLOCK_SOMETHING_ELSE": "1", "BUCKET": "another"}
    assert Settings.from_environment(others | chosen.to_environment()) == chosen


@pytest.mark.parametrize("field", [field.name for field in fields(Settings)])
def test_a_variable_that_is_missing_is_named(field: str) -> None:
    environment = Settings(
        bucket="b", table="t", upload_events_url="q", purge_queue_url="a-purge-queue"
    ).to_environment()
    name = f"AIRLOCK_{field.upper()}"
    del environment[name]
    with pytest.raises(KeyError, match=f"^'{name}'$"):
        Settings.from_environment(environment)


def test_a_number_that_is_none_is_an_error_and_not_a_text() -> None:
    environment = Settings(
        bucket="b", table="t", upload_events_url="q", purge_queue_url="a-purge-queue"
    ).to_environment()
    with pytest.raises(ValueError, match="soon"):
        Settings.from_environment(environment | {"AIRLOCK_URL_LIFETIME": "soon"})


def test_an_unresolved_token_of_the_template_passes_through() -> None:
    token = "${Token[Bucket.123]}"
    environment = Settings(
        bucket=token, table="t", upload_events_url="q", purge_queue_url="a-purge-queue"
    ).to_environment()
    assert environment["AIRLOCK_BUCKET"] == token

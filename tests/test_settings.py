"""Settings: what infra writes into the environment of a function is what the function reads."""

from dataclasses import fields, replace
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.function_options import FunctionOptions
from functions.option_types import Flag, Number, Resource, Text, description
from functions.settings import Settings, variable_name

TYPES = get_type_hints(Settings)
VALUES = {
    bool: st.booleans(),
    int: st.integers(0, 1 << 60),
    str: st.text(st.characters(exclude_categories=["Cs"])),
}
every_setting = st.builds(Settings, **{name: VALUES[type_] for name, type_ in TYPES.items()})
DEFAULTS = Settings(
    bucket="b",
    table="t",
    upload_events_url="q",
    purge_queue_url="a-purge-queue",
    consumed_queues="[]",
    slice_queue_url="s",
    step_queues="{}",
)


@given(every_setting)
def test_settings_survive_the_environment(settings: Settings) -> None:
    environment = settings.to_environment()
    assert Settings.from_environment(environment) == settings
    assert all(isinstance(value, str) for value in environment.values())


@given(every_setting)
def test_other_variables_of_the_environment_are_ignored(settings: Settings) -> None:
    others = {"PATH": "/bin", "AIRLOCK_SOMETHING_ELSE": "1", "BUCKET": "another"}
    assert Settings.from_environment(others | settings.to_environment()) == settings


OPTIONAL = ("delivery", "edge")


@pytest.mark.parametrize("field", sorted(TYPES.keys() - set(OPTIONAL)))
def test_the_error_for_a_missing_variable_names_it(field: str) -> None:
    environment = DEFAULTS.to_environment()
    name = f"AIRLOCK_{field.upper()}"
    del environment[name]
    with pytest.raises(KeyError, match=f"^'{name}'$"):
        Settings.from_environment(environment)


@pytest.mark.parametrize("field", OPTIONAL)
def test_an_optional_resource_has_a_variable_only_with_the_feature(field: str) -> None:
    name = f"AIRLOCK_{field.upper()}"
    assert name not in DEFAULTS.to_environment()
    with_feature = DEFAULTS.to_environment() | {name: "{}"}
    assert Settings.from_environment(with_feature).to_environment() == with_feature


def test_a_number_that_is_not_a_number_raises_an_error() -> None:
    with pytest.raises(ValueError, match="soon"):
        Settings.from_environment(DEFAULTS.to_environment() | {"AIRLOCK_URL_LIFETIME": "soon"})


def test_every_setting_has_a_variable_and_nothing_else_has() -> None:
    assert {variable_name(name) for name in TYPES} >= set(DEFAULTS.to_environment())
    with pytest.raises(KeyError, match="url_lifetimes"):
        variable_name("url_lifetimes")


def test_an_unresolved_cdk_token_is_written_unchanged() -> None:
    token = "${Token[Bucket.123]}"
    settings = replace(DEFAULTS, bucket=token)
    assert settings.to_environment()["AIRLOCK_BUCKET"] == token


def test_every_setting_is_documented_by_the_description_of_its_type() -> None:
    described = {field.name: description(field) for field in fields(Settings)}
    for name, type_ in TYPES.items():
        assert isinstance(described[name], {bool: Flag, int: Number, str: Text | Resource}[type_])
        assert described[name].doc.endswith(".")


def test_a_lower_bound_names_a_number() -> None:
    bounds = {
        field.name: description(field).at_least
        for field in fields(FunctionOptions)
        if isinstance(description(field), Number) and description(field).at_least
    }
    assert bounds == {"upload_lifetime": "url_lifetime", "multipart_lifetime": "upload_lifetime"}
    assert {TYPES[name] for name in bounds.values()} == {int}

"""The functions as wired for Lambda, with every call to AWS observed."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.faults.aws_calls import observe_aws_calls
from tests.faults.simulation import WiredFunctions


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    """Starts moto once for all simulations of a module, because a start registers 1,300 addresses."""
    with mock_aws():
        yield


@pytest.fixture(scope="module")
def functions(aws: None) -> Iterator[WiredFunctions]:
    with pytest.MonkeyPatch.context() as environment, observe_aws_calls() as calls:
        yield WiredFunctions(calls, environment)

"""Fixtures: the service in process, and both clients of it."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from airlock_client import AirlockClient, AsyncAirlockClient
from airlock_client import _retry as retry
from tests.lambdas.account import Account
from tests.lambdas.conftest import Delay, account, aws, delay, s3
from tests.python_client.service import ENDPOINT, TOKEN, Service

__all__ = ["Delay", "account", "aws", "delay", "s3"]


class AsyncClient:
    """The client for asyncio with the methods of the other one. Each call has an event loop of its own."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._arguments = arguments
        self._options = options

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            async def run() -> Any:
                async with AsyncAirlockClient(*self._arguments, **self._options) as client:
                    result = getattr(client, name)(*arguments, **options)
                    if hasattr(result, "__aiter__"):
                        return [item async for item in result]
                    return await result

            return asyncio.run(run())

        return call


@pytest.fixture
def service(account: Account, s3: httpx.Client) -> Service:
    return Service(account, s3)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeated requests follow at once."""
    monkeypatch.setattr(retry, "FIRST_DELAY", 0.0)


@pytest.fixture(params=["threads", "asyncio"])
def client(request: pytest.FixtureRequest, service: Service, tmp_path: Path) -> Iterator[Any]:
    """The client, with a folder for resumable uploads."""
    kind = AirlockClient if request.param == "threads" else AsyncClient
    client = kind(ENDPOINT, TOKEN, transport=service.transport, resume_folder=tmp_path / "resume")
    yield client
    if isinstance(client, AirlockClient):
        client.close()

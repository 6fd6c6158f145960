"""Client of Airlock: files go straight to S3, and no file can be downloaded before it was checked.

`AirlockClient` is for threads and scripts, `AsyncAirlockClient` for asyncio; both have the same methods.
"""

from typing import TYPE_CHECKING, Any

from airlock_client import models
from airlock_client._machine_tokens import ClientCredentials
from airlock_client._sources import FileSource, StreamSource
from airlock_client._sync.client import AirlockClient
from airlock_client._upload_request import Upload
from airlock_client._version import __version__
from airlock_client.errors import (
    AirlockError,
    FileChangedError,
    IntegrityError,
    NetworkError,
    ProblemError,
    SignInRequiredError,
    StorageError,
    WaitTimeoutError,
)
from airlock_client.models import Document

if TYPE_CHECKING:
    from airlock_client._async.client import AsyncAirlockClient

__all__ = [
    "AirlockClient",
    "AirlockError",
    "AsyncAirlockClient",
    "ClientCredentials",
    "Document",
    "FileChangedError",
    "FileSource",
    "IntegrityError",
    "NetworkError",
    "ProblemError",
    "SignInRequiredError",
    "StorageError",
    "StreamSource",
    "Upload",
    "WaitTimeoutError",
    "__version__",
    "models",
]


def __getattr__(name: str) -> Any:
    """Imports the client for asyncio on first use, because scripts and the command line do without it."""
    if name != "AsyncAirlockClient":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from airlock_client._async.client import AsyncAirlockClient

    return AsyncAirlockClient

"""Calls of the API: the access token, JSON in and out, problems as exceptions, repetition after temporary errors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from airlock_client._async._io import HttpClient, run_blocking, sleep
from airlock_client._cancellation import Cancellation
from airlock_client._model import Model
from airlock_client._owner import name_owner
from airlock_client._retry import API_ATTEMPTS, Backoff
from airlock_client.errors import AirlockError, NetworkError, create_problem, parse_retry_after

M = TypeVar("M", bound=Model)
GetToken = Callable[[bool], str]
"""Returns an access token. True asks for a fresh one, because the API has refused the last. May block."""

_TIMEOUT = httpx.Timeout(31.0)
"""Seconds; more than the 30 s that an HTTP API allows its integration, so that no response is cut off."""


@dataclass(frozen=True)
class ApiResponse:
    """A successful response."""

    response: httpx.Response

    @property
    def retry_after(self) -> float | None:
        """Seconds until it makes sense to ask again."""
        return parse_retry_after(self.response.headers.get("retry-after"))

    def parse(self, model: type[M]) -> M:
        return model.model_validate_json(self.response.content)


class Api:
    """The API of one deployment. With a machine token, `on_behalf_of` is the owner of what is created and found."""

    def __init__(
        self, http: HttpClient, endpoint: str, get_token: GetToken, on_behalf_of: str | None = None
    ) -> None:
        self.endpoint = endpoint.rstrip("/")
        self.on_behalf_of = on_behalf_of
        self._http = http
        self._get_token = get_token

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        cancellation: Cancellation | None = None,
    ) -> ApiResponse:
        """Calls the API, and again after temporary errors. Every call is idempotent, creates by their key.

        Raises ProblemError, SignInRequiredError or NetworkError.
        """
        if self.on_behalf_of is not None:
            body, params = name_owner(self.on_behalf_of, method, path, body, params)
        backoff = Backoff(API_ATTEMPTS)
        while True:
            try:
                return await self._call_with_token(method, path, body, params, headers or {})
            except AirlockError as error:
                delay = backoff.next_delay(error)
            await sleep(delay, cancellation or Cancellation())

    async def _call_with_token(
        self, method: str, path: str, body: Any, params: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> ApiResponse:
        """Repeats a call that was refused once, with a fresh token."""
        for is_fresh in (False, True):
            token = await run_blocking(self._get_token, is_fresh)
            authorization = {"authorization": f"Bearer {token}", **headers}
            response = await self._send(method, path, json=body, params=params, headers=authorization)
            if response.status_code != 401:
                break
        return ApiResponse(_check(response))

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return await self._http.request(method, self.endpoint + path, timeout=_TIMEOUT, **options)
        except httpx.TransportError as error:
            raise NetworkError from error


def _check(response: httpx.Response) -> httpx.Response:
    """Returns the response if it is a success. Raises ProblemError."""
    if response.is_success:
        return response
    try:
        body = response.json()
    except ValueError:
        body = None
    raise create_problem(response.status_code, response.headers, body)

"""A service that runs, as a test sees it."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from airlock_testing.control import AirlockError, ControlClient

__all__ = ["Airlock", "AirlockError", "Clock", "Faults", "Step"]

Verdict = Literal["clean", "infected", "inconclusive", "none"]
Outcome = Literal["passed", "rejected", "progress", "unavailable"]


class Clock:
    """The clock of the service, of S3 and of the issuer of tokens."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def now(self) -> datetime:
        return datetime.fromisoformat(self._control.call("GET", "/clock")["now"])

    def move(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Moves the clock ahead. URLs and tokens expire, and late events arrive. Raises AirlockError for a negative time."""
        by = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        self._control.call("POST", "/clock", seconds=by.total_seconds())


class Faults:
    """Faults to inject. `calls`, `scans` or `events` is how many fail; None: all until `clear` or a reset."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def scan(self, verdict: Verdict, scans: int | None = None) -> None:
        """Sets the verdict of the malware scanner on the next files, whatever they contain. With `none` it never comes."""
        self._control.call("POST", "/faults", scan=verdict, scans=scans)

    def lose_events(self, events: int | None = 1) -> None:
        """Loses S3's next events. A sweep finds their files."""
        self._control.call("POST", "/faults", fault="event_lost", calls=events)

    def duplicate_events(self, events: int | None = 1) -> None:
        """Delivers S3's next events twice."""
        self._control.call("POST", "/faults", fault="event_duplicated", calls=events)

    def delay_events(self, seconds: float, events: int = 1) -> None:
        """Delivers S3's next events late, by the clock of the service."""
        self._control.call("POST", "/faults", delay=seconds, events=events)

    def fail_uploads(self, calls: int | None = 1) -> None:
        """S3 responds to the next requests of clients, uploads and downloads, with 503 SlowDown."""
        self._control.call("POST", "/faults", fault="storage_client", calls=calls)

    def fail_storage(self, calls: int | None = 1) -> None:
        """S3 fails for the next operations of the service, each with all its retries."""
        self._control.call("POST", "/faults", fault="storage_service", calls=calls)

    def throttle_table(self, calls: int | None = None) -> None:
        """DynamoDB rejects the next requests. The service retries each twice, so that one or two are noticed by nobody."""
        self._control.call("POST", "/faults", fault="table", calls=calls)

    def clear(self) -> None:
        """Ends all faults."""
        self._control.call("DELETE", "/faults")


class Step:
    """A step of your own, whose worker is the test."""

    def __init__(self, control: ControlClient, name: str) -> None:
        self._control = control
        self._path = f"/steps/{name}"

    def tasks(self) -> list[dict[str, Any]]:
        """Returns the tasks without a result, as docs/schemas/task.json describes them."""
        tasks: list[dict[str, Any]] = self._control.call("GET", f"{self._path}/tasks")["tasks"]
        return tasks

    def send_result(self, task: Mapping[str, Any], outcome: Outcome, **more: Any) -> None:
        """Sends the result of a task. `more` is `code`, `detail` or `facts`, as docs/schemas/result.json describes them."""
        copied = {name: task[name] for name in ("documentId", "owner", "step", "attempt", "versionId")}
        self._control.call("POST", f"{self._path}/results", **copied, outcome=outcome, **more)


class Airlock:
    """Airlock at `url`, with S3, and everything behind them. `issuer` is that of the access tokens."""

    def __init__(self, url: str) -> None:
        """Raises AirlockError for a URL that is not on the loopback."""
        self._control = ControlClient(url)
        self.url = self._control.url
        self.issuer = f"{self.url}/_test/issuer"
        self.clock = Clock(self._control)
        self.faults = Faults(self._control)

    def token(
        self,
        user: str = "alice",
        *,
        lifetime: timedelta = timedelta(hours=1),
        claims: Mapping[str, Any] | None = None,
    ) -> str:
        """Returns an access token. `claims` are added to it, or replace its own."""
        seconds = lifetime.total_seconds()
        body = self._control.call("POST", "/tokens", user=user, lifetime=seconds, claims=dict(claims or {}))
        return str(body["token"])

    def machine_token(self, client: str = "back-end", *, lifetime: timedelta = timedelta(hours=1)) -> str:
        """Returns the token of a back end, which may create documents on behalf of any user."""
        claims = {"client_id": client, "scope": "airlock/service"}
        return self.token(client, lifetime=lifetime, claims=claims)

    def step(self, name: str) -> Step:
        """Returns a step of your own, which a kind of your kinds.toml lists."""
        return Step(self._control, name)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events since the last reset, as EventBridge delivers them; docs/events/document.json describes `detail`."""
        events: list[dict[str, Any]] = self._control.call("GET", "/events")["events"]
        return events

    def sweep(self) -> dict[str, int]:
        """Runs the sweep, which finds what no event finishes, and returns the number of each outcome. Waits until all is idle."""
        outcomes: dict[str, int] = self._control.call("POST", "/sweep")["outcomes"]
        self.wait_until_idle()
        return outcomes

    def wait_until_idle(self, timeout: float = 10) -> None:
        """Returns when no message is due. What comes later, such as a late event, needs `clock.move`. Raises AirlockError."""
        if not self._control.call("POST", "/idle", timeout=timeout)["idle"]:
            raise AirlockError(f"Airlock is still at work after {timeout} s")

    def upload(self, file_name: str, data: bytes, *, user: str = "alice", **fields: Any) -> dict[str, Any]:
        """Uploads a file through the API and S3, waits, and returns the document. `fields` are further ones of the create."""
        create = {"fileName": file_name, "size": len(data), "method": "PUT", **fields}
        upload = self._call_api("POST", "/documents", user, create)
        presigned = upload["upload"]
        self._control.send("PUT", presigned["url"], data, presigned["headers"])
        self.wait_until_idle()
        return self.document(upload["document"]["id"], user=user)

    def document(self, id: str, *, user: str = "alice") -> dict[str, Any]:
        """Returns a document as the API shows it."""
        return self._call_api("GET", f"/documents/{id}", user)

    def reset(self) -> None:
        """Returns to an empty service without faults, and to the clock of this machine. Tokens stay valid."""
        self._control.call("POST", "/reset")

    def _call_api(
        self, method: str, path: str, user: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:

        headers = {"authorization": f"Bearer {self.token(user)}", "content-type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        content: dict[str, Any] = json.loads(self._control.send(method, f"{self.url}{path}", data, headers))
        return content

"""The whole service in this process. It is the composition root of the package: it starts servers, and joins all parts."""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import create_backend_app

from airlock_testing.service.account import Account
from airlock_testing.service.aws_calls import answer_calls, fail_storage_calls, watch_completed_uploads
from airlock_testing.service.bus import EventBus
from airlock_testing.service.clock import MovableClock
from airlock_testing.service.consumers import build_consumers, load_handler
from airlock_testing.service.dispatcher import Dispatcher
from airlock_testing.service.environment import ACCESS_KEY, SECRET, TOKEN, set_settings
from airlock_testing.service.faults import Faults
from airlock_testing.service.gateway import Gateway
from airlock_testing.service.invocations import Invocations
from airlock_testing.service.loopback import LoopbackServer
from airlock_testing.service.queues import Queues, parse_body
from airlock_testing.service.storage import StorageFront
from airlock_testing.service.table import TableFront
from airlock_testing.service.tokens import Issuer
from airlock_testing.service.upload_events import UploadEvents
from functions import wiring
from functions.domain.kinds import Kinds
from functions.features.registry import find_definition
from functions.http.routes import ROUTES
from functions.wiring import clients
from strict_s3 import StrictS3, enforce_copy_conditions, enforce_delete_limit, moto_s3

_OPTIONS = (None, "docs")
"""Options of a deployment whose routes the service has."""


class Service:
    """The service after its start. At most one per process, because the functions read the environment."""

    def __init__(self, port: int, kinds_file: Path | None, options: Mapping[str, str]) -> None:
        """Raises OSError for a port that is in use or a file that cannot be read, and ValueError for an invalid file or option."""
        self._api = LoopbackServer(port, "localhost")
        self._storage, self._table = LoopbackServer(), LoopbackServer()
        self.url, self.storage_url = self._api.origin, self._storage.origin
        kinds = _read_kinds(kinds_file)
        self.steps = tuple(kinds.step_definitions)
        set_settings(self._storage.origin, self._table.origin, self.steps, options)
        self.clock, self.faults, self.bus = MovableClock(), Faults(), EventBus()
        self.queues = Queues(self.clock.now)
        self.issuer = Issuer(f"{self.url}/_test/issuer", self.clock.now)
        self._account = Account(clients.session())
        self._upload_events = UploadEvents(self._account, self.queues, self.faults, self.clock)
        self._invocations = Invocations(self._publish_changes)
        self._dispatcher = Dispatcher(self.queues, self._invocations, build_consumers(self.steps))
        self._compose(kinds)

    def _compose(self, kinds: Kinds) -> None:
        """Gives the functions this clock and these kinds, and answers what they ask of AWS beside S3 and the table."""
        wiring.now = self.clock.now
        wiring.kinds = lambda: kinds  # type: ignore[assignment]
        events = clients.session().events
        enforce_copy_conditions(events, self._account.s3)
        enforce_delete_limit(events)
        fail_storage_calls(events, self.faults)
        watch_completed_uploads(events, self._upload_events.report_completed)
        answer_calls(events, "sqs", self.queues.respond)
        answer_calls(events, "events", self.bus.respond)
        answer_calls(events, "guardduty", self._upload_events.respond_to_scan_request)

    def create_gateway(self) -> Gateway:
        routes = [route for route in ROUTES if route.option in _OPTIONS]
        handlers = {name: load_handler(name) for name in ("uploads", "documents")}
        return Gateway(routes, handlers, self._invocations, self.issuer, self.clock.now)

    def start(self, app: Any) -> None:
        """Serves `app` at `url`, and the bucket and the table at theirs."""
        strict = StrictS3(moto_s3(), {ACCESS_KEY: (SECRET, TOKEN)}, now=self.clock.now)
        self._storage.serve(StorageFront(strict, self.faults, self._upload_events.report_put))
        self._table.serve(TableFront(create_backend_app("dynamodb"), self.faults))
        self._dispatcher.start()
        self._api.serve(app)

    def move_clock(self, by: timedelta) -> None:
        """Raises ValueError for a negative time. Messages that are due meanwhile are delivered."""
        self.clock.move(by)
        self.queues.wake()

    def wait_until_idle(self, timeout: float) -> bool:
        return self._dispatcher.wait_until_idle(timeout)

    def sweep(self) -> dict[str, Any]:
        """Sweeps everything at once and returns the number of each outcome."""
        return self._invocations.invoke(load_handler("sweeps"), {})

    def list_tasks(self, step: str) -> list[Any]:
        """Returns the tasks of a deployer's own step that have no result yet."""
        return [parse_body(body) for body in self.queues.list_bodies(f"{step}-tasks")]

    def send_result(self, step: str, body: str) -> None:
        """Sends a result as a worker does, and deletes the task of the same document and version."""
        result = parse_body(body)
        if isinstance(result, dict):
            fields = ("documentId", "versionId")
            self.queues.delete_matching(
                f"{step}-tasks",
                lambda task: [task.get(each) for each in fields] == [result.get(each) for each in fields],
            )
        self.queues.send(f"{step}-results", body)

    def reset(self) -> None:
        """Returns to the state of the start: no document, no message, no event, no fault, and the clock of this machine."""
        with self._invocations.lock:
            self.faults.clear()
            self.queues.clear()
            self._account.reset()
            self.bus.clear()
            self.clock.reset()

    def _publish_changes(self) -> None:
        """Invokes `publish` with what the stream of the table has. Every write of the table is part of an invocation."""
        if records := self._account.take_changes():
            from functions.lambdas.publish import lambda_handler

            lambda_handler({"Records": records}, None)  # type: ignore[arg-type]


def _read_kinds(file: Path | None) -> Kinds:
    path = file or Path(wiring.__file__).parents[1] / "kinds.toml"
    try:
        return Kinds(tomllib.loads(path.read_text("utf-8")), find_definition)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: {error}") from error

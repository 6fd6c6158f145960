"""One local stack for all journeys of a process: the synthesised template on a local AWS, with HTTP on 127.0.0.1."""

from collections.abc import Iterator

import httpx
import pytest

from local.free_port import find_free_port
from local.page import Page as PageServer
from local.stack import LocalStack
from tests.case_counts import CountCases
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.browser import (
    browser,
    context,
    documents_page,
    network_log,
    own_context,
    remove_large_files,
)
from tests.journeys.delivery import CONTEXT as DELIVERY_CONTEXT
from tests.journeys.edge_front import start_edge_stack, start_shared_stack
from tests.journeys.event_sources import EventSources
from tests.journeys.fake_api import FakeApi, start_fake_api
from tests.journeys.files import mp4
from tests.journeys.form_site import FormSite
from tests.journeys.leaks import find_leaks, read_log_lines
from tests.journeys.multipart_upload import PART_SIZE
from tests.journeys.roles import Permission, Roles
from tests.journeys.scenario_context import ProveNeed, Scenario, ScenarioContext
from tests.journeys.storage import Storage

__all__ = ["browser", "context", "documents_page", "network_log", "own_context", "remove_large_files"]


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    with start_shared_stack() as running:
        yield running
        assert find_leaks(read_log_lines(running)) == []


@pytest.fixture(scope="session")
def example_stack() -> Iterator[LocalStack]:
    """The example of docs/steps.md, and kinds with other steps and settings than those that Airlock ships with.

    It signs manifests, and has push.
    """
    with start_shared_stack(
        app="examples.steps.wordlist.app",
        kindsFile="tests/journeys/step_kinds.toml",
        manifest="true",
        push="true",
    ) as running:
        yield running


@pytest.fixture(scope="session")
def steps_stack() -> Iterator[LocalStack]:
    """Kinds with the steps that Airlock ships with and that its default kinds lack."""
    with start_shared_stack(
        kindsFile="tests/journeys/shipped_kinds.toml", scanner="guardduty", quarantineDays="30"
    ) as running:
        yield running


@pytest.fixture(scope="session")
def other_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """The web server of another page than the example page, which has the client."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "index.html").write_text("<!doctype html><title>Another page</title>")
    server = PageServer(0, page=folder)
    with server.serve({}):
        yield server
    server.close()


@pytest.fixture(scope="session")
def application_port() -> int:
    """The free port of an application that a test starts. The other stack accepts its origin."""
    return find_free_port()


@pytest.fixture(scope="session")
def other_stack(other_page: PageServer, application_port: int) -> Iterator[LocalStack]:
    """A stack for pages on other origins, with settings of the command line."""
    origins = [other_page.origin, f"http://127.0.0.1:{application_port}", "http://localhost:5173"]
    with start_shared_stack(
        web_origins=origins, openUploadsLimit="7", allowHeaders="Sentry-Trace,x-requested-with"
    ) as running:
        yield running


@pytest.fixture(scope="session")
def form_site() -> FormSite:
    """The example of docs/forms.md, which is not started yet."""
    return FormSite(find_free_port())


@pytest.fixture(scope="session")
def forms_stack(form_site: FormSite) -> Iterator[LocalStack]:
    """A stack whose forms may lead back to the example of docs/forms.md."""
    with start_shared_stack(redirectOrigins=form_site.origin, serviceClients="site") as running:
        yield running


@pytest.fixture(scope="session")
def delivery_stack() -> Iterator[LocalStack]:
    """Documents are delivered by the local CloudFront."""
    with start_shared_stack(cdn=DELIVERY_CONTEXT["cdn"], kindsFile=DELIVERY_CONTEXT["kindsFile"]) as running:
        yield running


@pytest.fixture(scope="session")
def edge_stack() -> Iterator[LocalStack]:
    """A stack behind CloudFront and WAF."""
    with start_edge_stack(manifest="true", push="true") as running:
        yield running
        assert find_leaks(read_log_lines(running)) == []


@pytest.fixture(scope="module")
def own_stack(request: pytest.FixtureRequest) -> LocalStack:
    """The stack that the module names in STACK. `user`, `operator`, `bucket` and `roles` are those of this stack."""
    stack: LocalStack = request.getfixturevalue(request.module.STACK)
    return stack


@pytest.fixture(scope="module")
def user(own_stack: LocalStack, http: httpx.Client) -> ApiClient:
    return ApiClient(own_stack.api, own_stack.users[0].access_token, http)


@pytest.fixture(scope="module")
def operator(own_stack: LocalStack) -> AdminClient:
    return AdminClient(own_stack)


@pytest.fixture(scope="module")
def bucket(own_stack: LocalStack) -> Storage:
    return Storage(own_stack.emulator.client("s3"), own_stack.bucket)


@pytest.fixture(scope="module")
def roles(own_stack: LocalStack) -> Roles:
    return Roles(own_stack)


@pytest.fixture(scope="module")
def scenario_context(user: ApiClient, roles: Roles, operator: AdminClient) -> Iterator[ScenarioContext]:
    """A sweep before the first scenario handles what earlier tests left. None of the schedule runs beside them."""
    with operator.pause_schedule():
        operator.sweep()
        yield ScenarioContext(user, roles, operator, EventSources(operator.client("lambda")))


@pytest.fixture
def prove_need(scenario_context: ScenarioContext, count_cases: CountCases) -> ProveNeed:
    """Returns a function that fails unless a scenario needs a permission."""

    def prove(permission: Permission, scenario: Scenario) -> None:
        scenario_context.roles.prove_need(permission, lambda: scenario(scenario_context))
        count_cases("IAM actions whose removal is noticed", 1)

    return prove


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """The API without a stack, on an origin of its own."""
    with start_fake_api() as api:
        yield api


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def ada(stack: LocalStack, http: httpx.Client) -> ApiClient:
    return ApiClient(stack.api, stack.users[0].access_token, http)


@pytest.fixture(scope="module")
def grace(stack: LocalStack, http: httpx.Client) -> ApiClient:
    return ApiClient(stack.api, stack.users[1].access_token, http)


@pytest.fixture(scope="session")
def storage(stack: LocalStack) -> Storage:
    return Storage(stack.emulator.client("s3"), stack.bucket)


@pytest.fixture(scope="session")
def event_sources(stack: LocalStack) -> EventSources:
    return EventSources(stack.emulator.client("lambda"))


@pytest.fixture(scope="session")
def admin(stack: LocalStack) -> AdminClient:
    return AdminClient(stack)


@pytest.fixture(scope="session")
def two_parts() -> bytes:
    """A file of one full part and a second one of 1,000 bytes."""
    return mp4(PART_SIZE + 1000)

"""A stack that has just started, under more requests at once than this machine has cores."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx

from local.running import running_stack
from local.workers import workers
from ministack_gaps import WORKERS_PER_FUNCTION

_CREATES = 50
_PATIENCE = 60.0
_REQUEST = {"kind": "image", "fileName": "a.png", "contentType": "image/png", "size": 1000}


def test_a_stack_that_has_just_started_creates_50_documents_at_once() -> None:
    with running_stack() as stack, httpx.Client(timeout=_PATIENCE, trust_env=False) as http:
        headers = {"authorization": f"Bearer {stack.users[0].access_token}"}

        def create(_: int) -> int:
            return http.post(f"{stack.api}/documents", json=_REQUEST, headers=headers).status_code

        with ThreadPoolExecutor(_CREATES) as threads:
            statuses = Counter(threads.map(create, range(_CREATES)))
        running = Counter(worker.function for worker in workers(stack.emulator))

    assert statuses == {201: _CREATES}
    assert max(running.values()) <= WORKERS_PER_FUNCTION, running

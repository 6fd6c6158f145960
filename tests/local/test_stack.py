"""A new stack under more concurrent requests than this machine has cores."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx

from local.stack import start_stack
from local.workers import list_workers
from ministack_gaps import WORKERS_PER_FUNCTION

_CREATES = 50
_TIMEOUT = 60.0
_REQUEST = {"kind": "image", "fileName": "a.png", "contentType": "image/png", "size": 1000}


def test_a_new_stack_creates_50_documents_at_once() -> None:
    with start_stack() as stack, httpx.Client(timeout=_TIMEOUT, trust_env=False) as http:
        headers = {"authorization": f"Bearer {stack.users[0].access_token}"}

        def create(_: int) -> int:
            return http.post(f"{stack.api}/documents", json=_REQUEST, headers=headers).status_code

        with ThreadPoolExecutor(_CREATES) as threads:
            statuses = Counter(threads.map(create, range(_CREATES)))
        running = Counter(worker.function for worker in list_workers(stack.emulator))

    assert statuses == {201: _CREATES}
    assert max(running.values()) <= WORKERS_PER_FUNCTION, running

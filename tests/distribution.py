"""Test files that share something expensive run in the same process of pytest-xdist, so that it starts once.

A journey names its stack in STACK, unless that is `stack`. The files of a directory of DIRECTORIES share the fixtures of its
conftest.py. Every other file is distributed by itself.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
_STACK = re.compile(r'^STACK = "(\w+)"$', re.MULTILINE)
_SHARED = "stack"
"""The stack of most journeys, which each process starts."""
DIRECTORIES = ("tests/infra", "tests/local")
"""One starts jsii and synthesises stacks, the other starts a local AWS and the command."""


@cache
def find_group(path: str) -> str:
    """Returns the stack or the directory whose files share something with this one, or the path of a file that shares nothing."""
    if (directory := path.rpartition("/")[0]) in DIRECTORIES:
        return directory
    found = _STACK.search((ROOT / path).read_text("utf-8"))
    return path if found is None or found[1] == _SHARED else found[1]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Replaces `--dist=loadfile`. Other distributions stay as they are."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class StackScheduling(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return find_group(str(super()._split_scope(nodeid)))

    return StackScheduling(config, log)

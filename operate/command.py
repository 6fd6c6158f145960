"""The contract of a command: one module of `operate.commands` with one `Command`, which returns one `Result`."""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from operate.deployment import Deployment


@dataclass(frozen=True)
class Result:
    """The result of a command: `data` for `--json`, `lines` for a person. `is_failed` makes the exit code 1."""

    data: Any
    lines: Iterable[str] = field(default_factory=list)
    is_failed: bool = False


@dataclass(frozen=True)
class Command:
    """One command. Its name is that of its module, with `-` for `_`.

    `check_arguments` receives what was parsed and a function that exits with 2 and a message. `run` raises OperateError.
    """

    help: str
    run: Callable[[Deployment, argparse.Namespace], Result]
    add_arguments: Callable[[argparse.ArgumentParser], None] | None = None
    check_arguments: Callable[[argparse.Namespace, Callable[[str], object]], None] | None = None

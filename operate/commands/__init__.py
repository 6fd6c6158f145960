"""The table of commands: one row and one module each. The module has a `COMMAND`."""

from importlib import import_module

from operate.command import Command

NAMES = (
    "audit",
    "block",
    "dead-letters",
    "doctor",
    "edge-secret",
    "erase",
    "events",
    "export",
    "failed",
    "find",
    "keys",
    "orphans",
    "quarantine",
    "redrive",
    "rescan",
    "resume-urls",
    "review",
    "show",
    "smoke",
    "stop-urls",
    "unblock",
    "usage",
    "webhooks",
)


def load(name: str) -> Command:
    """Returns the command of a row."""
    command: Command = import_module(f"{__name__}.{name.replace('-', '_')}").COMMAND
    return command

"""Reads the blocks of a page that a person types into a terminal: commands, and the output that they show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BLOCK = re.compile(
    r"(?:^<!-- (?P<note>.+) -->\n)?^```console\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL
)
_VALUE = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=execute-api/)[0-9a-f]{8}|(?<=:)\d{4,5}|(?<=after )\d+\.\d"
)
"""Ids of documents and of the API, ports and seconds, which differ from run to run."""


@dataclass(frozen=True)
class Command:
    """A command as it is typed, and the lines that the page shows below it."""

    text: str
    output: tuple[str, ...]

    def matches(self, printed: list[str]) -> bool:
        """Returns whether a run has printed what the page shows. `...` stands for anything.

        The lines `(once)` are those of the first run.
        """
        shown = [line for line in self.output if not line.endswith("(once)")]
        return len(printed) == len(shown) and all(
            re.fullmatch(_pattern(each), line) for each, line in zip(shown, printed, strict=True)
        )


@dataclass(frozen=True)
class Block:
    """`note` is the comment in front of the block, such as why nothing can run it."""

    note: str | None
    commands: tuple[Command, ...]


def read_blocks(page: str) -> list[Block]:
    """Returns the blocks of a page of Markdown, in order."""
    return [Block(each["note"], tuple(_read_commands(each["lines"]))) for each in _BLOCK.finditer(page)]


def _read_commands(lines: str) -> Iterator[Command]:
    """A command begins with `$ ` and goes on while its lines end with a backslash."""
    for typed in re.split(r"^\$ ", lines, flags=re.MULTILINE)[1:]:
        command = re.match(r"(?:.*\\\n)*.*\n", typed)
        assert command is not None
        yield Command(command[0].rstrip("\n"), tuple(typed[command.end() :].rstrip("\n").splitlines()))


def _pattern(shown: str) -> str:
    return re.escape(_VALUE.sub("\0", shown)).replace("\0", f"(?:{_VALUE.pattern})").replace(r"\.\.\.", ".*")

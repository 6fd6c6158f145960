"""Blocks of a page that a person types into a terminal, as the journey of docs/getting-started.md reads them."""

from tests.journeys.console_blocks import Block, Command, read_blocks

PAGE = """# Page

```console
$ curl -sS \\
    http://localhost:47005/execute-api/c1e1131a
200

$ ls
```

<!-- needs an AWS account -->
```console
$ make deploy
```

```js
$ no.command
```
"""


def test_blocks_have_commands_with_their_output() -> None:
    request = Command("curl -sS \\\n    http://localhost:47005/execute-api/c1e1131a", ("200",))
    assert read_blocks(PAGE) == [
        Block(None, (request, Command("ls", ()))),
        Block("needs an AWS account", (Command("make deploy", ()),)),
    ]


def test_output_matches_but_for_ids_ports_and_seconds() -> None:
    shown = Command(
        "", ("01a22707-9d4b-77c7-9e00-b8931d9c8171  people.csv  ready", "Log ...", "Ready after 7.0 s")
    )
    assert shown.matches(
        ["11a22707-0d4b-77c7-9e00-b8931d9c8179  people.csv  ready", "Log /tmp/a.log", "Ready after 12.5 s"]
    )
    assert not shown.matches(
        ["11a22707-0d4b-77c7-9e00-b8931d9c8179  people.csv  rejected", "Log /tmp/a.log", "Ready after 12.5 s"]
    )
    assert Command("", ("installing (once)", "200")).matches(["200"])
    assert not Command("", ("200",)).matches(["204"])
    assert not Command("", ("200",)).matches(["200", "200"])

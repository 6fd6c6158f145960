"""The pages for operators, and the command lines in them."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
RUNBOOKS = sorted(DOCS.glob("runbooks/*.md"))
PAGES = [DOCS / "operate.md", DOCS / "operations.md", *RUNBOOKS]
_COMMAND = re.compile(
    r"python -m operate (--(?:stage|ready-file) .+?|[a-z-]+ --stage .+?)(?:`|\s+#.*|$)", re.MULTILINE
)
_PLACEHOLDERS = {"{owner}": "0" * 32, "{id}": "01a224e6-992c-7c08-9597-e9b9f8b07850", "COMMAND": "failed"}


def list_commands(page: Path) -> list[str]:
    commands = _COMMAND.findall(page.read_text("utf-8"))
    for name, value in _PLACEHOLDERS.items():
        commands = [command.replace(name, value) for command in commands]
    return commands

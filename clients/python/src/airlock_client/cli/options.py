"""Options that several commands have."""

from typing import Annotated

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
RenditionOption = Annotated[str | None, typer.Option(help="Name of a rendition. Default: the original.")]

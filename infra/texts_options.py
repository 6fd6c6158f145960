"""Options of the sentences for end users in CDK context, and the file that they name."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from functions.http.texts import parse_overrides
from functions.option_types import Text
from infra.checks import ContextError
from infra.options import CHECKOUT


@dataclass(frozen=True, kw_only=True)
class TextsOptions:
    """Options of a deployment with sentences of its own."""

    texts_file: Annotated[
        str,
        Text(
            doc="File with [sentences for end users](forms.md#sentences-for-end-users) that replace those of Airlock. It is "
            "validated, and deployed with the functions.",
            accepts="the path of a `.toml` file, relative to the checkout",
            pattern=r"\S.*\.toml",
        ),
    ] = "functions/texts.toml"

    @property
    def texts_path(self) -> Path:
        """The absolute path of the file."""
        return CHECKOUT / self.texts_file

    def check_texts(self) -> None:
        """Raises ContextError for an unknown code, an incomplete language and the like."""
        try:
            parse_overrides(tomllib.loads(self.texts_path.read_text("utf-8")))
        except (OSError, ValueError) as error:
            raise ContextError(f"textsFile is {self.texts_file!r}: {error}") from error

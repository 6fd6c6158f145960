"""The kinds file of a deployment. The bundle contains it as `functions/kinds.toml`."""

import tomllib
from pathlib import Path

from functions.domain.kinds import Kinds
from functions.features.registry import find_definition
from infra.names import construct_name
from infra.options import CHECKOUT


def kinds_path(kinds_file: str) -> Path:
    """Returns the absolute path of a file that is given relative to the checkout."""
    return CHECKOUT / kinds_file


def read_kinds(kinds_file: str) -> Kinds:
    """Parses the file as the functions do. Raises OSError, and ValueError for an unknown step or parameter and the like."""
    kinds = Kinds(tomllib.loads(kinds_path(kinds_file).read_text("utf-8")), find_definition)
    names = [construct_name(step) for step in kinds.step_definitions]
    if len(set(names)) < len(names):
        raise ValueError("kinds.toml: two names in steps differ in underscores only, which no output has")
    return kinds

"""Renders `codes.py` of clients/python from `functions.domain.codes.Code`, and `_version.py` from `functions.__version__`."""

from functions import __version__
from functions.domain.codes import Code
from tools.generate.ruff_format import format_python

_HEAD = '''"""A sentence for people for each code of a problem, and for each reason of a rejection.

Generated from functions/domain/codes.py by `make generate`.
"""

from collections.abc import Mapping
'''


def render_codes() -> str:
    """Returns the module as Python."""
    rows = "".join(f"    {str(code)!r}: {code.message!r},\n" for code in sorted(Code))
    return format_python(f"{_HEAD}\nMESSAGES: Mapping[str, str] = {{\n{rows}}}\n")


def render_version() -> str:
    """Returns the module as Python."""
    head = '"""The version of the project. Generated from functions/__init__.py by `make generate`."""'
    return format_python(f'{head}\n\n__version__ = "{__version__}"\n')

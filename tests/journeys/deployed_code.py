"""The code of a deployed function, changed for a while: a limit of AWS becomes one that a test can reach."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

import httpx

from tests.journeys.admin_client import AdminClient


@contextmanager
def replace_in_code(admin: AdminClient, function: str, path: str, old: str, new: str) -> Iterator[None]:
    """Replaces a text that the file `path` has once in the code of a function, named by its construct."""
    lambda_, name = admin.client("lambda"), admin.function_name(function)
    deployed = httpx.get(lambda_.get_function(FunctionName=name)["Code"]["Location"]).content
    lambda_.update_function_code(FunctionName=name, ZipFile=_replace(deployed, path, old, new))
    try:
        yield
    finally:
        lambda_.update_function_code(FunctionName=name, ZipFile=deployed)


def _replace(deployed: bytes, path: str, old: str, new: str) -> bytes:
    """Returns the zip with the file changed, and without its bytecode, which Python would not compare with it."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(deployed)) as source, zipfile.ZipFile(changed, "w") as target:
        assert source.read(path).decode().count(old) == 1
        for each in source.infolist():
            data = source.read(each)
            if each.filename == path:
                data = data.decode().replace(old, new).encode()
            if not _is_bytecode(each.filename, path):
                target.writestr(each, data)
    return changed.getvalue()


def _is_bytecode(name: str, path: str) -> bool:
    source, file = PurePath(path), PurePath(name)
    return file.suffix == ".pyc" and (file.parent.parent, file.name.partition(".")[0]) == (
        source.parent,
        source.stem,
    )

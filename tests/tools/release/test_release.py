"""The dry run of a release: which files the distributions have, that two builds are equal, and that versions agree."""

import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from functions import __version__
from tests.skips import skip_or_fail
from tools.release.build import build_distributions
from tools.release.compare import find_differences, write_checksums
from tools.release.versions import find_version_faults, read_versions

ROOT = Path(__file__).parents[3]
CLIENTS = ROOT / "clients"
pytestmark = pytest.mark.skipif(
    **skip_or_fail("clients/js/node_modules", (CLIENTS / "js/node_modules/typescript").is_dir())
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    return {path.name: path for path in build_distributions(ROOT, tmp_path_factory.mktemp("a") / "release")}


def list_sources(folder: Path) -> set[str]:
    """The files of a folder, relative to it, without what Python and npm write."""
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found}


def list_tar(path: Path) -> set[str]:
    with tarfile.open(path) as archive:
        return {name.partition("/")[2] for name in archive.getnames()}


def list_wheel(path: Path) -> set[str]:
    return set(zipfile.ZipFile(path).namelist())


def test_there_is_a_distribution_of_each_package_with_the_version_of_the_project(
    built: Mapping[str, Path],
) -> None:
    assert list(built) == [
        f"airlock-uploads-{__version__}.tgz",
        f"airlock_client-{__version__}-py3-none-any.whl",
        f"airlock_client-{__version__}.tar.gz",
        f"airlock_testing-{__version__}-py3-none-any.whl",
        f"airlock_testing-{__version__}.tar.gz",
    ]


def test_the_npm_package_has_the_sources_and_a_declaration_of_each_module(built: Mapping[str, Path]) -> None:
    sources = list_sources(CLIENTS / "js/src")
    modules = {name.removesuffix(".js") for name in sources if name.endswith(".js")}
    assert list_tar(built[f"airlock-uploads-{__version__}.tgz"]) == (
        {"LICENSE", "README.md", "package.json"}
        | {f"src/{name}" for name in sources}
        | {f"types/{name}.d.ts" for name in modules}
    )


def test_the_python_client_has_its_sources_and_nothing_else(built: Mapping[str, Path]) -> None:
    sources = {f"airlock_client/{name}" for name in list_sources(CLIENTS / "python/src/airlock_client")}
    info = f"airlock_client-{__version__}.dist-info"
    metadata = {
        f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    }
    assert list_wheel(built[f"airlock_client-{__version__}-py3-none-any.whl"]) == sources | metadata
    archive = {"LICENSE", "README.md", "pyproject.toml", "PKG-INFO", ".gitignore"}
    assert list_tar(built[f"airlock_client-{__version__}.tar.gz"]) == archive | {
        f"src/{name}" for name in sources
    }


def test_the_fixture_has_the_functions_that_it_runs(built: Mapping[str, Path]) -> None:
    package = {
        *list_sources(CLIENTS / "testing/src/airlock_testing"),
        *(f"vendored/functions/{name}" for name in list_sources(ROOT / "functions")),
        *(f"vendored/strict_s3/{name}" for name in list_sources(ROOT / "tools/strict_s3/src/strict_s3")),
        "LICENSE",
    }
    wheel = list_wheel(built[f"airlock_testing-{__version__}-py3-none-any.whl"])
    assert {name for name in wheel if ".dist-info/" not in name} == {
        f"airlock_testing/{name}" for name in package
    }
    archive = list_tar(built[f"airlock_testing-{__version__}.tar.gz"])
    assert {f"src/airlock_testing/{name}" for name in package} <= archive
    assert "hatch_build.py" in archive


def test_two_builds_of_a_commit_have_the_same_bytes(built: Mapping[str, Path], tmp_path: Path) -> None:
    assert find_differences(built.values(), build_distributions(ROOT, tmp_path / "again")) == []


def test_a_build_with_another_byte_is_named(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    for folder, content in ((first, b"a"), (second, b"b")):
        folder.mkdir()
        (folder / "a.whl").write_bytes(content)
        (folder / "b.whl").write_bytes(b"same")
    assert find_differences(first.iterdir(), second.iterdir()) == ["a.whl"]
    assert write_checksums(first, [first / "a.whl"]).endswith("  a.whl\n")


def test_every_file_has_the_version_of_the_project(tmp_path: Path) -> None:
    assert find_version_faults(ROOT) == []
    assert len(read_versions(ROOT)) == 4


def test_a_file_with_another_version_and_a_changelog_without_it_are_named(tmp_path: Path) -> None:
    for name in (
        "clients/js/package.json",
        "clients/js/package-lock.json",
        "functions/http/openapi.json",
        "clients/python/src/airlock_client/_version.py",
        "CHANGELOG.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text((ROOT / name).read_text().replace(__version__, "9.9.9"))
    assert find_version_faults(tmp_path) == [
        f"clients/js/package.json has version 9.9.9, and functions/__init__.py {__version__}",
        f"clients/js/package-lock.json has version 9.9.9, and functions/__init__.py {__version__}",
        f"functions/http/openapi.json has version 9.9.9, and functions/__init__.py {__version__}",
        f"clients/python has version 9.9.9, and functions/__init__.py {__version__}",
        f"CHANGELOG.md has no section for version {__version__}",
    ]

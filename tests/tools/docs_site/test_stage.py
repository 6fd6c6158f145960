"""The repository's own pages: all of them are in the navigation, which Sphinx and llms.txt get."""

import re
from pathlib import Path

import pytest

from tools.docs_site.stage import stage_site

ROOT = Path(__file__).parents[3]
SECTIONS = [
    "Getting started",
    "Kinds and steps",
    "Clients",
    "Events",
    "Deploy",
    "Operate",
    "Security",
    "Scaling and cost",
    "API reference",
    "Decisions",
    "Upgrade notes",
]


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "source"
    stage_site(ROOT, folder)
    return folder


def test_the_home_page_lists_the_sections(staged: Path) -> None:
    home = (staged / "pages/index.md").read_text("utf-8")
    assert re.findall(r"^:caption: (.+)$", home, re.MULTILINE) == SECTIONS


def test_the_site_has_the_pictures_that_were_made(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures/index.md").write_text("# The page in pictures\n")
    stage_site(ROOT, tmp_path / "source", tmp_path / "pictures")
    assert (tmp_path / "source/pages/screenshots/index.md").is_file()
    home = (tmp_path / "source/pages/index.md").read_text("utf-8")
    assert re.findall(r"^:caption: (.+)$", home, re.MULTILINE) == [*SECTIONS, "The example page"]


def test_llms_txt_leads_to_the_markdown_of_every_page_in_the_same_order(staged: Path) -> None:
    index = (staged / "extra/llms.txt").read_text("utf-8")
    assert index.startswith("# Airlock\n\n> Airlock lets browsers upload files straight to Amazon S3")
    assert re.findall(r"^## (.+)$", index, re.MULTILINE) == SECTIONS
    links = re.findall(r"^- \[.+?\]\(([^)]+\.md)\)", index, re.MULTILINE)
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md")} - {"index.md"}
    assert pages | {"CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"} <= set(links)
    assert [link for link in links if not (staged / "extra" / link).is_file()] == []


def test_llms_full_txt_has_the_guides_in_one_file_of_bounded_size(staged: Path) -> None:
    text = (staged / "extra/llms-full.txt").read_text("utf-8")
    assert "\n# Concepts\n" in text
    assert "\n# Benchmarks\n" not in text
    assert len(text) < 500_000


def test_the_home_page_for_a_model_is_markdown_without_directives(staged: Path) -> None:
    assert "toctree" not in (staged / "extra/index.md").read_text("utf-8")

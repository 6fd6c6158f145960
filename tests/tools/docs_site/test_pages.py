"""The pages of the site: what they lead to in the repository comes with them, and a link without target is refused."""

from pathlib import Path

import pytest

from tools.docs_site.pages import collect_pages


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "runbooks").mkdir(parents=True)
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "kinds.toml").write_text("[image]\n")
    (tmp_path / "docs" / "plan.png").write_bytes(b"")
    (tmp_path / "SECURITY.md").write_text("# Security policy\n\n[Threats](docs/index.md#threats)\n")
    return tmp_path


def test_a_link_leads_to_the_page_that_the_site_makes_of_a_file(root: Path) -> None:
    (root / "docs/index.md").write_text(
        "[kinds](../functions/kinds.toml) [all](../functions/) ![plan](plan.png)\n"
    )
    (root / "docs/runbooks/late.md").write_text(
        "[home](../index.md#top) [here](#now) [AWS](https://aws.example)\n"
    )

    collector = collect_pages(root, {})

    assert collector.pages == {
        "index.md": "[kinds](files/functions/kinds.toml.md) [all](files/functions.md) ![plan](plan.png)\n",
        "runbooks/late.md": "[home](../index.md#top) [here](#now) [AWS](https://aws.example)\n",
        "SECURITY.md": "# Security policy\n\n[Threats](index.md#threats)\n",
        "files/functions/kinds.toml.md": "# functions/kinds.toml\n\n````````toml\n[image]\n````````\n",
        "files/functions.md": "# functions\n\nThe files of this folder:\n\n- `kinds.toml`\n",
    }
    assert collector.assets == {"docs/plan.png"}


def test_a_link_without_target_is_refused(root: Path) -> None:
    (root / "docs/index.md").write_text("[gone](gone.md)\n")
    with pytest.raises(FileNotFoundError, match=r"docs/index\.md: gone\.md"):
        collect_pages(root, {})

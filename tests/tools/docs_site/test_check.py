"""The check of the built site names links without target, and what a page would load from another host."""

from pathlib import Path

import pytest

from tools.docs_site.check import check_site

POLICY = '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">'


def write(folder: Path, **pages: str) -> Path:
    for name, body in pages.items():
        (folder / f"{name}.html").write_text(f"{POLICY}{body}")
    return folder


def test_a_site_whose_links_have_targets_is_good(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("a { background: url(data:image/png;base64,) }")
    site = write(
        tmp_path,
        index='<link rel="stylesheet" href="style.css?v=1"><a href="b.html#top">b</a> <a href="https://aws.example">AWS</a>',
        b='<h1 id="top">B</h1><a href="#top">up</a><img src="data:image/png;base64,">',
    )
    assert list(check_site(site)) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="gone.html">', "leads to gone.html, which is not there"),
        ('<a href="index.html#gone">', "leads to index.html#gone, which is not there"),
        ('<a href="#gone">', "leads to #gone, which is not there"),
        ('<script src="https://cdn.example/a.js"></script>', "loads https://cdn.example/a.js"),
        ('<script src="//cdn.example/a.js"></script>', "loads //cdn.example/a.js"),
        ('<link rel="preconnect" href="https://fonts.example">', "loads https://fonts.example"),
        ('<img src="gone.png">', "loads gone.png, which is not there"),
    ],
)
def test_a_fault_of_a_page_is_named(tmp_path: Path, body: str, fault: str) -> None:
    assert list(check_site(write(tmp_path, index=body))) == [f"index.html: {fault}"]


def test_a_style_that_loads_a_font_of_another_host_is_named(tmp_path: Path) -> None:
    site = write(tmp_path, index="")
    (site / "a.css").write_text(
        '@import "https://fonts.example/a.css"; a { src: url(//fonts.example/b.woff2) }'
    )
    assert list(check_site(site)) == [
        "a.css: loads https://fonts.example/a.css",
        "a.css: loads //fonts.example/b.woff2",
    ]


def test_a_page_without_the_policy_is_named(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("")
    assert list(check_site(tmp_path)) == ["index.html: has no Content-Security-Policy"]


def test_a_folder_without_a_home_page_is_no_site(tmp_path: Path) -> None:
    assert list(check_site(tmp_path)) == [f"{tmp_path}: there is no index.html"]

"""The navigation: every page is in exactly one section, patterns stand for pages, and mistakes are named."""

import pytest

from tools.docs_site.navigation import NavigationError, parse_navigation

SOURCE = """
[[section]]
title = "Guides"
pages = ["deploy.md", "decisions/README.md"]
children = { "decisions/README.md" = ["decisions/*-*.md"] }
"""
PAGES = {"deploy.md", "decisions/README.md", "decisions/10-ten.md", "decisions/9-nine.md"}


def test_a_pattern_stands_for_its_pages_in_the_order_of_their_numbers() -> None:
    [section] = parse_navigation(SOURCE, PAGES)
    assert list(section.list_pages()) == [
        "deploy.md",
        "decisions/README.md",
        "decisions/9-nine.md",
        "decisions/10-ten.md",
    ]


@pytest.mark.parametrize(
    ("source", "pages", "fault"),
    [
        (SOURCE, PAGES | {"new.md"}, "in no section: new.md"),
        (SOURCE, PAGES - {"deploy.md"}, "not there: deploy.md"),
        (
            SOURCE + '[[section]]\ntitle = "Again"\npages = ["deploy.md"]',
            PAGES,
            "in several sections: deploy.md",
        ),
    ],
    ids=["new page", "page that is gone", "page in two sections"],
)
def test_a_mistake_is_named(source: str, pages: set[str], fault: str) -> None:
    with pytest.raises(NavigationError, match=fault):
        parse_navigation(source, pages)

"""Resources of custom policies, by the examples of CloudFront's documentation."""

import pytest

from edge_proxy.path_patterns import matches_pattern
from edge_proxy.url_policies import matches_resource

_D = "https://d111111abcdef8.cloudfront.net"


@pytest.mark.parametrize(
    ("resource", "url", "matches"),
    [
        (
            f"{_D}/images/horizon.jpg\\?size=large&license=yes",
            f"{_D}/images/horizon.jpg?size=large&license=yes",
            True,
        ),
        (f"{_D}/images/horizon.jpg", f"{_D}/images/horizon.jpg?size=large", False),
        (f"{_D}/images/horizon.jpg?size=large", f"{_D}/images/horizon.jpg?size=large", False),
        (f"{_D}/*game_download.zip*", f"{_D}/game_download.zip", True),
        (f"{_D}/*game_download.zip*", f"{_D}/example_game_download.zip?license=yes", True),
        ("https://www.example.com/hello*world", "https://www.example.com/hello-world", True),
        ("https://www.example.com/hello*world", "https://www.example.com/hello?world", False),
        ("http://example.com/hello*", "http://example.com/hello-there?a=b", True),
        ("http://example.com*", "http://example.com/any/path?a=b", True),
        ("*example.com", "https://www.example.com/", True),
        ("*", "http://any.example/path?a=b", True),
        (f"{_D}/a?c", f"{_D}/abc", True),
        (f"{_D}/a?c", f"{_D}/abbc", False),
        ("http://d111111abcdef8.cloudfront.net/a", f"{_D}/a", False),
    ],
)
def test_a_resource_matches_section_by_section(resource: str, url: str, matches: bool) -> None:
    assert matches_resource(resource, url) is matches


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("images/*.jpg", "/images/product1/a.jpg", True),
        ("/images/*.jpg", "/images/a.jpg", True),
        ("images/*.jpg", "/images/a.JPG", False),
        ("*.gif", "/images/a.gif", True),
        ("a??.jpg", "/ant.jpg", True),
        ("a??.jpg", "/an.jpg", False),
    ],
)
def test_a_path_pattern_has_wildcards_and_case(pattern: str, path: str, matches: bool) -> None:
    assert matches_pattern(pattern, path) is matches

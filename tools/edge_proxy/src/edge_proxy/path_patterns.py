"""Path patterns of cache behaviours: `*` is any number of characters, `?` is one, and case counts.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
"""

import re
from functools import cache


def matches_pattern(pattern: str, path: str) -> bool:
    """True if the path of a URL, which begins with a slash, matches. A slash at the beginning of the pattern is optional."""
    return _compile(pattern if pattern.startswith(("/", "*")) else f"/{pattern}").fullmatch(path) is not None


def to_regex(pattern: str) -> str:
    """Returns the regular expression of a text with the wildcards `*` and `?`."""
    return "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)


@cache
def _compile(pattern: str) -> "re.Pattern[str]":
    return re.compile(to_regex(pattern), re.DOTALL)

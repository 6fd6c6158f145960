"""Recognition of JSON by its shape, with what writers add to it: comments, trailing commas, `NaN`, single quotes.

The strictness of a parser is the business of the consumer. JSON Lines have the same shape.
"""

import re

_GAP = rb"(?:\s++|//[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z))*+"
_NUMBER = rb"[-+]?(?:0[xX][0-9a-fA-F]++|\.?\d[\d.eE+-]*+|Infinity\b|NaN\b)"
_START = re.compile(
    _GAP + rb"(?:\{" + _GAP + rb"(?:[\"'}]|[A-Za-z_$][\w$]*+\s*+:|\Z)"
    rb"|\[" + _GAP + rb"(?:[\"'{\[\]]|" + _NUMBER + rb"|true\b|false\b|null\b|\Z))"
)
_SCALAR_START = re.compile(rb"\s*+(?:\"|" + _NUMBER + rb"|(?:true|false|null)\s*+\Z)")
_TOKENS = re.compile(
    rb"(?:[\s{}\[\],:]++"
    rb'|"(?:[^"\\\x00-\x1f]++|\\.)*+(?:"|\\?\Z)'
    rb"|" + _NUMBER + rb"|true|false|null"
    rb"|[A-Za-z_$][\w$]*+(?=\s*+:)"  # a name without quotes
    rb"|'(?:[^'\\\x00-\x1f]++|\\.)*+(?:'|\\?\Z)"
    rb"|//[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/|\Z)"
    rb")*+"
)


_WORD_AT_END = re.compile(rb"[-+A-Za-z_$]{1,40}\Z")


def is_json(content: bytes, *, is_whole: bool) -> bool:
    """Returns True for an object or an array, or several of them."""
    return _START.match(content) is not None and _has_only_tokens(content, is_whole)


def is_json_scalar(content: bytes, *, is_whole: bool) -> bool:
    """Returns True for a string, a number or a literal, which is text as well."""
    return _SCALAR_START.match(content) is not None and _has_only_tokens(content, is_whole)


def _has_only_tokens(content: bytes, is_whole: bool) -> bool:
    match = _TOKENS.match(content)
    end = match.end() if match else 0
    return end == len(content) or (not is_whole and _WORD_AT_END.match(content, end) is not None)

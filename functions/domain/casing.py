"""Names in JSON."""


def to_camel_case(snake_case: str) -> str:
    """Returns the name in camelCase, such as `urlLifetime` for `url_lifetime`."""
    head, *rest = snake_case.split("_")
    return head + "".join(word.title() for word in rest)

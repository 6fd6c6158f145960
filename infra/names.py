"""Names of constructs, outputs and alarms."""


def construct_name(snake_case: str) -> str:
    """Returns the name of a function or a step in PascalCase, such as `LargeCopy` for `large_copy`."""
    return snake_case.title().replace("_", "")

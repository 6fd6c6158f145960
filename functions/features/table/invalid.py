"""The exception for a file that is no table of its kind."""

from functions.domain.codes import Code


class InvalidTable(Exception):  # noqa: N818 - a result, not a fault
    """The file is at fault. `detail` says more to people."""

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail

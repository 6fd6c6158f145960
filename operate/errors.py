"""The error that every command raises."""


class OperateError(Exception):
    """Something that the operator has to know. The message is for a person."""

"""The version of the project. Generated from functions/__init__.py by `make generate`."""

__version__ = "0.1.0"

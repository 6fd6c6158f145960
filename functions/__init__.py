"""The code that runs in Lambda. `__version__` is the one version number of the project."""

__version__ = "0.1.0"

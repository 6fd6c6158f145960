# Generated from `_async` by `make generate`.
"""The client for threads."""

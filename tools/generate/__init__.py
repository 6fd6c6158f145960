"""Generators of the files that are derived from the code: documentation, the API description, tables of the client."""

"""`python -m tools.generate` writes every generated file; `make generate` runs it."""

from tools.generate.files import write_files

write_files()

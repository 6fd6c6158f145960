"""The generated files, by their path in the project."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tools.generate import (
    client_codes,
    client_types,
    docs_page,
    errors_page,
    event_schema,
    local_kinds,
    openapi,
    python_codes,
    python_models,
    python_sync,
    routes_page,
    settings_table,
    states_page,
)

ROOT = Path(__file__).parents[2]
_PYTHON = "clients/python/src/airlock_client"
FILES: Mapping[str, Callable[[], str]] = {
    "docs/events/document.json": event_schema.render,
    "docs/events/owner.json": event_schema.render_owner,
    "docs/errors.md": errors_page.render,
    "docs/routes.md": routes_page.render,
    "docs/settings.md": settings_table.render,
    "docs/states.md": states_page.render,
    "clients/js/src/codes.js": client_codes.render,
    "clients/js/src/file-extensions.js": client_types.render_extensions,
    "clients/js/src/file-type-names.js": client_types.render_names,
    **{f"{_PYTHON}/_sync/{name}": render for name, render in python_sync.list_modules().items()},
    f"{_PYTHON}/_version.py": python_codes.render_version,
    f"{_PYTHON}/codes.py": python_codes.render_codes,
    f"{_PYTHON}/models.py": python_models.render,
    "functions/http/openapi.json": openapi.render,
    "functions/http/docs.html": docs_page.render,
    "local/kinds.toml": local_kinds.render,
}


def write_files() -> None:
    """Writes every file with what the code gives today."""
    for name, render in FILES.items():
        (ROOT / name).write_text(render(), "utf-8")

"""Files of the repository that pages link to, as pages of the site."""

from pathlib import Path

_LANGUAGES = {
    ".css": "css",
    ".html": "html",
    ".js": "javascript",
    ".json": "json",
    ".mjs": "javascript",
    ".py": "python",
    ".toml": "toml",
    ".yaml": "yaml",
    ".yml": "yaml",
}
_IGNORED = {"__pycache__", "node_modules"}


def render_file(root: Path, path: str) -> str:
    """Returns a page with the content of a file, or with the list of a folder's files."""
    target = root / path
    if target.is_dir():
        return _render_folder(target, path)
    language = _LANGUAGES.get(target.suffix, "text")
    return f"# {path}\n\n````````{language}\n{target.read_text('utf-8').rstrip()}\n````````\n"


def _render_folder(target: Path, path: str) -> str:
    found = [file.relative_to(target) for file in sorted(target.rglob("*")) if file.is_file()]
    names = [str(file) for file in found if not _IGNORED & set(file.parts)]
    return f"# {path}\n\nThe files of this folder:\n\n" + "".join(f"- `{name}`\n" for name in names)

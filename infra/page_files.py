"""The files of the example page, and its policy for a deployment."""

import shutil
from collections.abc import Mapping
from pathlib import Path

_ROOT = Path(__file__).parents[1]
PAGE = _ROOT / "examples" / "page"
CLIENT = _ROOT / "clients" / "js" / "src"

HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of every response of the page's web server."""

USES = {
    "connect-src": ("api", "cognito", "storage", "downloads", "push"),
    "img-src": ("storage", "downloads"),
    "media-src": ("storage", "downloads"),
}
"""Directive of the policy -> keys of the config whose origins the page needs for it."""


def allow_sources(html: str, sources: Mapping[str, str]) -> str:
    """Returns the page with a source in its policy for each key of the config that it needs.

    Without sources, the policy allows its own origin only.
    """
    for directive, keys in USES.items():
        allowed = dict.fromkeys(sources[key] for key in keys if sources.get(key))
        html = html.replace(f"{directive} 'self'", " ".join((directive, "'self'", *allowed)))
    return html


def build_header_policy(html: str) -> str:
    """Returns the policy for a response header: the directives of the page that are the same for every deployment."""
    policy = html.partition('http-equiv="Content-Security-Policy" content="')[2].partition('"')[0]
    directives = [" ".join(each.split()) for each in policy.split(";")]
    common = [each for each in directives if each.partition(" ")[0] not in {*USES, "default-src"}]
    return "; ".join([*common, HEADERS["Content-Security-Policy"]])


def copy_files(folder: Path | str) -> None:
    """Copies page and client, without a config, to a folder."""
    shutil.copytree(PAGE, folder, ignore=shutil.ignore_patterns("tsconfig.json"), dirs_exist_ok=True)
    shutil.copytree(CLIENT, Path(folder) / "airlock")

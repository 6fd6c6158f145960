"""The configuration of Sphinx. Warnings are errors in `make docs`, such as one of a link without target."""

from pathlib import Path
from typing import Any

from functions import __version__

_ROOT = Path(__file__).parents[2]

project = "Airlock"
author = "The Airlock Authors"
version = release = __version__
extensions = ["myst_parser"]
suppress_warnings = ["misc.highlighting_failure"]  # Pygments does not know every language that GitHub does
myst_heading_anchors = 6  # those that GitHub gives
html_theme = "furo"
html_theme_options: dict[str, list[str]] = {"top_of_page_buttons": []}
html_title = f"Airlock {version}"
html_copy_source = False  # the Markdown of each page is in the site
html_use_index = False
html_show_sphinx = False
html_show_copyright = False
html_extra_path = [str(_ROOT / "build/docs-source/extra")]
html_static_path = ["static", "node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js"]
templates_path = ["templates"]


def _add_diagrams(app: Any, _page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Mermaid has 3 MB, so only pages with a diagram load it."""
    if 'class="mermaid"' in context.get("body", ""):
        app.add_js_file("mermaid.tiny.js", loading_method="defer")
        app.add_js_file("diagrams.js", loading_method="defer")


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("html-page-context", _add_diagrams)

"""Renders the file types of the client from `functions.domain.file_types`: the extensions, and the names in sentences."""

import json
from collections import defaultdict

from functions.domain.file_types import BY_EXTENSION, TYPES

_SOURCE = "Generated from functions/domain/file_types.py by `make generate`."


def render_extensions() -> str:
    """Returns `clients/js/src/file-extensions.js`.

    Its table is a string with a line for each type, because that is half the size of a list of pairs after compression.
    """
    extensions: defaultdict[str, list[str]] = defaultdict(list)
    for name, row in sorted(BY_EXTENSION.items()):
        extensions[row.content_type].append(name)
    lines = "\n".join(" ".join([name, *found]) for name, found in sorted(extensions.items()))
    return f"""/**
 * The content type of each extension.
 * {_SOURCE}
 */

/** Each line is a content type and its extensions. */
const EXTENSIONS = `
{lines}
`;

/** @type {{ReadonlyMap<string, string>}} */
export const BY_EXTENSION = new Map(
  EXTENSIONS.trim()
    .split("\\n")
    .flatMap((line) => {{
      const [type = "", ...extensions] = line.split(" ");
      return extensions.map((extension) => /** @type {{const}} */ ([extension, type]));
    }}),
);
"""


def render_names() -> str:
    """Returns `clients/js/src/file-type-names.js`."""
    rows = "".join(
        f"  [{json.dumps(name)}, {json.dumps(row.name)}],\n" for name, row in sorted(TYPES.items())
    )
    return f"""/**
 * The name of each content type in a sentence, with its article.
 * {_SOURCE}
 */

/** @type {{ReadonlyMap<string, string>}} */
export const NAMES = new Map([
{rows}]);
"""

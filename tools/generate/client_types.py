"""Renders the file types of the client from `functions.domain.file_types`: the extensions, and the names in sentences."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from functions.domain.file_types import BY_EXTENSION, TYPES

_SOURCE = "Generated from functions/domain/file_types.py by `make generate`."


def render_extensions() -> str:
    """Returns `clients/js/src/file-extensions.js`.

    Its table is a string with a line for each type, because that is half the size of a list of pairs after compression.
    """
    extensions: defaultdict[str, list[str]] = defaultdict(list)
    for name, row in sorted(BY_EXTENSION.items()):
        extensions[row.content_type].append(name)
    lines = "\n".join(_group_types(extensions))
    return f"""/**
 * The content type of each extension.
 * {_SOURCE}
 */

/** Below each type, a line for each subtype and its extensions. */
const EXTENSIONS = `
{lines}
`;

/** @type {{ReadonlyMap<string, string>}} */
export const BY_EXTENSION = new Map(
  EXTENSIONS.split("\\n\\n").flatMap((group) => {{
    const [type = "", ...lines] = group.trim().split("\\n");
    return lines.flatMap((line) => {{
      const [subtype = "", ...extensions] = line.split(" ");
      return extensions.map((extension) => /** @type {{const}} */ ([extension, `${{type}}/${{subtype}}`]));
    }});
  }}),
);
"""


def _group_types(extensions: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yields a paragraph for each type such as `image`, so that its name is not repeated."""
    for name, group in groupby(sorted(extensions), key=lambda each: each.partition("/")[0]):
        lines = [" ".join([each.partition("/")[2], *extensions[each]]) for each in group]
        yield "\n".join([name, *lines, ""])


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

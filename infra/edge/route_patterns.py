"""Regular expressions for AWS WAF of the routes' methods, paths and largest bodies, from the route table."""

from collections.abc import Iterable, Mapping, Sequence

from functions.http.route import RequestBody, Route

_ID = "{id}"
_SEGMENT = "[^/]+"


def match_methods(routes: Iterable[Route]) -> str:
    """Matches the methods of the routes, and those of preflights."""
    methods = {method for route in routes for method in route.methods} | {"OPTIONS"}
    return f"^({'|'.join(sorted(methods))})$"


def match_paths(paths: Iterable[str]) -> str:
    """Matches exactly these paths, in which `{id}` is any segment. Paths that begin alike share their beginning."""
    return f"^{_join(_tree(paths))}$"


def paths_by_limit(routes: Iterable[Route]) -> Mapping[int, Sequence[str]]:
    """Returns the largest body in bytes -> paths of the routes that read a body."""
    found: dict[int, set[str]] = {}
    for route in routes:
        if route.body is not RequestBody.IGNORED:
            found.setdefault(route.max_body_bytes, set()).add(route.path)
    return {limit: sorted(found[limit]) for limit in sorted(found)}


def match_greater(number: int) -> str:
    """Matches a decimal number above `number`, with leading zeros or without."""
    digits = str(number)
    longer = f"[1-9][0-9]{{{len(digits)},}}"
    same_length = [
        f"{digits[:place]}[{int(digit) + 1}-9]{'[0-9]' * (len(digits) - place - 1)}"
        for place, digit in enumerate(digits)
        if digit != "9"
    ]
    return f"^0*({'|'.join([longer, *same_length])})$"


Tree = dict[str, "Tree"]


def _tree(paths: Iterable[str]) -> Tree:
    """Returns segment -> tree of what follows. The empty segment stands for the end of a path."""
    root: Tree = {}
    for path in sorted(paths):
        node = root
        for segment in path.strip("/").split("/"):
            node = node.setdefault(segment, {})
        node[""] = {}
    return root


def _join(tree: Tree) -> str:
    branches = [f"/{_segment(name)}{_join(after)}" for name, after in tree.items() if name]
    if not branches:
        return ""
    is_optional = "" in tree
    if len(branches) == 1 and not is_optional:
        return branches[0]
    return f"({'|'.join(branches)}){'?' if is_optional else ''}"


def _segment(name: str) -> str:
    return _SEGMENT if name == _ID else name.replace(".", r"\.")

"""Reads a synthesised template by construct names instead of logical ids."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.build import build
from infra.bundle import WITHOUT_BUNDLING


@dataclass(frozen=True)
class Synthesis:
    """The files that one synthesis wrote to `outdir`."""

    outdir: Path

    @property
    def text(self) -> str:
        """The template of the main stack, the name of which is the shortest."""
        return min(self.outdir.glob("*.template.json"), key=lambda path: len(path.name)).read_text()

    @property
    def edge(self) -> dict[str, Any]:
        """The template in us-east-1."""
        template: dict[str, Any] = json.loads(next(self.outdir.glob("*-edge.template.json")).read_text())
        return template

    @property
    def outputs(self) -> dict[str, str]:
        return {name: flat(output["Value"]) for name, output in json.loads(self.text)["Outputs"].items()}

    def resources(self) -> dict[str, dict[str, Any]]:
        """Returns name -> resource, both with references flattened."""
        return {_name(id): flat(resource) for id, resource in json.loads(self.text)["Resources"].items()}

    def all(self, type_: str) -> dict[str, dict[str, Any]]:
        """Returns name -> properties of the resources of a type."""
        return {n: r.get("Properties", {}) for n, r in self.resources().items() if r["Type"] == type_}

    def only(self, type_: str) -> dict[str, Any]:
        """Returns the properties of the only resource of a type."""
        (properties,) = self.all(type_).values()
        return properties

    def assets(self) -> list[dict[str, Any]]:
        """Returns the sources of the assets, except the template itself."""
        manifest = json.loads(next(self.outdir.glob("*.assets.json")).read_text())
        sources = [file["source"] for file in manifest["files"].values()]
        return [source for source in sources if not source["path"].endswith(".template.json")]


def synthesise(outdir: Path, **context: object) -> Synthesis:
    """Synthesises the stack in this process, without bundling."""
    build({**WITHOUT_BUNDLING, **context}, outdir=str(outdir)).synth()
    return Synthesis(outdir)


def flat(value: Any) -> Any:
    """Replaces references by `${Name}` and `${Name.Attribute}`, joins by strings, and drops the hashes of names."""
    if isinstance(value, list):
        return [flat(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return f"${{{_name(value['Ref'])}}}"
    if set(value) == {"Fn::GetAtt"}:
        id, attribute = value["Fn::GetAtt"]
        return f"${{{_name(id)}.{attribute}}}"
    if set(value) == {"Fn::Join"}:
        separator, parts = value["Fn::Join"]
        return str(separator).join(str(flat(part)) for part in parts)
    return {key: flat(item) for key, item in value.items()}


def _name(logical_id: str) -> str:
    return re.sub(r"[0-9A-F]{8}$", "", logical_id)

"""The process that decodes one image: `python -m functions.features.image.process`.

It reads a job from its standard input and writes the outcome to its standard output, both in JSON. It limits its own memory
and CPU time before it imports a decoder, so that a hostile image ends this process and not the worker.
"""

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any


def main() -> None:
    job = json.load(sys.stdin)
    limit(job["memory"], job["cpuSeconds"])
    json.dump(run(job), sys.stdout)


def limit(memory: int, cpu_seconds: int) -> None:
    """Limits the address space in bytes and the CPU time. The kernel ends the process with SIGXCPU."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Returns `renditions`, or `code` and `detail` of a rejection."""
    from functions.domain.codes import Code
    from functions.features.image.conversion import convert
    from functions.features.image.decoder import prepare_decoders
    from functions.features.image.parameters import ImageParameters
    from functions.features.image.rejection import ImageRejected

    parameters = ImageParameters.from_task(job["parameters"])
    prepare_decoders(parameters.max_pixels)
    try:
        converted = convert(Path(job["source"]), job["contentType"], parameters, Path(job["directory"]))
    except ImageRejected as rejection:
        return {"code": rejection.code.value, "detail": rejection.detail}
    except MemoryError:
        return {"code": Code.IMAGE_TOO_LARGE.value, "detail": "The image needs too much memory."}
    return {"renditions": [asdict(each) for each in converted]}


if __name__ == "__main__":
    main()

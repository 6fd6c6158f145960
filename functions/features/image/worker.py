"""The worker of the step `image`: downloads the image, converts it in a process of its own, and stores the renditions."""

from dataclasses import dataclass

from functions.domain.codes import Code
from functions.features.image.parameters import FORMATS, ImageParameters
from functions.features.image.sandbox import Limits, convert_in_process
from functions.features.job import Job
from functions.pipeline.step import Passed, Rejected

MAX_FILE = 256 << 20
"""Bytes. The file has to fit into /tmp of the function together with its renditions."""

MEMORY = 1_792 << 20
"""Bytes of address space for one conversion. The function has 2 GiB, and the worker itself needs less than the rest."""
_CPU_SECONDS = 60
_RESERVE = 15
"""Seconds that are left after the conversion to store the renditions and to send the result."""


def create_worker() -> "ImageWorker":
    return ImageWorker()


@dataclass(frozen=True, slots=True)
class ImageWorker:
    """Converts one image a job. `memory` is bytes, `cpu_seconds` limits the conversion."""

    memory: int = MEMORY
    cpu_seconds: int = _CPU_SECONDS

    def work(self, job: Job) -> Passed | Rejected:
        """Returns the verdict. Raises Unavailable, and ConversionFailed if the process ends without a verdict."""
        if job.task.size > MAX_FILE:
            return Rejected(Code.IMAGE_TOO_LARGE, f"The file has more than {MAX_FILE >> 20} MiB.")
        parameters = ImageParameters.from_task(job.task.parameters)
        directory = job.directory / "renditions"
        directory.mkdir()
        limits = Limits(self.memory, self.cpu_seconds, job.seconds_left() - _RESERVE)
        converted = convert_in_process(
            job.download(), job.task.content_type or "", parameters, directory, limits
        )
        if isinstance(converted, Rejected):
            return converted
        for each in converted:
            path = directory / each.name
            job.store_rendition(
                each.name, path, FORMATS[parameters.format], width=each.width, height=each.height
            )
        # The pipeline keeps the original unless a step says no.
        return Passed({} if parameters.keep_original else {"keepOriginal": False})

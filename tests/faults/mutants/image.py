"""Mutants of the step `image`."""

from tests.faults.mutants.mutant import Mutant

_CONVERSION = ("features/image/test_conversion.py",)
_HOSTILE = "features/image/test_hostile.py"
_IMAGE_WORKER = ("features/image/test_worker.py",)

MUTANTS = [
    Mutant(
        "an image may have more pixels than the kind accepts",
        "features/image/decoder.py",
        "if pixels > max_pixels:",
        "if pixels > 2 * max_pixels:",
        _CONVERSION,
    ),
    Mutant(
        "Pillow's limit of pixels is only a warning",
        "features/image/decoder.py",
        'warnings.simplefilter("error"',
        'warnings.simplefilter("ignore"',
        ("features/image/test_decoder.py",),
    ),
    Mutant(
        "an image is decoded as whatever it looks like",
        "features/image/decoder.py",
        "formats=decoders",
        "formats=None",
        (f"{_HOSTILE}::test_a_hostile_image_is_rejected_or_converted[PNG of another type]",),
    ),
    Mutant(
        "the frames of an animation do not count together",
        "features/image/conversion.py",
        "(index + 1) * image.width",
        "image.width",
        _CONVERSION,
    ),
    Mutant(
        "what is known of the original goes to the encoder",
        "features/image/conversion.py",
        "upright.info = {}",
        "upright.info = dict(self.bitmap.info)",
        _CONVERSION,
    ),
    Mutant(
        "a rendition is not turned upright",
        "features/image/conversion.py",
        "upright = coloured if turn is None else coloured.transpose(turn)",
        "upright = coloured.copy()",
        _CONVERSION,
    ),
    Mutant(
        "the process of a conversion may take all the memory",
        "features/image/process.py",
        "resource.setrlimit(resource.RLIMIT_AS, (memory, memory))",
        "",
        (f"{_HOSTILE}::test_an_image_that_needs_more_memory_than_there_is_is_rejected",),
    ),
    Mutant(
        "the process of a conversion may take any time",
        "features/image/process.py",
        "resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))",
        "",
        (f"{_HOSTILE}::test_a_hostile_image_is_rejected_or_converted[JPEG of 8,000 scans]",),
    ),
    Mutant(
        "an image that kills its process is tried again",
        "features/image/sandbox.py",
        "if ended_by in _CRASHES:",
        "if False:",
        (f"{_HOSTILE}::test_an_image_that_kills_the_process_is_rejected",),
    ),
    Mutant(
        "the process that was killed by the system is the file's fault",
        "features/image/sandbox.py",
        "{signal.SIGSEGV,",
        "{signal.SIGKILL, signal.SIGSEGV,",
        (f"{_HOSTILE}::test_any_other_end_of_the_process_is_no_verdict",),
    ),
    Mutant(
        "the process of a conversion has the credentials of the role",
        "features/image/sandbox.py",
        "env={**environment,",
        "env={**os.environ,",
        (f"{_HOSTILE}::test_the_process_gets_no_credentials",),
    ),
    Mutant(
        "an original that the kind does not want is kept",
        "features/image/worker.py",
        'Passed({} if parameters.keep_original else {"keepOriginal": False})',
        "Passed()",
        _IMAGE_WORKER,
    ),
    Mutant(
        "a file may be larger than the storage of the function",
        "features/image/worker.py",
        "if job.task.size > MAX_FILE:",
        "if False:",
        _IMAGE_WORKER,
    ),
]

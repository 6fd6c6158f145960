"""The step `size`: the bytes that arrived are as many as the client declared, or not more than a form allows."""

from functions.domain.codes import Code
from functions.domain.steps import SIZE
from functions.pipeline.step import Passed, Rejected, StepContext, Verdict


class SizeStep:
    """Compares the size of the staged version. S3 enforces the signed length, so a difference means another request."""

    name = SIZE

    def run(self, context: StepContext) -> Verdict:
        size, maximum = context.staged.size, context.document.max_size
        if size != context.document.size or (maximum is not None and size > maximum):
            return Rejected(Code.SIZE_MISMATCH)
        return Passed()

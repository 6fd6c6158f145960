"""The step `size`: the bytes that arrived are as many as the client declared."""

from functions.domain.codes import Code
from functions.domain.steps import SIZE
from functions.pipeline.step import Passed, Rejected, StepContext, Verdict


class SizeStep:
    """Compares the size of the staged version. S3 enforces the signed length, so a difference means another request."""

    name = SIZE

    def run(self, context: StepContext) -> Verdict:
        if context.staged.size != context.document.size:
            return Rejected(Code.SIZE_MISMATCH)
        return Passed()

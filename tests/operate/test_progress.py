"""Progress of long work, with a clock that the tests set."""

import pytest

from operate.progress import Progress


def test_the_count_is_printed_after_two_seconds_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Only an error begins with `operate: `."""
    seconds = [0.0, 1.9, 2.0, 3.9]
    progress = Progress("documents exported", clock=lambda: seconds.pop(0))
    progress.add(999)
    progress.add(1)
    progress.add()
    assert capsys.readouterr() == ("", "1,000 documents exported so far\n")

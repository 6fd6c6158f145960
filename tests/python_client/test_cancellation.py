"""The cancellation of several transfers at once."""

from airlock_client._cancellation import Cancellation, CancelledTransferError


def is_cancelled(cancellation: Cancellation) -> bool:
    try:
        cancellation.raise_if_cancelled()
    except CancelledTransferError:
        return True
    return False


def test_files_are_cancelled_together() -> None:
    everything = Cancellation()
    file = Cancellation(everything)
    everything.cancel()

    assert is_cancelled(file)


def test_a_file_that_begins_after_the_cancellation_is_cancelled() -> None:
    everything = Cancellation()
    everything.cancel()

    assert is_cancelled(Cancellation(everything))


def test_a_file_that_is_cancelled_does_not_cancel_the_others() -> None:
    everything = Cancellation()
    one, other = Cancellation(everything), Cancellation(everything)
    one.cancel()

    assert [is_cancelled(each) for each in (everything, one, other)] == [False, True, False]

"""The users of a local stack."""

from itertools import count

from local.users import AccessTokens

MINUTE = 60.0


def test_a_token_is_kept_for_a_while_and_replaced_long_before_its_hour_is_over() -> None:
    times = [0.0]
    numbers = count(1)
    tokens = AccessTokens(lambda: f"token {next(numbers)}", lambda: times[-1])

    read = []
    for minutes in (0, 19, 21, 40, 42):
        times.append(minutes * MINUTE)
        read.append(tokens.read())

    assert read == ["token 1", "token 1", "token 2", "token 2", "token 3"]

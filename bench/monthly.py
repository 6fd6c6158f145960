"""Dollars a month for services of three sizes, as a table in Markdown: `python -m bench.monthly`.

A user uploads, downloads, reads and lists as docs/limits.md assumes. Uploads of 2 MB are measured as in cost.py; the other
requests are priced from the same table. Storage is that of the files of one month. Data transfer is not included.
"""

from collections.abc import Iterator

from bench.cloudwatch_cost import price_observability
from bench.cost import UPLOADS_AN_HOUR, add_recount, caller_dollars, sweep_dollars
from bench.flows import ACCESS_LINE, API_MS, CALLER, measure_single_put
from bench.in_process import run_in_process
from bench.prices import S3_GB_MONTH, S3_GET, SQS, Bill
from bench.stub import SIZE

DAYS = 30
UPLOADS, DOWNLOADS, READS, LISTS = 3, 6, 6, 3
"""Actions of one user in a day."""
LIST_UNITS = 13
"""Read units of a list of 50 records of 1 kB."""
QUEUES, POLLS_A_MINUTE = 5, 15
"""Queues that functions read, and receives that Lambda sends to an idle one: 5 pollers that wait for 20 seconds.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""
SIZES = (1_000, 50_000, 1_000_000)
"""Users a day."""


def rows() -> Iterator[tuple[str, list[float]]]:
    """Yields a name and the dollars a month for each of `SIZES`."""
    with run_in_process() as functions:
        upload = add_recount(measure_single_put(functions), UPLOADS_AN_HOUR)
    upload_dollars = upload.dollars + caller_dollars(upload) + sweep_dollars(SIZE)
    read = _request(read_units=1)
    listed = _request(read_units=LIST_UNITS)
    # The cost of an upload contains one download.
    download = read + S3_GET
    yield "uploads, each with a download", _per_month(UPLOADS * upload_dollars)
    further = (DOWNLOADS - UPLOADS) * download + READS * read + LISTS * listed
    yield "further downloads, reads and lists", _per_month(further)
    yield "storage of the month's files", _per_month(UPLOADS * SIZE / 1e9 * S3_GB_MONTH * 1e6)
    idle = QUEUES * POLLS_A_MINUTE * 60 * 24 * DAYS * SQS / 1e6
    yield "queues without messages", [idle] * len(SIZES)
    for name, dollars in price_observability().items():
        yield name, [dollars] * len(SIZES)


def render() -> str:
    """Returns the table. Dollars are rounded to whole ones."""
    found = list(rows())
    found.append(
        ("**in all**", [sum(column) for column in zip(*(values for _, values in found), strict=True)])
    )
    lines = [f"| dollars a month | {' | '.join(f'{users:,} users a day' for users in SIZES)} |"]
    lines.append(f"| -- |{' --: |' * len(SIZES)}")
    lines += [f"| {name} | {' | '.join(f'{value:,.0f}' for value in values)} |" for name, values in found]
    return "\n".join(lines) + "\n"


def _request(*, read_units: float) -> float:
    """Returns dollars for a million requests that only read."""
    line = ACCESS_LINE + CALLER
    return Bill(api=1, invocations=1, milliseconds=API_MS, read_units=read_units, log_bytes=line).dollars


def _per_month(dollars_a_day: float) -> list[float]:
    """Takes dollars a day of a million users."""
    return [dollars_a_day * users / 1e6 * DAYS for users in SIZES]


if __name__ == "__main__":
    print(render())

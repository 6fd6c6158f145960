"""The table of context keys shows each field of the code."""

from infra.context import OPTIONS
from tools.generate.settings_table import settings_table, with_current_table


def test_the_table_has_a_row_per_context_key() -> None:
    rows = settings_table().splitlines()[2:]
    assert {row.split("`")[1] for row in rows} == set(OPTIONS)
    assert all(row.count("|") == 5 for row in rows)


def test_a_row_shows_bounds_default_and_description() -> None:
    table = settings_table()
    assert (
        "| `urlLifetime` | a whole number of seconds from 1 to 900 | `900` (15 minutes) | Lifetime of "
        in table
    )
    assert (
        "| `uploadLifetime` | a whole number of seconds from urlLifetime to 604800 | `86400` (1 day) |"
        in table
    )
    assert "| `dailyFilesLimit` | a whole number from 1 upwards | `10000` | " in table
    assert (
        "| `storedBytesLimit` | a whole number of bytes from 1 upwards | `10995116277760` (10 TiB) | "
        in table
    )
    assert "| `webOrigins` | origins such as " in table
    assert "| `http://127.0.0.1:8080` | Origins of the pages" in table
    assert "| `kms` | false, standby or true | `false` | " in table


def test_only_what_is_between_the_markers_is_replaced() -> None:
    page = "# A\n\n<!-- settings:begin -->\nold\n<!-- settings:end -->\n\nZ\n"
    table = settings_table()
    assert with_current_table(page) == (
        f"# A\n\n<!-- settings:begin -->\n{table}<!-- settings:end -->\n\nZ\n"
    )

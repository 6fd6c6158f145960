"""DuckDB in the step `table` opens nothing but the files of its job, and downloads nothing."""

from pathlib import Path

import duckdb
import pytest

from functions.features.table.engine import connect


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """The directory of a job, with one file beside it."""
    (tmp_path / "other.csv").write_text("a\nb\n")
    directory = tmp_path / "job"
    directory.mkdir()
    return directory


@pytest.mark.parametrize("command", ["INSTALL httpfs", "LOAD httpfs", "FROM 'https://example.com/rows.csv'"])
def test_no_extension_is_installed_or_loaded(job: Path, command: str) -> None:
    with connect(job) as database, pytest.raises(duckdb.PermissionException):
        database.execute(command)


def test_a_file_outside_of_the_job_cannot_be_read_or_written(job: Path) -> None:
    with connect(job) as database:
        with pytest.raises(duckdb.PermissionException):
            database.execute(f"FROM read_csv('{job.parent}/other.csv')")
        with pytest.raises(duckdb.PermissionException):
            database.execute(f"COPY (SELECT 1) TO '{job.parent}/new.csv'")
        database.execute(f"COPY (SELECT 1) TO '{job}/new.csv'")


def test_the_settings_cannot_be_changed(job: Path) -> None:
    with connect(job) as database, pytest.raises(duckdb.InvalidInputException):
        database.execute("SET memory_limit = '100GB'")


def test_memory_that_does_not_suffice_goes_to_the_disk(job: Path) -> None:
    with connect(job) as database:
        found = database.execute("SELECT current_setting('temp_directory'), current_setting('memory_limit')")
        assert found.fetchone() == (str(job / "spill"), "366.2 MiB")

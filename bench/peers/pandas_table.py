"""Checks a CSV file with pandas, and writes the valid rows as Parquet."""

import pandas as pd

CHUNK = 500_000
EMAIL = "[^@ ]+@[^@ ]+"
BOOLEANS = {"true": True, "false": False}


def check_whole(path, folder):
    return _write(pd.read_csv(path, dtype=str, keep_default_na=False), folder / "rows.parquet")


def check_chunks(path, folder):
    """Does not see a number that two chunks have."""
    chunks = pd.read_csv(path, dtype=str, keep_default_na=False, chunksize=CHUNK)
    return sum(_write(chunk, folder / f"rows{index}.parquet") for index, chunk in enumerate(chunks))


def _write(frame, path):
    typed = pd.DataFrame(
        {
            "id": pd.to_numeric(frame["id"], errors="coerce"),
            "email": frame["email"].where(frame["email"].str.fullmatch(EMAIL)),
            "name": frame["name"],
            "birthday": pd.to_datetime(frame["birthday"], format="%Y-%m-%d", errors="coerce"),
            "amount": pd.to_numeric(frame["amount"], errors="coerce"),
            "active": frame["active"].map(BOOLEANS),
            "city": frame["city"],
            "note": frame["note"],
        }
    )
    valid = typed.dropna().drop_duplicates("id")
    valid.to_parquet(path, index=False)
    return len(valid)

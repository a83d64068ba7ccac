"""Reads traffic from a file: CSV, gzipped or not, with the columns arrival_s and duration_s."""

import csv
import gzip
import math
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import NamedTuple, TextIO

COLUMNS = ("arrival_s", "duration_s")


class Session(NamedTuple):
    """One call: whole seconds since a Monday 00:00 local time, and its duration."""

    arrival_s: int
    duration_s: int


class TraceError(ValueError):
    """Says where the file is wrong, what was found and what would be valid."""


def read(path: Path) -> list[Session]:
    """The sessions by arrival; decimals are rounded down to seconds, other columns ignored."""
    try:
        with _open(path) as file:
            sessions = sorted(_sessions(path, file))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise TraceError(f"{path}: cannot be read as CSV or gzipped CSV: {error}") from error
    if not sessions:
        raise TraceError(f"{path}: has no session, expected at least one row after the header")
    return sessions


def _open(path: Path) -> TextIO:
    # utf-8-sig: spreadsheets put a byte order mark in front of the header.
    if path.suffix == ".gz":
        return TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _sessions(path: Path, file: TextIO) -> Iterator[Session]:
    rows = csv.reader(file)
    arrival, duration = _positions(path, next(rows, []))
    for row in rows:
        if not row:
            continue
        if len(row) <= max(arrival, duration):
            raise TraceError(
                f"{path}, line {rows.line_num}: found {','.join(row)!r}, "
                f"expected values for {' and '.join(COLUMNS)}"
            )
        where = f"{path}, line {rows.line_num}"
        yield Session(
            _seconds(row[arrival], f"{where}, {COLUMNS[0]}"),
            _seconds(row[duration], f"{where}, {COLUMNS[1]}"),
        )


def _positions(path: Path, header: list[str]) -> tuple[int, int]:
    names = [name.strip() for name in header]
    if not set(COLUMNS) <= set(names):
        raise TraceError(
            f"{path}, line 1: found the header {','.join(header)!r}, "
            f"expected the columns {','.join(COLUMNS)}"
        )
    return names.index(COLUMNS[0]), names.index(COLUMNS[1])


def _seconds(text: str, where: str) -> int:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise TraceError(f"{where}: found {text!r}, expected a number of seconds, 0 or more")
    return math.floor(seconds)

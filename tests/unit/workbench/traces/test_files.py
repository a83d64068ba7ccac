import gzip
import re
from pathlib import Path

import pytest

from lowtide_workbench.traces.files import Session, TraceError, read

HEADER = "arrival_s,duration_s\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HEADER + "10,60\n20,30\n", id="plain rows are read"),
        pytest.param(HEADER + "20,30\n10,60\n", id="unsorted rows are sorted by arrival"),
        pytest.param("\ufeff" + HEADER + "10,60\n\n20,30", id="byte order mark, blank line: fine"),
        pytest.param(
            "queue,duration_s,arrival_s\na,60,10\nb,30,20\n",
            id="columns in any order and others beside them are accepted",
        ),
        pytest.param(HEADER + "10.9,60.2\n20,30.0\n", id="decimals are rounded down"),
    ],
)
def test_a_trace_is_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "trace.csv"
    path.write_text(text, encoding="utf-8")
    assert read(path) == [Session(10, 60), Session(20, 30)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "line 1: found the header ''", id="an empty file has no header"),
        pytest.param("arrival_s;duration_s\n1;2\n", "the columns arrival_s,duration_s",
                     id="a header with other separators names the columns"),
        pytest.param(HEADER, "has no session", id="a header alone is no trace"),
        pytest.param(HEADER + "1,2\n3\n", "line 3: found '3'", id="a short row names its line"),
        pytest.param(HEADER + "1,2\n3,soon\n",
                     "line 3, duration_s: found 'soon', expected a number of seconds, 0 or more",
                     id="a word names line, column, value and what is valid"),
        pytest.param(HEADER + "-5,2\n", "line 2, arrival_s: found '-5'", id="negative"),
        pytest.param(HEADER + "nan,2\n", "line 2, arrival_s: found 'nan'", id="NaN"),
        pytest.param(HEADER + "1,inf\n", "line 2, duration_s: found 'inf'", id="infinite"),
    ],
)  # fmt: skip
def test_a_bad_trace_gets_one_clear_error(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "trace.csv"
    path.write_text(text)
    with pytest.raises(TraceError, match=re.escape(message)) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("absent.csv", None, id="a missing file"),
        pytest.param("plain.csv.gz", b"arrival_s,duration_s\n1,2\n", id="gz that is not gzipped"),
        pytest.param(
            "cut.csv.gz", gzip.compress(HEADER.encode() + b"1,2\n")[:-9], id="gz cut short"
        ),
        pytest.param("zipped.csv", gzip.compress(b"1"), id="gzipped without saying so"),
    ],
)
def test_an_unreadable_file_is_named(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(TraceError, match=rf"{name}: cannot be read as CSV or gzipped CSV"):
        read(tmp_path / name)


def test_a_gzipped_trace_is_read(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv.gz"
    path.write_bytes(gzip.compress((HEADER + "20,30\n10,60\n").encode()))
    assert read(path) == [Session(10, 60), Session(20, 30)]

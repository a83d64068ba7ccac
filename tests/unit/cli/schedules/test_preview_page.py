"""The page of `lowtide preview --html`, by its structure."""

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.unit.cli.schedules.conftest import Lowtide


class Page(HTMLParser):
    """The boxes of each day, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.days: list[list[dict[str, str | None]]] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        looks = (found.get("class") or "").split()
        self.attributes += attrs
        if "column" in looks:
            self.days.append([])
        if "box" in looks:
            self.days[-1].append(found)

    def handle_data(self, data: str) -> None:
        if self.lasttag != "style":
            self.text += data


type Writer = Callable[[str, str, str], Page]


def looks(boxes: list[dict[str, str | None]]) -> list[str]:
    return [str(box["class"]).removeprefix("box ") for box in boxes]


@pytest.fixture
def written(lowtide: Lowtide, tmp_path: Path) -> Writer:
    def write(endpoint: str, start: str, end: str) -> Page:
        path = tmp_path / "build" / "preview.html"
        result = lowtide(
            "preview", "--endpoint", endpoint, "--from", start, "--to", end, "--html", str(path)
        )
        assert result.exit_code == 0
        return Page(path.read_text(encoding="utf-8"))

    return write


def test_each_day_stands_where_its_hours_are(written: Writer) -> None:
    page = written("my-endpoint", "2026-11-23", "2026-11-30")
    assert [looks(day) for day in page.days] == [["creation", "awake"]] * 5 + [[], []]
    assert page.days[0][1]["style"] == "top: 33.333%; height: 50.0%; left: 0%; width: 100%"
    assert page.days[0][1]["title"] == "Awake: Mon 08:00 EST to Mon 20:00 EST"


def test_the_sums_and_the_reasons_are_there(written: Writer) -> None:
    text = written("my-endpoint", "2026-11-23", "2026-11-30").text
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    assert "my-endpoint is awake 60 h of 168 h" in text
    assert "60 h awake of 168 h, at least $73.32; always on $205.30" in text
    assert "the window opens: 0 8 * * MON-FRI" in text
    assert "1 instance while awake" in text


def test_a_skipped_hour_stands_between_the_hours_around_it(written: Writer) -> None:
    sunday = written("early-endpoint", "2026-03-02", "2026-03-09").days[6]
    assert looks(sunday) == ["creation", "awake", "awake", "skipped"]
    assert [box["style"] for box in sunday[1:]] == [
        "top: 4.167%; height: 4.167%; left: 0%; width: 100%",
        "top: 12.5%; height: 70.833%; left: 0%; width: 100%",
        "top: 8.333%; height: 4.167%; left: 0%; width: 100%",
    ]


def test_the_two_passes_of_an_hour_stand_side_by_side(written: Writer) -> None:
    sunday = written("early-endpoint", "2026-10-26", "2026-11-02").days[6]
    assert looks(sunday) == ["creation", "awake", "awake", "awake", "again"]
    assert [str(box["style"]).partition("left")[2] for box in sunday[1:3]] == [
        ": 0%; width: 50%",
        ": 50%; width: 50%",
    ]


def test_the_legend_names_what_there_is_and_nothing_else(written: Writer) -> None:
    plain = written("my-endpoint", "2026-11-23", "2026-11-30").text
    assert "Being created" in plain
    assert "No such time" not in plain
    assert "Outside the period" not in plain
    assert "No such time" in written("early-endpoint", "2026-03-02", "2026-03-09").text
    assert "Outside the period" in written("my-endpoint", "2026-11-24", "2026-11-30").text


def test_it_needs_nothing_but_itself(written: Writer) -> None:
    page = written("around-the-clock", "2026-11-23", "2026-12-07")
    assert not [value for name, value in page.attributes if name in ("src", "href")]
    assert "The schedule is always awake." in page.text
    assert len(page.days) == 14

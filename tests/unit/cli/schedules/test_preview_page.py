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
        self.attributes += attrs
        classes = (dict(attrs).get("class") or "").split()
        if "column" in classes:
            self.days.append([])
        if "box" in classes:
            self.days[-1].append(dict(attrs))

    def handle_data(self, data: str) -> None:
        if self.lasttag != "style":
            self.text += data.replace("\N{NO-BREAK SPACE}", " ")


type Written = Callable[[str, str, str], Page]


@pytest.fixture
def written(lowtide: Lowtide, tmp_path: Path) -> Written:
    def write(endpoint: str, start: str, end: str) -> Page:
        path = tmp_path / "build" / "preview.html"
        span = ("--from", start, "--to", end)
        lowtide("preview", "--endpoint", endpoint, *span, "--html", str(path))
        return Page(path.read_text(encoding="utf-8"))

    return write


def kinds(boxes: list[dict[str, str | None]]) -> list[str]:
    return [str(box["class"]).removeprefix("box ") for box in boxes]


def test_a_week(written: Written) -> None:
    page = written("my-endpoint", "2026-11-23", "2026-11-30")
    assert [kinds(day) for day in page.days] == [["creation", "awake"]] * 5 + [[], []]
    assert page.days[0][1]["style"] == "top: 33.333%; height: 50.0%; left: 0%; width: 100%"
    assert page.days[0][1]["title"] == "Awake: Mon 08:00 EST to Mon 20:00 EST"
    assert "my-endpoint is awake 60 h of 168 h" in page.text
    assert "60 h awake of 168 h, at least $73.32; always on $205.30" in page.text
    assert "the window opens: 0 8 * * MON-FRI" in page.text
    assert not [value for name, value in page.attributes if name in ("src", "href")]


def test_a_skipped_hour_is_drawn_between_the_hours_around_it(written: Written) -> None:
    sunday = written("early-endpoint", "2026-03-02", "2026-03-09").days[6]
    assert kinds(sunday) == ["creation", "awake", "awake", "skipped"]
    assert [str(box["style"]).partition("; left")[0] for box in sunday[1:]] == [
        "top: 4.167%; height: 4.167%",
        "top: 12.5%; height: 70.833%",
        "top: 8.333%; height: 4.167%",
    ]


def test_the_two_passes_of_an_hour_are_side_by_side(written: Written) -> None:
    sunday = written("early-endpoint", "2026-10-26", "2026-11-02").days[6]
    assert kinds(sunday) == ["creation", "awake", "awake", "awake", "again"]
    assert [str(box["style"]).partition("left: ")[2] for box in sunday[1:3]] == [
        "0%; width: 50%",
        "50%; width: 50%",
    ]


@pytest.mark.parametrize(
    ("endpoint", "start", "end", "names"),
    [
        pytest.param("my-endpoint", "2026-11-23", "2026-11-30", {"Being created"}, id="a week"),
        pytest.param("my-endpoint", "2026-11-24", "2026-11-30",
                     {"Being created", "Outside the period"}, id="a part of a week"),
        pytest.param("early-endpoint", "2026-03-02", "2026-03-09",
                     {"Being created", "No such time"}, id="the clock goes forward"),
        pytest.param("around-the-clock", "2026-11-23", "2026-12-07", set(), id="always awake"),
    ],
)  # fmt: skip
def test_the_legend_names_what_is_drawn(
    written: Written, endpoint: str, start: str, end: str, names: set[str]
) -> None:
    text = written(endpoint, start, end).text
    known = ("Being created", "Outside the period", "No such time")
    assert {name for name in known if name in text} == names

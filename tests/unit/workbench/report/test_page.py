import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import plotly.graph_objects  # type: ignore[import-untyped]
import pytest
from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]

from lowtide_workbench.report import page
from lowtide_workbench.report.charts import charts
from lowtide_workbench.report.model import Event, Report
from lowtide_workbench.report.summary import key_figures

CSS = (Path(page.__file__).parent / "page.css").read_text()
NASTY = "</script><script>alert('x')</script> & <b>bold</b>"


class Page(HTMLParser):
    """A page as a browser takes it apart: tags with their attributes, text, scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts[-1] += data
        elif not self.cdata_elem:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)


@pytest.fixture(autouse=True)
def no_plotly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library is 5 MB of script that is not ours; one test puts it back."""
    monkeypatch.setattr(page, "get_plotlyjs", lambda: "")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "build" / "report.html"


def written(report: Report, path: Path) -> Page:
    page.write(report, path)
    return Page(path.read_text(encoding="utf-8"))


def test_events_and_key_figures_are_shown(report: Report, path: Path) -> None:
    texts = written(report, path).texts
    for event in report.events:
        assert {event.who, event.what, event.why} <= set(texts)
        assert event.detail in ("", *texts)
    for figure in key_figures(report):
        assert {figure.label, figure.value, figure.note} <= set(texts)
    monday, tuesday = (texts.index(f"{day} November 2026") for day in ("Monday 23", "Tuesday 24"))
    times = [text for text in texts[monday:tuesday] if re.fullmatch(r"\d\d:\d\d", text)]
    assert times[:4] == ["06:30", "06:51", "08:14", "09:10"]  # local, in order
    assert times == sorted(times)


def test_differences_raise_the_alarm(
    report: Report, report_with_differences: Report, path: Path
) -> None:
    def alarms(shown: Page) -> set[str]:
        values = {value for _, attributes in shown.tags for value in attributes.values() if value}
        return {"alert", "alarming"} & values

    shown = written(report_with_differences, path)
    assert alarms(shown) == {"alert", "alarming"}
    assert "2 of 31 fields differ after a wake. See" in shown.text
    assert set(report_with_differences.comparisons[0].differences) <= set(shown.texts)
    assert alarms(written(report, path)) == set()


def test_markup_in_a_report_stays_text(report: Report, path: Path) -> None:
    nasty = replace(
        report,
        endpoint=NASTY,
        traffic=NASTY,
        capacity={NASTY: 10},
        minutes=(replace(report.minutes[0], status=NASTY), *report.minutes[1:]),
        events=(Event(report.minutes[0].at, NASTY, NASTY, NASTY),),
        droughts={NASTY: report.windows[0]},
        comparisons=(replace(report.comparisons[0], differences=(NASTY,)),),
    )
    plain, shown = written(report, path), written(nasty, path)
    assert len(shown.scripts) == len(plain.scripts) == 3
    assert not any(tag == "b" for tag, _ in shown.tags)
    assert shown.texts.count(NASTY) >= 4
    # Plotly reads a little HTML in its texts, so those are escaped once more.
    for chart in json.loads(shown.scripts[0])["charts"]:
        assert "<b>" not in json.dumps([chart["data"], chart["layout"]])


def test_control_characters_are_shown_as_their_escapes(report: Report, path: Path) -> None:
    shown = written(replace(report, endpoint="\x1b[2J \u202e"), path)
    assert any(r"\x1b[2J \u202e" in text for text in shown.texts)
    assert not any("\u202e" in text for text in shown.texts)


def test_the_page_needs_nothing_but_itself(report: Report, path: Path) -> None:
    shown = written(report, path)
    assert not re.search(r"https?:|//[a-z]|url\(|@import", path.read_text())
    for _, attributes in shown.tags:
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith("#")
    (policy,) = [a["content"] or "" for _, a in shown.tags if "http-equiv" in a]
    assert "default-src 'none'" in policy


def test_plotly_is_inside_and_the_page_below_six_megabytes(
    report: Report, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "get_plotlyjs", get_plotlyjs)
    assert written(report, path).scripts[1] == get_plotlyjs()
    assert path.stat().st_size < 6_000_000


def test_the_charts_show_the_minutes(report: Report, path: Path) -> None:
    figures = json.loads(written(report, path).scripts[0])
    lines = {trace["name"]: trace for chart in figures["charts"][:3] for trace in chart["data"]}
    noon = figures["minutes"].index("2026-11-23 12:00:00")
    minute = report.minutes[noon]
    assert minute.utilization is not None
    assert lines["streams"]["y"][noon] == minute.streams
    assert lines["capacity"]["y"][noon] == minute.capacity
    assert lines["actual"]["y"][noon] == round(minute.utilization * 100, 1)
    assert lines["ml.g6e.2xlarge"]["y"][noon] == minute.instances["ml.g6e.2xlarge"] > 0
    assert lines["Lowtide"]["y"][0] is None  # asleep: a gap, not a zero


def test_the_band_covers_every_minute_once(report: Report) -> None:
    state = charts(report)[-1]
    runs = [trace for trace in state.data if trace["y"] == ["Actual"]]
    assert sum(trace["x"][0] for trace in runs) == len(report.minutes) * 60_000
    statuses = {"asleep", "Creating", "InService", "Updating", "Deleting"}
    assert {trace["text"][0] for trace in runs} == statuses


def test_plotly_accepts_every_chart_and_every_colour_is_in_the_style_sheet(report: Report) -> None:
    odd = replace(report.minutes[0], status="SystemUpdating", instances={"ml.g5.2xlarge": 1})
    for chart in charts(replace(report, minutes=(*report.minutes, odd))):
        text = json.dumps({"data": chart.data, "layout": chart.layout})
        colours = {*re.findall(r'"@([\w-]+)"', text), *(entry.colour for entry in chart.legend)}
        assert {colour for colour in colours if f"--{colour}:" not in CSS} == set()
        figure: dict[str, Any] = json.loads(re.sub(r'"@[\w-]+"', '"#123456"', text))
        plotly.graph_objects.Figure(**figure)

"""Writes a simulation as one HTML file that loads nothing else, in the style of the demo's."""

from dataclasses import asdict
from pathlib import Path

from markupsafe import Markup
from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]

from lowtide_workbench.report.page import stylesheet
from lowtide_workbench.report.templates import template
from lowtide_workbench.simulate.advice import yaml
from lowtide_workbench.simulate.charts import charts
from lowtide_workbench.simulate.outcomes import usd_at
from lowtide_workbench.simulate.study import BASELINE, Study
from lowtide_workbench.simulate.terminal import SHARES
from lowtide_workbench.simulate.wording import costs, day, percent, usd

_HERE = Path(__file__).parent


def write(study: Study, source: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_render(study, source), encoding="utf-8")


def _render(study: Study, source: str) -> str:
    figures = charts(study)
    return template(_HERE / "page.html").render(
        css=stylesheet(),
        study=study,
        source=source,
        calls=sum(study.script.calls.values()),
        tiles=_tiles(study),
        charts=figures,
        shares=[percent(share) for share in SHARES],
        rows=[
            (family.name, [costs(study, usd_at(found, share)) for share in SHARES])
            for family, found in study.swept
        ],
        yaml="\n".join(yaml(study, study.nearest)),
        figures=[asdict(figure) for figure in figures],
        script=Markup((_HERE / "page.js").read_text(encoding="utf-8")),  # noqa: S704, our own file
        plotly=Markup(get_plotlyjs()),  # noqa: S704, the library's own text
    )


def _tiles(study: Study) -> list[tuple[str, str, str]]:
    best, objective = study.nearest, percent(study.setting.objective)
    others = [
        cost
        for family, found in study.swept[:-1]
        if family.name != BASELINE and (cost := usd_at(found, study.setting.objective)) is not None
    ]
    without = usd(min(others)) if others else "not reached"
    return [
        ("Advised", f"{usd(best.usd_a_week)} a week", f"{percent(best.failed)} without room"),
        ("Cheapest without floors", without, f"a week, at {objective} of the calls without room"),
        ("Clairvoyant fleet", usd(study.clairvoyant_usd), "a week, if every call were known"),
        (
            "Worst day",
            percent(best.failed_on_worst_day),
            f"{day(study, best.worst_day)}, with the setting that is advised",
        ),
    ]

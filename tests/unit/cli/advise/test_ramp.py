"""What a measured ramp says an instance holds, and which measurements say nothing."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lowtide import config
from lowtide_cli.advise.ramp import RampError, read_ramps
from lowtide_cli.main import app

TYPE = "ml.g6.2xlarge"
GOOD = ((4, 240), (8, 260), (16, 300), (32, 390), (40, 430))


def ramp(points: Sequence[tuple[float, float]] = GOOD, factor: float = 1) -> str:
    lines = [f"{streams},{latency * factor}" for streams, latency in points]
    return "\n".join(["streams,latency_ms", *lines])


@pytest.mark.parametrize(
    ("points", "capacity", "coarse"),
    [
        pytest.param(GOOD, 32, False, id="the last number below the limit"),
        pytest.param(
            (*GOOD[:3], (32, 399.9), (33, 400)), 32, False, id="the limit itself is above"
        ),
        pytest.param((*GOOD[::-1],), 32, False, id="lines in any order"),
        pytest.param((*GOOD, (32, 420)), 16, True, id="the mean of two lines of one number"),
        pytest.param((*GOOD[:3], (64, 900), (80, 1200)), 16, True, id="a wide step is told"),
        pytest.param((*GOOD, (41, 380)), 32, False, id="a little noise at the limit"),
        pytest.param(((1, 300), (2, 420), (3, 500), (4, 600), (5, 700)), 1, False, id="one stream"),
    ],
)
def test_what_an_instance_holds(
    points: Sequence[tuple[float, float]], capacity: int, *, coarse: bool
) -> None:
    (measured,) = read_ramps(ramp(points), 400, TYPE)
    assert (measured.capacity, measured.coarse) == (capacity, coarse)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            ramp(GOOD[1:]), "measured at 8, 16, 32, 40 streams; 5 different", id="too few"
        ),
        pytest.param(ramp([(1, 200)] * 9), "measured at 1 streams", id="one number only"),
        pytest.param(ramp([(n, 300) for n in range(1, 9)]), "no knee: at 8 streams", id="no knee"),
        pytest.param(ramp([(n, 500) for n in range(1, 9)]), "1 streams, the fewest", id="too slow"),
        pytest.param(ramp(factor=0.001), "look like seconds", id="seconds"),
        pytest.param(ramp(factor=1000), "look like microseconds", id="microseconds"),
        pytest.param(
            ramp([*GOOD, (48, 250)]), "40 streams have 430 ms, but 48 only 250", id="a fall"
        ),
        pytest.param(ramp([(1.5, 200)]), "line 2: streams: '1.5'", id="half a stream"),
        pytest.param(ramp([(-1, 200)]), "line 2: streams: '-1'", id="less than none"),
        pytest.param(ramp([(1, float("nan"))]), "latency_ms: 'nan'", id="no number"),
        pytest.param("streams,latency_ms\n1\n", "latency_ms: None", id="a short line"),
        pytest.param("streams,p95\n1,2\n", "no column latency_ms", id="another column"),
        pytest.param("", "no column latency_ms and streams", id="nothing"),
        pytest.param("streams,latency_ms\n", "no measurements", id="no line"),
    ],
)
def test_a_measurement_that_says_nothing_is_refused(text: str, said: str) -> None:
    with pytest.raises(RampError, match=said):
        read_ramps(text, 400, TYPE)


def test_a_line_needs_a_type() -> None:
    with pytest.raises(RampError, match="line 2: no instance type"):
        read_ramps(ramp(), 400, None)


def advise(file: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["advise", "--target", str(file), *options])


def test_the_answer_is_a_piece_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "ramp.csv"
    lines = [f"{name},{n},{ms}" for name in (TYPE, "ml.g5.xlarge") for n, ms in GOOD]
    file.write_text("\n".join(["instance_type,streams,latency_ms", *lines]))
    result = advise(file, "--limit", "350", "--html", str(tmp_path / "new/page.html"))
    assert result.exit_code == 0
    assert "16 streams below 350 ms" in result.stdout
    assert "70 to 80 % of it: 11 to 12 streams" in result.stdout  # 11.2 and 12.8
    piece = result.stdout.partition("for this endpoint:\n")[2]
    read = config.parse(f"timezone: UTC\nendpoints:\n  - name: e\n    schedule: always\n{piece}")
    assert read.errors == ()
    (endpoint,) = read.endpoints
    assert endpoint.metering is not None
    assert endpoint.metering.capacities.by_type == {TYPE: 16, "ml.g5.xlarge": 16}
    page = (tmp_path / "new/page.html").read_text()
    assert page.count("<svg") == 2
    assert "16 streams: 300 ms" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("none.csv",), "cannot be read", id="no file"),
        pytest.param(("ramp.csv", "--limit", "0"), "--limit: 0; expected", id="no limit"),
        pytest.param(("ramp.csv", "--type", "g6"), "--type: 'g6'", id="no type"),
    ],
)
def test_an_invalid_question(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    (tmp_path / "ramp.csv").write_text(ramp())
    result = advise(tmp_path / arguments[0], *arguments[1:])
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr

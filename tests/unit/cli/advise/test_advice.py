"""Which kind of endpoint is advised, what it costs, and that the advice can be carried out."""

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from typer.testing import CliRunner, Result

from lowtide import config
from lowtide_cli.advise import dialogue, pieces
from lowtide_cli.advise.advice import QUESTIONS, advise
from lowtide_cli.advise.monthly import ways
from lowtide_cli.advise.rules import facts_of, rules
from lowtide_cli.advise.workload import When, Workload, parse_types, parse_when
from lowtide_cli.main import app
from lowtide_cli.prices.table import Price

ONE, TWO = {"ml.g6.2xlarge": 10.0}, {"ml.g6.2xlarge": 10.0, "ml.g6e.2xlarge": 20.0}
ALWAYS, OFFICE, BURSTS = map(parse_when, ("always", "Mon-Fri 08:00-20:00", "28 x 30m"))
MINUTES = timedelta(minutes=1)
LIVE = Workload("streams", "deepgram", OFFICE, TWO)
BATCH = Workload("jobs", "own", BURSTS, ONE, wait=20 * MINUTES, payload_mb=9, longest=MINUTES)
ASKED = Workload("requests", "own", OFFICE, ONE, payload_mb=1, longest=MINUTES)

# For each rule a workload that it applies to; the choices made so far, where it depends on them.
SHOWN: dict[str, tuple[Workload, dict[str, str]]] = {
    "a stream needs real time": (LIVE, {}),
    "Deepgram's asynchronous packages are unavailable": (replace(BATCH, package="deepgram"), {}),
    "Marketplace packages are not for asynchronous endpoints": (
        replace(BATCH, package="marketplace"), {}),
    "Marketplace packages are no inference components": (LIVE, {}),
    "streams to components are not documented": (LIVE, {}),
    "large requests are not for real time": (replace(ASKED, payload_mb=25.1), {}),
    "long requests are not for real time": (replace(ASKED, longest=61 * MINUTES / 60), {}),
    "an asynchronous request has at most 1 GB": (replace(BATCH, payload_mb=1025), {}),
    "an asynchronous request takes at most an hour": (replace(BATCH, longest=61 * MINUTES), {}),
    "several small models share instances as components": (replace(ASKED, models=2), {}),
    "results that may come later can be queued": (BATCH, {}),
    "real time answers at once": (LIVE, {}),
    "an answer of an asynchronous endpoint comes by S3": (ASKED, {"kind": "asynchronous"}),
    "a queue keeps a request for six hours": (BATCH, {"kind": "asynchronous"}),
    "a scale-in may end a running job": (BATCH, {"kind": "asynchronous"}),
    "a connection ends after 30 minutes": (LIVE, {"kind": "real-time"}),
    "pools fall back to another type": (LIVE, {}),
    "one type needs no weights": (BATCH, {}),
    "one type can run out": (BATCH, {"fleet": "one-type"}),
    "concurrency has to be weighted": (LIVE, {"kind": "real-time", "fleet": "pools"}),
    "a backlog has to be weighted": (BATCH, {"kind": "asynchronous", "fleet": "pools"}),
    "a queue holds jobs outside the hours": (
        replace(BATCH, when=OFFICE), {"kind": "asynchronous"}),
    "a queue scales to zero by itself": (BATCH, {"kind": "asynchronous"}),
    "hours that are known are a schedule": (LIVE, {"kind": "real-time"}),
    "bursts that can wait wake it": (BATCH, {"kind": "real-time"}),
    "what cannot wait stays on": (ASKED, {"kind": "asynchronous"}),
    "traffic at all times needs instances at all times": (
        replace(LIVE, when=ALWAYS), {"kind": "real-time"}),
    "asleep, requests fail": (LIVE, {"kind": "real-time", "off_hours": "schedule"}),
    "components at zero refuse": (ASKED, {"kind": "components"}),
}  # fmt: skip


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_each_rule_applies_to_a_workload_and_to_none_of_which_nothing_is_known(rule: Any) -> None:
    workload, chosen = SHOWN[rule.name]
    facts = facts_of(workload) | chosen
    assert rule.applies(facts)
    for fact in rule.when:
        assert not rule.applies(facts | {fact: None})
        assert rule.lacks(facts | {fact: None}) == [fact]
    assert rule.lacks(facts) == []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_each_rule_names_its_source_and_an_option_that_there_is(rule: Any) -> None:
    options = {option for each in QUESTIONS.values() for option in each}
    assert {*rule.against, *([rule.for_] if rule.for_ else [])} <= options
    assert re.fullmatch(r"https://\S+", rule.source)
    assert re.fullmatch(r"20\d\d-\d\d", rule.read)
    assert rule.sure in ("documented", "reported", "derived", "open")


@pytest.mark.parametrize(
    ("workload", "kind", "fleet", "off_hours"),
    [
        pytest.param(LIVE, "real-time", "pools", "schedule", id="live speech in office hours"),
        pytest.param(replace(LIVE, when=ALWAYS), "real-time", "pools", "always-on",
                     id="live speech around the clock"),
        pytest.param(replace(LIVE, when=BURSTS), "real-time", "pools", "always-on",
                     id="live speech at any time: how long it may wait is not known"),
        pytest.param(replace(LIVE, when=BURSTS, wait=15 * MINUTES), "real-time", "pools",
                     "on-demand", id="a load test that asks first"),
        pytest.param(BATCH, "asynchronous", "one-type", "zero", id="recordings at any time"),
        pytest.param(replace(BATCH, types=TWO), "asynchronous", "pools", "zero",
                     id="recordings on pools"),
        pytest.param(replace(BATCH, when=OFFICE), "asynchronous", "one-type", "schedule",
                     id="recordings of office hours"),
        pytest.param(replace(BATCH, wait=MINUTES), "real-time", "one-type", "always-on",
                     id="recordings that cannot wait"),
        pytest.param(replace(BATCH, wait=MINUTES, payload_mb=100), "asynchronous", "one-type",
                     "always-on", id="large recordings that cannot wait"),
        pytest.param(replace(BATCH, package="deepgram"), "real-time", "one-type", "on-demand",
                     id="recordings with Deepgram's package"),
        pytest.param(replace(BATCH, package="deepgram", longest=5 * MINUTES), None, None, None,
                     id="nothing fits what Deepgram's package would need"),
        pytest.param(replace(BATCH, longest=90 * MINUTES), None, None, None, id="a job of hours"),
        pytest.param(ASKED, "real-time", "one-type", "schedule", id="an API of office hours"),
        pytest.param(replace(ASKED, models=5), "components", "one-type", None, id="five models"),
        pytest.param(replace(ASKED, models=5, package="marketplace"), "real-time", "one-type",
                     "schedule", id="five models of the Marketplace"),
    ],
)  # fmt: skip
def test_the_advice(
    workload: Workload, kind: str | None, fleet: str | None, off_hours: str | None
) -> None:
    advice = advise(workload)
    assert (advice.kind, advice.fleet, advice.off_hours) == (kind, fleet, off_hours)


@pytest.mark.parametrize(
    ("workload", "unknown"),
    [
        pytest.param(LIVE, [], id="all that matters is known"),
        pytest.param(replace(LIVE, when=BURSTS), ["wait_minutes"], id="bursts, perhaps on demand"),
        pytest.param(replace(BATCH, payload_mb=None, longest=None),
                     ["payload_mb", "longest_minutes"], id="sizes"),
        pytest.param(replace(LIVE, when=None, types=None), ["types", "pattern", "wait_minutes"],
                     id="hours and types"),
    ],
)  # fmt: skip
def test_what_is_not_known_and_could_change_the_advice(
    workload: Workload, unknown: Sequence[str]
) -> None:
    assert advise(workload).unknown == unknown


def test_what_needs_nothing_of_lowtide() -> None:
    assert advise(BATCH).nothing_for_lowtide
    assert advise(replace(ASKED, models=2)).nothing_for_lowtide
    assert not advise(replace(BATCH, types=TWO)).nothing_for_lowtide
    assert advise(replace(LIVE, types=ONE, when=ALWAYS)).nothing_for_lowtide
    assert not advise(replace(LIVE, types=ONE)).nothing_for_lowtide
    assert not advise(replace(LIVE, when=ALWAYS)).nothing_for_lowtide


@pytest.mark.parametrize(
    ("workload", "hours"),
    [
        # A month has 365 / 12 / 7 weeks. 5 x (12 h + 15 min); the queue's tail is 20 min.
        pytest.param(replace(LIVE, instances=2),
                     {"real-time always-on": 1460.0, "real-time schedule": 532.3,
                      "asynchronous schedule": 546.8, "asynchronous always-on": 1460.0},
                     id="two instances in office hours"),
        # 28 x (30 + 15 min), and 20 min more.
        pytest.param(BATCH,
                     {"real-time always-on": 730.0, "real-time on-demand": 91.2,
                      "asynchronous zero": 131.8, "asynchronous always-on": 730.0},
                     id="bursts"),
        pytest.param(replace(BATCH, when=parse_when("330 x 30m")),
                     {"real-time always-on": 730.0, "real-time on-demand": 730.0,
                      "asynchronous zero": 730.0, "asynchronous always-on": 730.0},
                     id="bursts that fill the week"),
        pytest.param(replace(LIVE, when=None), {}, id="not known when"),
    ],
)  # fmt: skip
def test_what_a_month_costs(workload: Workload, hours: dict[str, float]) -> None:
    shown = list(ways(workload, advise(workload), Price(2.0, "mine")))
    names = ["real-time" if way.name.startswith("real time") else "asynchronous" for way in shown]
    kinds = [key.split()[0] for key in hours]
    assert names == kinds
    assert [round(way.hours, 1) for way in shown] == list(hours.values())
    assert [way.usd for way in shown] == [pytest.approx(way.hours * 2) for way in shown]
    assert sum(way.chosen for way in shown) == bool(shown)


@pytest.mark.parametrize(
    ("text", "times", "each", "windows"),
    [
        pytest.param("mon-fri 08:00-20:30", 5, 12.5, ("0 8 * * MON-FRI", "30 20 * * MON-FRI"),
                     id="office hours"),
        pytest.param("Sun-Thu 22:00-06:00", 5, 8,
                     ("0 22 * * MON,TUE,WED,THU,SUN", "0 6 * * TUE,WED,THU,FRI,MON"), id="nights"),
        pytest.param("Mon,Thu 09:00-10:00", 2, 1, ("0 9 * * MON,THU", "0 10 * * MON,THU"),
                     id="two days"),
        pytest.param("daily 09:00-10:00", 7, 1, ("0 9 * * *", "0 10 * * *"), id="each day"),
    ],
)  # fmt: skip
def test_hours(text: str, times: int, each: float, windows: tuple[str, str]) -> None:
    assert parse_when(text) == When("hours", times, timedelta(hours=each), [windows])


@pytest.mark.parametrize(
    "text",
    ["", "9-5", "Mon-Fry 08:00-20:00", "Mon 24:00-25:00", "Mon 08:00-08:00", "Mon 08:61-09:00",
     "0 x 1h", "9 x 1d", "3 x soon", "3 x 0m"],
)  # fmt: skip
def test_hours_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|within a week"):
        parse_when(text)


@pytest.mark.parametrize("text", ["g6.2xlarge", "ml.g6", "ml.g6.2xlarge:", "ml.g6.2xlarge:0"])
def test_types_that_are_none(text: str) -> None:
    if text.endswith(":"):
        assert parse_types([text]) == {text[:-1]: None}
        return
    with pytest.raises(ValueError, match=r"write for example|above 0"):
        parse_types([text])


MANAGED = [
    pytest.param(LIVE, id="a schedule"),
    pytest.param(replace(LIVE, when=BURSTS, wait=timedelta(hours=1)), id="on demand"),
    pytest.param(replace(LIVE, when=ALWAYS), id="always, on pools"),
    pytest.param(replace(LIVE, types={"ml.g6.2xlarge": None}), id="not measured"),
    pytest.param(replace(BATCH, types=TWO), id="a queue before pools"),
    pytest.param(replace(BATCH, types=TWO, when=OFFICE), id="a queue that is held outside hours"),
]


@pytest.mark.parametrize("workload", MANAGED)
def test_the_piece_of_the_file_has_no_error(workload: Workload) -> None:
    text = "\n".join(pieces.yaml(advise(workload), workload, "my-endpoint"))
    file = config.parse(text)
    assert file.errors == ()
    (endpoint,) = file.endpoints
    capacities = endpoint.metering.capacities.by_type if endpoint.metering else None
    assert capacities == (workload.types if workload.types == TWO else None)


@pytest.mark.parametrize("workload", [BATCH, replace(BATCH, types=TWO)], ids=["one", "pools"])
def test_the_commands_of_a_queue_are_what_aws_takes(workload: Workload) -> None:
    """Their JSON is valid for AWS's own models, and none but these four is called."""
    text = "\n".join(pieces.commands(advise(workload), workload, "my-endpoint"))
    assert ("WeightedBacklog" in text) is (workload.types == TWO)
    words = shlex.split(text.replace("$(", " ").replace(")\n", "\n"))
    calls = [words[n + 2] for n, word in enumerate(words) if word == "aws"]
    assert calls == ["register-scalable-target", *["put-scaling-policy"] * 2, "put-metric-alarm"]
    model: Any = botocore.session.get_session().get_service_model("application-autoscaling")
    members = model.operation_model("PutScalingPolicy").input_shape.members
    documents = [json.loads(word) for word in words if word.startswith("{")]
    for name, document in zip(("TargetTracking", "StepScaling"), documents, strict=True):
        shape = next(members[each] for each in members if each.startswith(name))
        assert not ParamValidator().validate(document, shape).has_errors()
    assert "--alarm-actions $policy" in shlex.join(words).replace("'", "")


def ask(*options: str, **more: Any) -> Result:
    return CliRunner().invoke(app, ["advise", *options], **more)


JOB = ("--traffic", "jobs", "--package", "own", "--when", "28 x 30m", "--type", "ml.g6.2xlarge")


def test_json_has_the_whole_advice() -> None:
    result = ask(*JOB, "--wait", "20m", "--format", "json")
    answer = json.loads(result.stdout)
    assert answer["kind"] == "asynchronous"
    assert answer["needs_lowtide"] is False
    assert answer["unknown"] == {"payload_mb": "--payload", "longest_minutes": "--longest"}
    assert {way["way"]: way["usd"] for way in answer["a_month"] if way["chosen"]} == {
        "asynchronous, from zero for each burst": 161.07
    }
    assert all(reason["source"].startswith("https://") for reason in answer["reasons"])
    assert answer["commands"].startswith("aws application-autoscaling register-scalable-target")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param((), "--traffic and --package: needed; see", id="nothing"),
        pytest.param(("--traffic", "calls"), "'calls'; expected one of streams", id="traffic"),
        pytest.param((*JOB, "--wait", "soon"), "--wait: 'soon'", id="a wait"),
        pytest.param((*JOB, "--when", "soon"), "--when: write `always`", id="hours"),
        pytest.param((*JOB, "--payload", "nan"), "--payload: nan; expected", id="a size"),
        pytest.param((*JOB, "--prices", "none.json"), "--prices: none.json: cannot", id="prices"),
    ],
)
def test_an_invalid_question(options: tuple[str, ...], said: str) -> None:
    result = ask(*options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_on_a_terminal_what_is_missing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "on_a_terminal", lambda: True)
    answers = ["calls", "streams", "deepgram", "Mon-Fri", "", "ml.g6.2xlarge:10", "0m"]
    result = ask(input="\n".join([*answers, ""]))
    assert result.exit_code == 0, result.output
    assert "one of streams, requests, jobs" in result.stdout  # asked again
    assert "write `always`" in result.stdout
    assert "A real-time endpoint, one instance type\n" in result.stdout
    assert "when there is traffic (--when)" in result.stdout


def test_what_the_options_say_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "on_a_terminal", lambda: True)
    result = ask(*JOB, "--wait", "20m", input="")
    assert result.exit_code == 0
    assert "> " not in result.stdout.partition("Because")[0]


def test_where_no_kind_fits_nothing_more_is_asked_or_priced() -> None:
    result = ask(*JOB, "--longest", "90m")
    assert "None of them fits" in result.stdout
    assert "A month" not in result.stdout
    assert "Not known" not in result.stdout

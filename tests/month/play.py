"""Plays a month from its plan, looks at every endpoint on the way, and judges it at the end."""

import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key

from lowtide_workbench.aws.cloud import Cloud
from lowtide_workbench.aws.lambda_service.sandbox import OwnModules
from lowtide_workbench.aws.settings import CloudSettings
from lowtide_workbench.aws.stack import Stack
from tests.integration.functions.aws_calls import sagemaker
from tests.month import oracle, plan, settings
from tests.month.fleet import (
    OTHERS,
    PRICES,
    STACK,
    create,
    file_of,
    fleet,
    set_up_scaling,
)
from tests.month.hands import Hands, Version
from tests.month.records import MINUTE, Records, changes
from tests.unit.domain.schedule.schedule_oracle import walk

_ROOT = Path(__file__).parents[2]
_LOG = logging.getLogger("month")
_LOOK = timedelta(minutes=10)
_AGAIN = timedelta(hours=6)


@dataclass(frozen=True)
class Result:
    wrong: list[str]
    figures: dict[str, Any]


def play(begin: datetime, days: int, seed: int, folder: Path) -> Result:
    with ExitStack() as cleanup:
        return Month(begin, days, seed, folder, cleanup).play()


class Month:
    def __init__(
        self, begin: datetime, days: int, seed: int, folder: Path, cleanup: ExitStack
    ) -> None:
        specs = fleet(begin)
        self._end = begin + days * plan.DAY
        walks = {
            spec.name: walk(spec.schedule(), begin - plan.DAY, self._end + 2 * plan.DAY)
            for spec in specs
        }
        calls = {spec.name: plan.calls(spec, walks[spec.name], seed) for spec in specs}
        self._records = Records(begin, {spec.name: spec for spec in specs}, walks, calls)
        self._events = plan.events(specs, begin, days, seed)
        droughts = plan.droughts(begin, days, seed)
        self._cloud = cleanup.enter_context(
            Cloud(
                begin - timedelta(minutes=35),
                CloudSettings(seed=seed, droughts=droughts),
            )
        )
        self._set_up()
        file = folder / "endpoints.yaml"
        file.write_text(file_of(specs))
        self._stack = Stack.deploy(
            self._cloud,
            _ROOT / "template.yaml",
            config_path=file,
            name=STACK,
            own_modules=OwnModules.WITH_STATE,
        )
        self._hands = Hands(self._cloud, self._stack, self._records, self._saved_at)
        for spec in specs:
            self._hands.adopt(spec)
            for kind in spec.all_types:
                for drought in droughts[kind]:
                    start = datetime.fromtimestamp(drought.start, begin.tzinfo)
                    minutes = (drought.end - drought.start) / 60
                    self._records.excuse(start, minutes + 45, spec.name)
        self._others = settings.read(OTHERS)
        self._seen = self._first = len(self._cloud.statuses)
        self._checked: dict[str, datetime] = {}

    def _set_up(self) -> None:
        sagemaker().create_model(
            ModelName="model", ExecutionRoleArn="arn:aws:iam::123456789012:role/r"
        )
        all_of_them = [*self._records.specs.values(), OTHERS]
        for spec in all_of_them:
            create(spec)
        self._cloud.advance(self._records.begin - timedelta(minutes=15))
        for spec in all_of_them:
            set_up_scaling(spec)
        for name, calls in self._records.calls.items():
            self._cloud.traffic(name, calls)
        self._cloud.advance(self._records.begin - timedelta(minutes=1))

    def play(self) -> Result:
        began, busy = time.perf_counter(), time.process_time()
        events = list(self._events)
        look = self._records.begin
        while look < self._end:
            look += _LOOK
            while events and events[0].at <= look:
                self._cloud.advance(events[0].at)
                self._follow()
                self._hands.act(events.pop(0))
            self._cloud.advance(look)
            self._follow()
            for name, spec in self._records.specs.items():
                if spec.tagged:
                    self._check(name)
            if look.hour == look.minute == 0:
                self._after_a_day(look, time.process_time() - busy)
        taken = time.perf_counter() - began, time.process_time() - busy
        self._judge()
        return Result(self._records.wrong, self._figures(*taken))

    # On the way

    def _follow(self) -> None:
        """A creation by hand that failed is made anew by Lowtide, from what it saved."""
        news = self._cloud.statuses[self._seen :]
        for place, (_, name, status) in enumerate(news, self._seen):
            if status != "Failed" or name not in self._records.specs:
                continue
            before = [
                n for n, each in enumerate(self._cloud.statuses[:place])
                if each[1:] == (name, "Creating")
            ]  # fmt: skip
            if before[-1] in self._records.by_hand:
                self._hands.on_failed_by_hand(name)
        self._seen += len(news)

    def _check(self, name: str) -> None:
        """Nothing is lost, once in each life and each few hours."""
        now, spec, version = self._cloud.clock.now(), self._records.specs[name], self._last(name)
        created = self._created(name)
        last = self._checked.get(name)
        again = last is None or last < created or last < version.at or now - last > _AGAIN
        if not again or not self._hands.settled(name):
            return
        if any(
            list(settings.firings(action, now - 6 * MINUTE, now))
            for action in version.settings["actions"].values()
        ):
            return
        live = settings.read(spec)
        wanted = settings.as_of(now, version.settings, version.since)
        if name in self._hands.unsure or (spec.pinned and version.at < created):
            allowed = spec.configs if name in self._hands.unsure else self._pins(name)
            if live["config"] in allowed:
                wanted["config"] = live["config"]
            self._hands.unsure.discard(name)
        self._records.counted["comparisons"] += 1
        if found := list(settings.differences(wanted, live)):
            self._wrong(f"{name}: {now}: not as it was: {'; '.join(found)}")
            self._hands.adopt(spec)
        elif wanted["config"] != version.settings["config"]:
            kept = {**version.settings, "config": live["config"]}
            self._hands.versions[name].append(Version(now, version.since, kept))
        self._checked[name] = now

    def _pins(self, name: str) -> tuple[str, ...]:
        spec = self._records.specs[name]
        return spec.configs if spec.fallback_types else spec.configs[:1]

    def _last(self, name: str) -> Version:
        return self._hands.versions[name][-1]

    def _created(self, name: str) -> datetime:
        found = [
            at for at, each, status in self._cloud.statuses if (each, status) == (name, "Creating")
        ]
        return found[-1]

    def _after_a_day(self, now: datetime, busy_s: float) -> None:
        if dead := self._dead_letters():
            self._wrong(f"{now}: {dead} messages are in the dead-letter queue")
        day = (now - self._records.begin) // plan.DAY
        _LOG.info(
            "day %d: %.0f s of processor time, %d wrong", day, busy_s, len(self._records.wrong)
        )

    def _dead_letters(self) -> int:
        sqs: Any = boto3.client("sqs")
        return sum(
            int(count)
            for url in sqs.list_queues()["QueueUrls"]
            if "-dead" in url
            for count in sqs.get_queue_attributes(
                QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
            )["Attributes"].values()
        )

    def _wrong(self, what: str) -> None:
        _LOG.warning(what)
        self._records.wrong.append(what)

    # The table, as anyone may read it

    def _history(self, name: str) -> list[dict[str, Any]]:
        table: Any = boto3.resource("dynamodb").Table(self._stack.resources["Table"])
        query = {
            "KeyConditionExpression": Key("endpoint").eq(name) & Key("item").begins_with("ledger#")
        }
        found: list[dict[str, Any]] = []
        while True:
            page = table.query(**query)
            found += page["Items"]
            if "LastEvaluatedKey" not in page:
                return found
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _saved_at(self, name: str) -> datetime | None:
        saves = [
            datetime.fromisoformat(str(entry["at"]))
            for entry in self._history(name)
            if entry["step"] in ("TakeSnapshot", "Delete") and entry.get("ok")
        ]
        return max(saves, default=None)

    # At the end

    def _judge(self) -> None:
        for wrong in self._all_wrong():
            self._wrong(wrong)

    def _all_wrong(self) -> Iterator[str]:
        records, statuses = self._records, self._cloud.statuses
        for name, spec in records.specs.items():
            line = oracle.Timeline(
                records, name, changes(statuses, records.by_hand, name), self._end
            )
            if not spec.tagged:
                continue
            records.counted["minutes excused"] += sum(line.excused)
            records.counted["minutes judged"] += len(line.excused) - sum(line.excused)
            yield from oracle.judge(line)
            yield from oracle.judge_history(line, self._history(name))
            status = self._stack.invoke("control", {"action": "status", "endpoint": name})
            used = self._cloud.tally(name).instance_seconds
            yield from oracle.judge_costs(line, status, PRICES, used)
        for at, name, status in statuses[self._first :]:
            if name == OTHERS.name or not records.specs[name].tagged:
                yield f"{name}: {at}: it was touched, and is {status}"
        yield from settings.differences(self._others, settings.read(OTHERS))
        for failure in self._stack.failures:
            if not any(not e.endpoint and e.begin <= failure.at < e.end for e in records.excuses):
                yield f"{failure.at}: {failure.function} failed: {failure.error}"

    def _figures(self, real_s: float, busy_s: float) -> dict[str, Any]:
        steps = Counter(
            f"{e['step']}{'' if e.get('ok') else ' (not done)'}"
            for name in self._records.specs
            for e in self._history(name)
        )
        return {
            "days": (self._end - self._records.begin) // plan.DAY,
            "minutes of processor time": round(busy_s / 60, 1),
            "minutes": round(real_s / 60, 1),
            "calls of AWS": sum(sum(c.values()) for c in self._stack.calls.values()),
            "phone calls": sum(len(each) for each in self._records.calls.values()),
            "statuses": dict(Counter(s for _, _, s in self._cloud.statuses[self._first :])),
            "steps": dict(steps),
            "happened": dict(sorted(self._records.counted.items())),
            "wrong": len(self._records.wrong),
        }

"""The choice: a kind of endpoint, its instance types, and what happens outside its hours."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lowtide_cli.advise.rules import ASKED, Facts, Rule, facts_of, rules
from lowtide_cli.advise.workload import Workload

# The options of each question; a choice may depend on those before it.
QUESTIONS: Mapping[str, Sequence[str]] = {
    "kind": ("real-time", "asynchronous", "components"),
    "fleet": ("one-type", "pools"),
    "off_hours": ("always-on", "schedule", "on-demand", "zero"),
}


@dataclass(frozen=True, slots=True)
class Advice:
    """A question without an answer is None: no option is left, or nothing is known of it.
    `unknown` are facts that could change the advice."""

    kind: str | None
    fleet: str | None
    off_hours: str | None
    reasons: Sequence[Rule]
    ruled_out: Mapping[str, Sequence[Rule]]
    limits: Sequence[Rule]
    unknown: Sequence[str]

    @property
    def nothing_for_lowtide(self) -> bool:
        """AWS's own scaling does all of it."""
        by_itself = self.off_hours in ("always-on", "zero") and self.fleet == "one-type"
        return self.kind == "components" or by_itself


def advise(workload: Workload) -> Advice:
    facts = facts_of(workload)
    reasons: list[Rule] = []
    ruled_out: dict[str, list[Rule]] = {}
    unknown: dict[str, None] = {}
    for question, options in QUESTIONS.items():
        if question != "kind" and facts["kind"] is None:
            break
        for option in options:
            if against := [r for r in rules() if option in r.against and r.applies(facts)]:
                ruled_out[option] = against
        unknown |= dict.fromkeys(_lacking(facts, set(options) - ruled_out.keys()))
        chosen = _chosen(facts, [option for option in options if option not in ruled_out])
        if chosen:
            facts[question] = chosen.for_
            reasons.append(chosen)
        elif question == "kind":
            facts[question] = _only_one_left(options, ruled_out)
    limits = [rule for rule in rules() if not (rule.for_ or rule.against) and rule.applies(facts)]
    choices = (facts["kind"], facts["fleet"], facts["off_hours"])
    kind, fleet, off_hours = (str(choice) if choice else None for choice in choices)
    asked = [name for name in unknown if name in ASKED]
    return Advice(kind, fleet, off_hours, reasons, ruled_out, limits, asked)


def _chosen(facts: Facts, options: Sequence[str]) -> Rule | None:
    return next((r for r in rules() if r.for_ in options and r.applies(facts)), None)


def _only_one_left(options: Sequence[str], ruled_out: Mapping[str, object]) -> str | None:
    """For example a request that only the queue of an asynchronous endpoint takes."""
    left = [option for option in options if option not in ruled_out]
    return left[0] if len(left) == 1 else None


def _lacking(facts: Facts, options: AbstractSet[str]) -> Sequence[str]:
    """The facts that could still choose one of `options`, or rule it out."""
    about = [r for r in rules() if r.for_ in options or options & {*r.against}]
    return [name for rule in about for name in rule.lacks(facts)]

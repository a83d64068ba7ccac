"""An independent oracle: floors from history, in one plain list of bins.

`series` has 288 bins a day of the mean streams, `awake` says of each whether it was open.
"""

from collections.abc import Sequence
from math import ceil, sqrt

K = 2.0  # margin: floor = mean + K sqrt(mean)
WEEKS = 4  # weeks to look back on
SLOT = 3  # bins of 5 minutes that share a floor
LEAD = 2  # bins ahead: the provisioning time
POOL = 4  # the common shape of the days like it counts as much as POOL same weekdays
SMOOTH, WIDEST = 30.0, 6  # smoothed over SMOOTH / (streams) bins to each side, 1 to WIDEST
WINDOW, LONGEST, ENOUGH = 12, 48, 300.0  # the last hour, or as far back as expects ENOUGH
PRIOR, BELIEF = 3, 100.0  # the forecast's weight: PRIOR bins of its mean, BELIEF at least
LOW, HIGH = 0.7, 4.0
SURE = 2.0  # the last hour alone may lift the level, less SURE standard errors
ODD = 0.6  # a day below ODD or above 1 / ODD of the usual is left out
DIP = 4  # slots: a dip of the plan up to this long is filled
DAY = 288

type Awake = Sequence[bool]
type Row = Sequence[float]


def _hours(awake: Awake, day: int) -> Awake:
    return awake[day * DAY : (day + 1) * DAY]


def _alike(a: Awake, b: Awake) -> bool:
    return sum(x == y for x, y in zip(a, b, strict=True)) >= 0.98 * DAY


def same_weekdays(series: Row, awake: Awake, day: int) -> list[Row]:
    rows: list[Row] = []
    q = day - 7
    while q >= 0 and len(rows) < WEEKS and day - q <= 63:
        if any(_hours(awake, q)):
            rows.append(series[q * DAY : (q + 1) * DAY])
        q -= 7
    return rows


def forecast(series: Row, awake: Awake, day: int) -> list[float] | None:
    """288 means for this day, or None."""
    rows = same_weekdays(series, awake, day)
    if not rows:
        return None
    total = sorted(map(sum, rows))
    middle = (total[(len(rows) - 1) // 2] + total[len(rows) // 2]) / 2
    rows = [r for r in rows if ODD * middle <= sum(r) <= middle / ODD] or rows
    m = [sum(c) / len(rows) for c in zip(*rows, strict=True)]
    level = sum(m)
    hours = _hours(awake, day)
    alike = [
        series[q * DAY : (q + 1) * DAY]
        for q in range(max(0, day - 7 * WEEKS), day)
        if any(_hours(awake, q)) and _alike(_hours(awake, q), hours)
    ]
    alike = [r for r in alike if ODD * level <= sum(r) <= level / ODD]
    if level > 0 and len(alike) > len(rows):
        shape = [sum(c) for c in zip(*alike, strict=True)]
        s = level / sum(shape)
        w = POOL / (POOL + len(rows))
        m = [(1 - w) * x + w * s * y for x, y in zip(m, shape, strict=True)]
    return _smoothed(m, hours)


def _smoothed(m: Row, hours: Awake) -> list[float]:
    n_open = sum(hours) or 1
    busy = sum(x for x, o in zip(m, hours, strict=True) if o) / n_open
    h = min(WIDEST, max(1, round(SMOOTH / max(busy, 1e-9))))
    out = [0.0] * DAY
    for b in range(DAY):
        if hours[b]:
            near = [
                (h + 1 - abs(i - b), m[i])
                for i in range(max(0, b - h), min(DAY, b + h + 1))
                if hours[i]
            ]
            out[b] = sum(k * x for k, x in near) / sum(k for k, _ in near)
    return out


def level_today(now: int, series: Row, awake: Awake, m: Row) -> float:
    """Today against the forecast: a gamma-Poisson mean of what was seen lately and of 1."""
    day, b = divmod(now, DAY)
    o = day * DAY
    opened = next((i for i in range(DAY) if awake[o + i]), 0)
    start = max(opened + 3, b - WINDOW)
    while start > opened + 3 and start > b - LONGEST and sum(m[start:b]) < ENOUGH:
        start -= 1
    if b - start < 3:
        return 1.0
    on = [m[i] for i in range(DAY) if awake[o + i]]
    belief = max(PRIOR * sum(on) / max(1, len(on)), BELIEF)
    done = [i for i in range(start, b) if awake[o + i]]
    r = (sum(series[o + i] for i in done) + belief) / (sum(m[i] for i in done) + belief)
    hour = range(max(opened + 3, b - WINDOW), b)
    seen = sum(series[o + i] for i in hour)
    expected = sum(m[i] for i in hour)
    if expected > 0 and b - opened >= 6:
        r = max(r, (seen - SURE * sqrt(seen)) / expected)
    return min(HIGH, max(LOW, r))


def plan(m: Row, r: float, capacity: float) -> list[int]:
    """Instances for each slot of the day, dips filled."""
    n = []
    for s in range(0, DAY, SLOT):
        y = r * max(m[s : s + SLOT])
        n.append(ceil((y + K * sqrt(y)) / capacity - 1e-9))
    up = [max(n[s : s + DIP + 1]) for s in range(len(n))]
    return [min(up[max(0, s - DIP) : s + 1]) for s in range(len(n))]

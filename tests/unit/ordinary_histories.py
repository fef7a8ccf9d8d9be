"""Ordinary histories, made up, and what a sensible outlook may say of each.

A past year is (so far, base, final, final base) at the same moment, newest first; base is the
budget, or of a rate the denominator. `low` and `high` bound the 80 % interval's median, `chance`
the probability of `wanted`.
"""

from typing import NamedTuple

from perf_pipeline.monitoring.outlook.forecast import Kind

NONE = float("nan")
Past = tuple[float, float, float, float]


class History(NamedTuple):
    """A subject in June unless `time` says otherwise, and the bounds of a sensible outlook."""

    name: str
    kind: Kind
    now: tuple[float, float]
    past: list[Past]
    wanted: float
    chance: tuple[float, float]
    middle: tuple[float, float]
    time: float = 0.5
    pace: float = NONE  # what a year as the last quarter of one would bring


S, C, R = Kind.SPENDING, Kind.COUNTS, Kind.RATES


def spent(so_far: float, final: float, budget: float = 1000) -> Past:
    """Return a past year of spending."""
    return (so_far, budget, final, budget)


def counted(so_far: float, final: float) -> Past:
    """Return a past year of a count."""
    return (so_far, NONE, final, NONE)


HISTORIES = [
    History(
        "fully paid by June, as always",
        S,
        (1000, 1000),
        [spent(1000, 1000)] * 4,
        900,
        (0.99, 1),
        (1000, 1001),
    ),
    History("fully paid by June, new project", S, (1000, 1000), [], 900, (0.97, 1), (1000, 1020)),
    History(
        "nothing by June, where something had come by then",
        C,
        (0, NONE),
        [counted(10, 30)],
        1,
        (0.2, 0.65),
        (0, 5),
    ),
    History(
        "always late and always spent",
        S,
        (50, 1000),
        [spent(40, 985), spent(60, 990), spent(30, 980), spent(55, 992)],
        900,
        (0.6, 1),
        (900, 1000),
    ),
    History(
        "always late, never spent",
        S,
        (50, 1000),
        [spent(40, 300), spent(60, 350), spent(30, 280), spent(55, 310)],
        900,
        (0, 0.15),
        (200, 500),
    ),
    History(
        "even pace, always spent",
        S,
        (480, 1000),
        [spent(490, 980), spent(500, 990), spent(470, 970), spent(480, 985)],
        900,
        (0.75, 1),
        (930, 1000),
    ),
    History(
        "even pace, half the pace this year",
        S,
        (240, 1000),
        [spent(490, 980), spent(500, 990), spent(470, 970), spent(480, 985)],
        900,
        (0.02, 0.8),
        (500, 985),
    ),
    History(
        "a refund last year",
        S,
        (500, 1000),
        [spent(500, 450), spent(500, 960), spent(490, 970)],
        900,
        (0.2, 0.95),
        (650, 1000),
    ),
    History(
        "a refund this year",
        S,
        (-20, 1000),
        [spent(480, 970), spent(500, 980), spent(490, 975)],
        900,
        (0.0, 0.8),
        (-20, 985),
    ),
    History(
        "budget multiplied by five",
        S,
        (480, 5000),
        [spent(480, 970), spent(500, 980), spent(490, 975)],
        4500,
        (0.0, 0.6),
        (900, 4900),
    ),
    History(
        "budget cut to a half, mostly spent",
        S,
        (480, 500),
        [spent(480, 970), spent(500, 980), spent(490, 975)],
        450,
        (0.95, 1),
        (480, 700),
    ),
    # as much as the budget or less, or so little more that it is no overspending
    History("new project, half spent", S, (500, 1000), [], 900, (0.1, 0.95), (700, 1020)),
    History(
        "new project, half spent by March and nothing since",
        S,
        (500, 1000),
        [],
        900,
        (0.1, 0.75),
        (550, 995),
        pace=0,
    ),
    History(
        "a standing payment, none since March, no budget",
        S,
        (600, NONE),
        [(600, NONE, 1200, NONE)] * 3,
        1150,
        (0.2, 0.85),
        (600, 1210),
        pace=0,
    ),
    History(
        "ten by March, new, and none since",
        C,
        (10, NONE),
        [],
        20,
        (0.02, 0.5),
        (10, 15),
        pace=0,
    ),
    History("new project, nothing spent", S, (0, 1000), [], 900, (0.01, 0.6), (0, 800)),
    History(
        "new project, nothing spent in October",
        S,
        (0, 1000),
        [],
        900,
        (0.0, 0.35),
        (0, 600),
        10 / 12,
    ),
    History("nine years of zero", S, (0, 1000), [spent(0, 0)] * 9, 900, (0, 0.05), (0, 10)),
    History(
        "overspent",
        S,
        (1200, 1000),
        [spent(500, 980), spent(500, 990)],
        900,
        (0.97, 1),
        (1200, 1800),
    ),
    History(
        "no budget, steady",
        S,
        (490, NONE),
        [(500, NONE, 1000, NONE), (495, NONE, 990, NONE), (505, NONE, 1010, NONE)],
        900,
        (0.7, 1),
        (900, 1080),
    ),
    History(
        "no budget, nothing for years",
        S,
        (0, NONE),
        [(0, NONE, 100, NONE)] * 3,
        90,
        (0.3, 1),
        (50, 120),
    ),
    History(
        "40 events a year, 20 by June",
        C,
        (20, NONE),
        [counted(20, 40), counted(19, 38), counted(21, 42)],
        30,
        (0.8, 1),
        (36, 44),
    ),
    History("no event for nine years", C, (0, NONE), [counted(0, 0)] * 9, 1, (0, 0.2), (0, 0)),
    History("one event, new", C, (1, NONE), [], 1, (1, 1), (1, 4)),
    History("none so far, new, something wanted", C, (0, NONE), [], 1, (0.9, 1), (1, 4)),
    History(
        "3 events, 4 wanted, usually 6",
        C,
        (3, NONE),
        [counted(3, 6), counted(2, 6), counted(3, 7)],
        4,
        (0.8, 1),
        (5, 7),
    ),
    History(
        "10 last year, none so far",
        C,
        (0, NONE),
        [counted(5, 10), counted(6, 11), counted(5, 9)],
        10,
        (0, 0.3),
        (0, 6),
    ),
    History(
        "99 of 99, perfect before", R, (99, 99), [(99, 99, 200, 200)] * 3, 1, (0.5, 1), (0.99, 1)
    ),
    History(
        "100 of 100, perfect before",
        R,
        (100, 100),
        [(100, 100, 200, 200)] * 3,
        1,
        (0.5, 1),
        (0.99, 1),
    ),
    History(
        "500 of 500, perfect before",
        R,
        (500, 500),
        [(500, 500, 1000, 1000)] * 3,
        1,
        (0.5, 1),
        (0.995, 1),
    ),
    History("100 of 100, new", R, (100, 100), [], 0.95, (0.7, 1), (0.96, 1)),
    History(
        "95 %, steady",
        R,
        (95, 100),
        [(94, 100, 190, 200), (95, 100, 191, 200), (96, 100, 189, 200)],
        0.9,
        (0.9, 1),
        (0.93, 0.97),
    ),
    History(
        "one lost, all wanted", R, (99, 100), [(100, 100, 200, 200)] * 3, 1, (0, 0.0), (0.98, 0.995)
    ),
    History("two cases, one lost", R, (1, 2), [], 0.9, (0, 0.6), (0.3, 0.9)),
    History(
        "falling rate",
        R,
        (80, 100),
        [(85, 100, 170, 200), (90, 100, 180, 200), (95, 100, 190, 200)],
        0.9,
        (0, 0.1),
        (0.74, 0.85),
    ),
    History(
        "hundreds a year, then none for a year",
        C,
        (0, NONE),
        [counted(0, 0), counted(60, 264), counted(70, 250), counted(65, 255)],
        1,
        (0, 0.35),
        (0, 3),
    ),
    History(
        "gone for three years",
        C,
        (0, NONE),
        [*[counted(0, 0)] * 3, *[counted(20, 40)] * 3],
        1,
        (0, 0.2),
        (0, 0),
    ),
    History(
        "half paid in March, always done by December",
        S,
        (480, 1000),
        [spent(500, 1000)] * 4,
        900,
        (0.8, 1),
        (950, 1000),
        0.25,
    ),
    History(
        "all or nothing, by turns",
        S,
        (0, 1000),
        [spent(0, 1000), spent(0, 0), spent(0, 1000), spent(0, 0)],
        900,
        (0.2, 0.8),
        (0, 1000),
    ),
    History(
        "a standing payment every month, no budget",
        S,
        (600, NONE),
        [(600, NONE, 1200, NONE)] * 5,
        1150,
        (0.8, 1),
        (1190, 1210),
    ),
    History(
        "everything in December, as always",
        S,
        (0, 1000),
        [spent(0, 1000)] * 5,
        900,
        (0.75, 1),
        (950, 1000),
        10 / 12,
    ),
    History(
        "twice as many each year",
        C,
        (40, NONE),
        [counted(20, 40), counted(10, 20), counted(5, 10)],
        60,
        (0.6, 1),
        (60, 100),
    ),
    History(
        "one in six years",
        C,
        (0, NONE),
        [*[counted(0, 0)] * 2, counted(0, 1), *[counted(0, 0)] * 3],
        1,
        (0, 0.35),
        (0, 0),
    ),
    History(
        "three of three, nine of ten before",
        R,
        (3, 3),
        [(5, 5, 9, 10)],
        0.9,
        (0.2, 0.9),
        (0.85, 1),
    ),
    History(
        "rate collapsed this year",
        R,
        (20, 100),
        [(95, 100, 190, 200)] * 3,
        0.9,
        (0, 0.05),
        (0.2, 0.7),
    ),
    History(
        "a little over the budget, as always",
        S,
        (1005, 1000),
        [spent(1000, 1005)] * 4,
        900,
        (0.97, 1),
        (1005, 1050),
    ),
    History("ten by March, new", C, (10, NONE), [], 20, (0.4, 1), (20, 50), 0.25),
    History(
        "paid for years, silent for two",
        S,
        (0, NONE),
        [*[(0, NONE, 0, NONE)] * 2, *[(50, NONE, 100, NONE)] * 4],
        1,
        (0, 0.35),
        (0, 0),
    ),
    History(
        "silent last year, in March",
        C,
        (0, NONE),
        [counted(0, 0), counted(5, 20), counted(6, 22)],
        1,
        (0.05, 0.6),
        (0, 10),
        0.25,
    ),
    History(
        "every other year",
        C,
        (0, NONE),
        [*[counted(0, 0), counted(0, 1)] * 3],
        1,
        (0.2, 0.8),
        (0, 1),
    ),
    History(
        "no accident for two years",
        C,
        (0, NONE),
        [*[counted(0, 0)] * 2, counted(1, 2)],
        1,
        (0.03, 0.5),
        (0, 0),
    ),
    History(
        "an office that began in October last year",
        C,
        (110, NONE),
        [counted(0, 15)],
        150,
        (0.6, 1),
        (150, 300),
    ),
    History(
        "nothing last year, three so far",
        C,
        (3, NONE),
        [counted(0, 0), counted(2, 5), counted(3, 6)],
        4,
        (0.4, 1),
        (4, 7),
    ),
    History("always in autumn", C, (0, NONE), [counted(0, 3)] * 4, 3, (0.4, 1), (2, 3), 0.75),
    History(
        "money, begun in November last year",
        S,
        (600, NONE),
        [(0, NONE, 100, NONE)],
        900,
        (0.4, 0.95),
        (800, 1400),
    ),
]

"""Years made up at random, and put into a warehouse as intake would leave them there."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from random import Random

from sqlalchemy import Connection, Table, insert

from perf_pipeline.domain.target_grammar import parse_target
from perf_pipeline.warehouse.schema import (
    department,
    indicator,
    project,
    register_tables,
    source_file,
    spending_plan,
    target,
)
from perf_pipeline.warehouse.target_values import target_values
from tests.oracle import ENDS, YEAR, MadeProject
from tests.oracle_indicators import WORDS, MadeIndicator

SUPPLIERS = ("甲公司", "乙公司", "丙公司")
PLAN_MONTHS = (2, 3, 5, 6, 8, 9, 10, 12)
Made = tuple[MadeProject, list[MadeIndicator]]


def day_of_year(chance: Random) -> date:
    """Return a day of the year, often one on which something hinges."""
    if chance.random() < 0.3:
        return chance.choice(ENDS) + timedelta(days=chance.choice((0, 0, 1)))
    return date(YEAR, 1, 1) + timedelta(days=chance.randrange(366))


def within(chance: Random) -> date:
    """Return a day that is surely of the year."""
    return min(day_of_year(chance), date(YEAR, 12, 31))


def make_project(chance: Random, name: str, has_ledger: bool) -> MadeProject:
    """Make a project's year; round sums and shares make limits be hit exactly."""
    step = chance.choice((1, 100, 10**6, 10**9))
    budget = chance.choice((None, 0, *(chance.randint(1, 400) * step for _ in range(12))))
    base = budget or 100 * step
    made = MadeProject(name, has_ledger, budget)
    if chance.random() < 0.3:
        for day in {within(chance) for _ in range(chance.randint(1, 2))}:
            made.adjustments.append((day, base * chance.choice((80, 100, 120, 150)) // 100))
    if chance.random() < 0.9:
        months = sorted(chance.sample(PLAN_MONTHS, chance.randint(1, 4)))
        shares = sorted(chance.randrange(0, 101, 5) * 100 for _ in months)
        shares[-1] = 10_000
        days = [_month_end(month) for month in months]
        made.plan = list(zip(days, shares, strict=True))
    if has_ledger:
        for _ in range(chance.randint(0, 5)):
            fen = base * chance.choice((1, 5, 10, 20, 30)) // 100 + chance.choice((0, 0, 0, 1, -1))
            source = chance.choice(("财政资金", "财政资金", "其他资金"))
            fen = -fen if chance.random() < 0.05 else fen
            made.payments.append((within(chance), fen, source, chance.choice(SUPPLIERS)))
        if chance.random() < 0.2:
            made.late.append((date(YEAR + 1, 1, chance.randint(1, 20)), step))
    for _ in range(chance.choice((0, 0, 1, 2))):
        signed = within(chance) - timedelta(days=chance.choice((0, 0, 400)))
        made.contracts.append(
            (signed, chance.choice(SUPPLIERS), base * chance.randint(1, 40) // 100)
        )
    return made


def _month_end(month: int) -> date:
    return date(YEAR + month // 12, month % 12 + 1, 1) - timedelta(days=1)


ASKED_IN_WORDS = (
    ("社会效益", "趋势", "direction", "不断提高"),
    ("考核等次", "持续", "grade", "良好以上"),
    ("办法印发时间", "一次性", "date", "2024年10月31日前完成"),
)


def make_indicators(chance: Random) -> list[MadeIndicator]:
    """Make one indicator of each behaviour."""
    count = chance.randint(1, 60)  # of zero targets there is one of its own
    activities = MadeIndicator(
        "开展活动次数", "累计", chance.choice(("≥", "", ">")), Fraction(count), "次", measured=True
    )
    activities.by_plan = chance.random() < 0.3
    rate = MadeIndicator(
        "覆盖率",
        chance.choice(("持续", "累计")),
        chance.choice(("≥", "", ">", "≤", "<")),
        Fraction(chance.randrange(20, 1001), 10),
        "%",
        measured=False,
    )
    for day in {within(chance) for _ in range(chance.randint(0, 3))}:
        base = chance.choice((10, 20, 1000, 10**12))
        rate.values.append((day, base * chance.randint(0, 40) // 40, base))
    cost = MadeIndicator(
        "总成本", "成本", chance.choice(("≤", "<", "")), Fraction(80), "万元", measured=False
    )
    for day in {within(chance) for _ in range(chance.randint(0, 3))}:
        cost.values.append((day, chance.choice((20, 60, 79, 80, 81)) * 10_000, 1))
    done = MadeIndicator("完成验收", "是否", "", None, "", measured=False, answers="duty", raw="是")
    once = MadeIndicator("建成站点", "一次性", "", Fraction(1), "个", measured=False)
    once.due_on = chance.choice((None, *ENDS))
    for day in {within(chance) for _ in range(chance.randint(0, 2))}:
        done.words.append((day, chance.choice(("是", "否", "已完成", "部分完成", "优"))))
        once.values.append((day, chance.randint(0, 1), 1))
    paid_out = MadeIndicator(
        "及时赔付", "是否", "", None, "", measured=False, every=True, answers="duty", raw="是"
    )
    offences = MadeIndicator("重新犯罪", "持续", "", Fraction(0), "人", measured=False, every=True)
    talks = MadeIndicator(
        "宣讲次数", "累计", "≥", Fraction(6), "次", measured=False, by_period=True
    )
    for day in {within(chance) for _ in range(chance.randint(0, 4))}:
        paid_out.words.append((day, chance.choice(("是", "是", "是", "否"))))
        offences.values.append((day, chance.choice((0, 0, 0, 1, 2)), 1))
        talks.values.append((day, chance.randint(0, 3), 1))
    in_words = [
        MadeIndicator(name, behaviour, "", None, "", measured=False, answers=asks, raw=raw)
        for name, behaviour, asks, raw in ASKED_IN_WORDS
    ]
    for asked in in_words:
        for day in {within(chance) for _ in range(chance.randint(0, 3))}:
            written_on = within(chance)
            written = f"{written_on.year}年{written_on.month}月{written_on.day}日"
            is_date = asked.answers == "date" and chance.random() < 0.7
            asked.words.append((day, written if is_date else chance.choice(WORDS)))
    rate.every = chance.random() < 0.3
    mean = MadeIndicator("月均走访次数", "持续", "≥", Fraction(4), "次", measured=False)
    for day in {within(chance) for _ in range(chance.randint(0, 3))}:
        mean.values.append((day, chance.randint(10, 60), 12))
    for changed in (activities, rate, cost):
        assert changed.wanted is not None
        if chance.random() < 0.25:
            for day in {within(chance) for _ in range(chance.randint(1, 2))}:
                new = Fraction(floor_to_tenth(changed.wanted * chance.randint(5, 15) / 10))
                new = new if changed.unit == "%" else Fraction(max(1, int(new)))
                changed.revisions.append((day, changed.operator, new))
        if chance.random() < 0.3:
            for day in {within(chance) for _ in range(chance.randint(1, 3))}:
                changed.phases.append(
                    (day, Fraction(int(changed.wanted * chance.randint(1, 12) / 10)))
                )
    return [activities, rate, cost, done, once, paid_out, offences, talks, mean, *in_words]


def floor_to_tenth(value: Fraction) -> Fraction:
    """Round down to one decimal."""
    return Fraction(int(value * 10), 10)


def make_years(seed: int, count: int, departments: int) -> list[list[Made]]:
    """Make so many years, shared out among departments; every fifth department has no ledger."""
    chance = Random(seed)
    made: list[list[Made]] = [[] for _ in range(departments)]
    for number in range(count):
        at = number % departments
        one = make_project(chance, f"项目{number}", at % 5 != 4)
        made[at].append((one, make_indicators(chance)))
        activities = made[at][-1][1][0]
        _count_activities(chance, activities)
    return made


def _count_activities(chance: Random, activities: MadeIndicator) -> None:
    """Hold activities on some days; the value of a day is how many there were by then."""
    held = sorted(within(chance) for _ in range(chance.randint(0, 40)))
    days = sorted({date(YEAR, 1, 1), *held})
    activities.values = [(day, sum(each <= day for each in held), 1) for day in days]


def target_text(operator: str, wanted: Fraction, unit: str) -> str:
    """Write a target as people do."""
    number = f"{float(wanted):g}" if wanted.denominator != 1 else str(wanted.numerator)
    return f"{operator}{number}{unit}"


class Filling:
    """Rows on their way into the tables, all of a table at once."""

    def __init__(self) -> None:
        self.rows: dict[Table, list[dict[str, object]]] = {}

    def add(self, table: Table, at: int, key: str, year: int = YEAR, **values: object) -> None:
        """Add a sourced row of a department."""
        known = self.rows.setdefault(table, [])
        row = {"department_id": at, "source_file_id": at, "fiscal_year": year}
        known.append({**row, "row_key": f"{key}｜{len(known)}", **values})

    def write(self, connection: Connection, shuffled: Random) -> None:
        """Insert everything; the order of a table's rows is made up, since it means nothing."""
        for table, rows in self.rows.items():
            connection.execute(insert(table), shuffled.sample(rows, len(rows)))


def fill(connection: Connection, made: list[list[Made]]) -> None:
    """Put made years into an empty warehouse."""
    codes = [{"code": f"d{at}", "name": f"部门{at}"} for at in range(1, len(made) + 1)]
    connection.execute(insert(department), codes)
    file = {"fiscal_year": YEAR, "sha256": "", "size": 0, "read_with": "", "version": 1}
    file |= dict.fromkeys(("rows_read", "rows_loaded", "rows_quarantined", "rows_skipped"), 0)
    file |= {"outcome": "loaded", "loaded_at": date(YEAR, 12, 31)}
    file |= {"rows_read": 1, "rows_loaded": 1}
    kinds = ("contract", "payment", "publicity_activity")
    files = [
        {**file, "department_id": at, "kind": kind, "path": kind}
        for kind in kinds
        for at in range(1, len(made) + 1)
        if kind != "payment" or any(each.has_ledger for each, _ in made[at - 1])
    ]
    connection.execute(insert(source_file), files)
    filling = Filling()
    for at, years in enumerate(made, start=1):
        for ordinal, (one, indicators) in enumerate(years):
            _add_project(filling, at, ordinal, one)
            for number, each in enumerate(indicators):
                _add_indicator(filling, at, 20 * ordinal + number, one.name, each)
    filling.write(connection, Random(len(made)))


def _add_project(filling: Filling, at: int, ordinal: int, one: MadeProject) -> None:
    tables, of = register_tables, {"project_name": one.name}
    filling.add(project, at, one.name, name=one.name, ordinal=ordinal)
    if one.budget is not None:
        filling.add(tables["budget"], at, one.name, total_fen=one.budget, **of)
    for day, fen in one.adjustments:
        filling.add(tables["budget_adjustment"], at, "", effective_on=day, total_fen=fen, **of)
    for day, share in one.plan:
        label = f"{day.month}月底"
        filling.add(spending_plan, at, "", label=label, due_on=day, share_bp=share, **of)
    for number, (day, fen, source, payee) in enumerate(one.payments):
        paid = {"paid_on": day, "amount_fen": fen, "funding_source": source, "payee": payee}
        voucher = f"{one.name}-{number}"
        filling.add(
            tables["payment"], at, "", voucher_no=voucher, belongs_to_year=None, **paid, **of
        )
    for number, (day, fen) in enumerate(one.late):
        paid = {"paid_on": day, "amount_fen": fen, "funding_source": "财政资金", "payee": None}
        voucher = f"{one.name}-late-{number}"
        filling.add(
            tables["payment"],
            at,
            "",
            YEAR + 1,
            voucher_no=voucher,
            belongs_to_year=YEAR,
            **paid,
            **of,
        )
    for number, (day, supplier, fen) in enumerate(one.contracts):
        signed = {"supplier": supplier, "signed_on": day, "amount_fen": fen}
        filling.add(tables["contract"], at, "", contract_no=f"{one.name}-{number}", **signed, **of)


def _add_indicator(filling: Filling, at: int, ordinal: int, of: str, each: MadeIndicator) -> None:
    tables = register_tables
    raw = each.raw if each.wanted is None else target_text(each.operator, each.wanted, each.unit)
    key = f"{of}｜｜{each.name}"
    about = {"project_name": of, "indicator_name": each.name}
    rows = filling.rows
    filling.add(indicator, at, key, project_name=of, name=each.name, ordinal=ordinal)
    values = target_values(raw, parse_target(raw, fiscal_year=YEAR))
    filling.add(target, at, key, **values)
    mapped = {
        "measure": "publicity_activities" if each.measured else "reported",
        "behaviour": each.behaviour,
        "due_on": each.due_on,
        "pace": "支出计划" if each.by_plan else None,
        # zero targets and duties are left to what the product deduces
        "year_rule": "每期都须达到" if each.every and each.name == "覆盖率" else None,
    }
    filling.add(tables["indicator_measure"], at, key, **mapped, **about)
    for table in (indicator, target, tables["indicator_measure"]):
        rows[table][-1]["row_key"] = key
    for day, operator, wanted in each.revisions:
        text = target_text(operator, wanted, each.unit)
        revised = {"effective_on": day, "raw_value": text, "document_no": "调〔2024〕1号"}
        filling.add(tables["target_revision"], at, "", **revised, **about)
    for day, wanted in each.phases:
        text = target_text("", wanted, each.unit)
        filling.add(tables["phase_target"], at, "", due_on=day, raw_value=text, **about)
    if each.measured:
        _add_activities(filling, at, of, each)
        return
    covers = "本期数" if each.by_period else None
    empty = {"reported_text": None, "numerator": None, "denominator": None, "covers": covers}
    for day, numerator, denominator in each.values:
        counts = {"numerator": numerator, "denominator": denominator}
        filling.add(tables["reported_value"], at, "", as_of=day, **{**empty, **counts}, **about)
    for day, word in each.words:
        said = {**empty, "reported_text": word}
        filling.add(tables["reported_value"], at, "", as_of=day, **said, **about)


def _add_activities(filling: Filling, at: int, of: str, each: MadeIndicator) -> None:
    before = 0
    for day, count, _ in each.values:
        for number in range(before, count):
            filling.add(
                register_tables["publicity_activity"],
                at,
                "",
                activity_no=f"{of}-{number}",
                held_on=day,
                project_name=of,
                theme="平安建设",
                form="集中宣讲",
                materials=1,
            )
        before = count

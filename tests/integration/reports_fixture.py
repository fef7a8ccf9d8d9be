"""A judged half-year of one department, put straight into a warehouse, for the report tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert

from perf_pipeline.domain.calendar import Checkpoint
from perf_pipeline.warehouse.dimensions import checkpoint_id, department_id
from perf_pipeline.warehouse.engine import write_transaction
from perf_pipeline.warehouse.schema import (
    alert,
    indicator_result,
    project,
    quarantined_row,
    register_tables,
    source_file,
    spending_plan,
    spending_result,
)
from tests.integration.reports_year import (
    CALENDAR,
    CODE,
    DEPARTMENT,
    LIGHTS,
    NOTICE,
    PROJECT_INDICATORS,
    PROJECTS,
    Q1,
    Q2,
    SECTION_INDICATORS,
    WAN,
    Ind,
)
from tests.judged import write_snapshot


def fill(engine: Engine, *, code: str = CODE, extra: str = "") -> None:
    """Insert the department's documents, ledgers and judgements; `extra` goes into names."""
    with write_transaction(engine) as connection:
        mine = department_id(connection, code, DEPARTMENT + extra)
        document, ledger = _files(connection, mine, "" if code == CODE else f"{code}/")
        for ordinal, each in enumerate(PROJECTS, start=1):
            _project(connection, mine, document, ledger, ordinal, each, extra)
        for at in (Q1, Q2):
            judge(connection, mine, at, extra=extra)
        _alerts(connection, mine, extra)


def _files(connection: Connection, mine: int, of: str) -> tuple[int, int]:
    shared = {
        "department_id": mine,
        "fiscal_year": 2024,
        "read_with": "0" * 64,
        "version": 1,
        "outcome": "loaded",
        "loaded_at": datetime(2024, 7, 5, tzinfo=UTC),
        "rows_skipped": 0,
    }
    files = [
        ("target_document", "2024/targets/2024年部门整体绩效目标.docx", None, 88, 88, 0, 0),
        ("payment", "2024/registers/支付台账.xlsx", NOTICE, 14, 11, 2, 1),
        ("petition_case", "2024/registers/信访事项台账.xlsx", NOTICE, 1260, 1257, 3, 0),
        ("device_inspection", "2024/registers/设备巡检台账.xlsx", NOTICE, 4116, 4116, 0, 0),
    ]
    ids = []
    for number, (kind, path, notice, read, loaded, aside, skipped) in enumerate(files):
        row = {
            **shared,
            "kind": kind,
            "path": path.replace("2024/", f"2024/{of}", 1),
            "notice": notice,
            "sha256": f"{number + 10:x}" * 32 + "c0ffee12" * 4,
            "size": 1000 + number,
            "rows_read": read,
            "rows_loaded": loaded,
            "rows_quarantined": aside,
            "rows_skipped": skipped,
        }
        inserted = insert(source_file).values(row).returning(source_file.c.id)
        ids.append(connection.execute(inserted).scalar_one())
    for file, count, reason in (
        (ids[1], 2, "项目名称与绩效目标文件中的项目不一致"),
        (ids[2], 3, "办结日期早于受理日期"),
    ):
        for row_number in range(count):
            connection.execute(
                insert(quarantined_row).values(
                    source_file_id=file, row_number=row_number + 2, reason=reason
                )
            )
    return ids[0], ids[1]


def _sourced(
    connection: Connection, table: Table, mine: int, file: int, key: str, **values: object
) -> None:
    connection.execute(
        insert(table).values(
            department_id=mine,
            fiscal_year=2024,
            source_file_id=file,
            row_key=key,
            **values,
        )
    )


def _project(
    connection: Connection,
    mine: int,
    document: int,
    ledger: int,
    ordinal: int,
    each: tuple[str, str | None, str, str, float | None, list[int], list[Any]],
    extra: str,
) -> None:
    plain, code, purpose, goals, budget, plan, payments = each
    name = plain + extra
    _sourced(
        connection,
        project,
        mine,
        document,
        name,
        name=name,
        code=code,
        purpose=purpose,
        objectives=goals,
        ordinal=ordinal,
    )
    for at, share in zip(CALENDAR.checkpoints(2024), plan, strict=True):
        _sourced(
            connection,
            spending_plan,
            mine,
            document,
            f"{name}|{at.label}",
            project_name=name,
            label=at.label,
            due_on=at.ends_on,
            share_bp=share * 100,
        )
    if budget is not None:
        fen = round(budget * WAN)
        _sourced(
            connection,
            register_tables["budget"],
            mine,
            document,
            name,
            project_name=name,
            total_fen=fen,
            fiscal_fen=fen,
        )
    for number, (day, amount, source) in enumerate(payments):
        _sourced(
            connection,
            register_tables["payment"],
            mine,
            ledger,
            f"{ordinal}-{number}",
            voucher_no=f"{ordinal}-{number}",
            paid_on=date.fromisoformat(day),
            project_name=name,
            amount_fen=round(amount * WAN),
            funding_source=source,
        )


def judge(connection: Connection, mine: int, at: Checkpoint, *, extra: str = "") -> None:
    """Keep a judgement of the department at a checkpoint, as the evaluation would."""
    tables = {
        spending_result: _spending_rows(at, extra),
        indicator_result: _indicator_rows(at, extra),
    }
    write_snapshot(connection, "monitoring", mine, checkpoint_id(connection, at), tables)


def _spending_rows(at: Checkpoint, extra: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for (name, _, _, _, budget, plan, payments), light in zip(PROJECTS, LIGHTS[at], strict=True):
        amounts = [
            round(amount * WAN)
            for day, amount, _ in payments
            if date.fromisoformat(day) <= at.ends_on
        ]
        paid = sum(amounts)
        planned = plan[at.ordinal - 1] * 100
        share = round(paid * 10_000 / (budget * WAN)) if budget else None
        reason = "没有预算数，无法计算执行率"
        if share is not None:
            ahead = "高于" if share >= planned else "低于"
            reason = (
                f"累计支付占预算{share / 100:.2f}%，计划{at.label}达到{planned / 100:.2f}%，"
                f"{ahead}计划{abs(share - planned) / 100:.2f}个百分点"
            )
        rows.append(
            {
                "project_name": name + extra,
                "budget_fen": round(budget * WAN) if budget else None,
                "paid_fen": paid,
                "payments": len(amounts),
                "planned_label": at.label,
                "planned_bp": planned,
                "actual_bp": share,
                "deviation_bp": None if share is None else share - planned,
                "light": light,
                "reason": reason,
            }
        )
    return rows


def _indicator_rows(at: Checkpoint, extra: str) -> list[dict[str, object]]:
    blocks: list[tuple[str | None, str | None, list[Ind]]] = [
        (name + extra, None, lines)
        for (name, *_), lines in zip(PROJECTS, PROJECT_INDICATORS, strict=True)
    ]
    blocks += [(None, section + extra, lines) for section, lines in SECTION_INDICATORS]
    rows: list[dict[str, object]] = []
    for project_name, section, lines in blocks:
        for level1, level2, name, target, actual, first, second in lines:
            status = first if at == Q1 else second
            shown = None if status in ("no_data", "not_due") else actual
            rows.append(
                {
                    "indicator_key": f"{project_name or section}|{name}",
                    "project_name": project_name,
                    "section": section,
                    "level1": level1,
                    "level2": level2,
                    "name": name + extra,
                    "ordinal": len(rows) + 1,
                    "raw_target": target,
                    "target_kind": "number",
                    "measure": "reported",
                    "behaviour": "持续",
                    "actual_text": shown,
                    "status": status,
                    "reason": _reason(status, shown, target, at),
                }
            )
    return rows


def _reason(status: str, actual: str | None, target: str, at: Checkpoint) -> str:
    return {
        "met": f"实际{actual}，达到目标{target}",
        "on_track": f"累计{actual}，与时间进度相符，全年目标{target}",
        "behind": f"累计{actual}，落后于时间进度，全年目标{target}",
        "missed": f"实际{actual}（1130/1200），未达到目标{target}",
        "not_due": "完成期限未到（2024年底）",
        "no_data": f"截至{at.label}，没有收到填报值",
    }[status]


def _alerts(connection: Connection, mine: int, extra: str) -> None:
    at = checkpoint_id(connection, Q2)
    of_spending = {str(r["project_name"]): r for r in _spending_rows(Q2, extra)}
    rows: list[tuple[str, str, str, str, str, str]] = []
    for name, row in of_spending.items():
        if row["light"] in ("yellow", "ahead", "red"):
            place = f"{DEPARTMENT}／{name}"
            rows.append(
                ("spending", name, str(row["light"]), "预算执行", place, str(row["reason"]))
            )
    for row in _indicator_rows(Q2, extra):
        if row["status"] in ("missed", "behind"):
            place = f"{DEPARTMENT}／{row['project_name'] or row['section']}"
            rows.append(
                (
                    "indicator",
                    str(row["indicator_key"]),
                    str(row["status"]),
                    str(row["name"]),
                    place,
                    str(row["reason"]),
                )
            )
    # raised before the data was mended: it holds no longer
    mended = next(iter(of_spending))
    gap = "累计支付占预算0.00%"
    rows.append(("spending", mended, "red", "预算执行", f"{DEPARTMENT}／{mended}", gap))
    for rule, key, level, subject, place, gap in rows:
        connection.execute(
            insert(alert).values(
                department_id=mine,
                checkpoint_id=at,
                snapshot_id=1,
                rule=rule,
                subject_key=key,
                level=level,
                subject=subject,
                place=place,
                gap=gap,
                since="3月底" if "矛盾" in subject else "6月底",
                evidence="追溯号",
                created_at=datetime(2024, 7, 5, tzinfo=UTC),
            )
        )

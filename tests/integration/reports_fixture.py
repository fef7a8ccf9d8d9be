"""A judged half-year of one department, put straight into a warehouse, for the report tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert

from perf_pipeline.domain.calendar import Checkpoint, FiscalCalendar
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
from tests.judged import write_snapshot

CALENDAR = FiscalCalendar((3, 6, 10, 12))
Q1, Q2, Q3, Q4 = CALENDAR.checkpoints(2024)
NOTICE = "模拟数据：台账为演示而生成，不是实际业务记录"
DEPARTMENT = "高新区政法委"
CODE = "zhengfawei"
WAN = 1_000_000

# name, code, purpose, objectives, budget in 万元 (None: none), plan in %, payments in 万元
PROJECTS: list[tuple[str, str | None, str, str, float | None, list[int], list[Any]]] = [
    (
        "雪亮工程二期尾款及维修保养项目",
        None,
        "雪亮工程二期无质量问题，按照合同约定，支付合同总价款的3%。",
        "雪亮工程二期建项目三年内无质量问题，支付合同总价款的3%。",
        45.6,
        [0, 0, 100, 100],
        [("2024-05-20", 13.68, "财政资金")],
    ),
    (
        "综治重点工作经费",
        None,
        "按照省市工作部署，用于推进2024年各项综治重点工作。",
        "组织开展精神障碍责任险和以奖代补及市域社会治理宣传、平安建设、扫黑除恶斗争、"
        "铁路护路联防等工作，营造宣传氛围，激发平安创建的积极性。",
        120,
        [30, 70, 90, 100],
        [
            ("2024-01-25", 12.4, "财政资金"),
            ("2024-02-28", 9.85, "财政资金"),
            ("2024-03-18", 13.1, "财政资金"),
            ("2024-04-22", 11.245678, "财政资金"),
            ("2024-06-11", 16.9, "财政资金"),
        ],
    ),
    (
        "社会治安保险",
        None,
        "为辖区常住村（居）民参加社会治安保险。",
        "调动和激发广大群众参与群防群治的积极性，不断提高社会治安管理能力，有力促进平安高新建设。",
        None,
        [0, 100, 100, 100],
        [("2024-06-05", 31.5, "财政资金")],
    ),
    (
        "信访维稳经费",
        "2010308",
        "主要用于信访维稳及信访宣传。",
        "维护社会稳定工作，协调保障国家省市和区重大政治活动顺利进行负责组织信访苗头隐患排查调处工作。\n"
        "做好信访活动的宣传工作。",
        80,
        [20, 50, 80, 100],
        [
            ("2024-02-06", 9.2, "财政资金"),
            ("2024-03-29", 6.3, "财政资金"),
            ("2024-05-16", 14.05, "财政资金"),
            ("2024-06-27", 8.6, "财政资金"),
        ],
    ),
]
LABELS = [point.label for point in CALENDAR.checkpoints(2024)]
LIGHTS = {
    Q1: ["green", "green", "unknown", "green"],
    Q2: ["ahead", "yellow", "unknown", "green"],
    Q4: ["red", "red", "unknown", "red"],
}

# level 1, level 2, name, target, actual at Q2, status at Q1, status at Q2
Ind = tuple[str | None, str | None, str, str, str | None, str, str]
PROJECT_INDICATORS: list[list[Ind]] = [
    [
        ("产出指标", "数量指标", "设备数量", "343个", "343个", "met", "met"),
        ("产出指标", "质量指标", "设备完好率", "≥95%", "96.21%", "met", "met"),
        ("产出指标", "时效指标", "设备在线率", "≥95%", "94.17%", "met", "missed"),
        ("产出指标", "成本指标", "工程质量完好率", "≥95%", "97.08%", "met", "met"),
        ("产出指标", "质量指标", "网络连通性", "是", "是", "met", "met"),
        ("效果指标", "社会效益指标", "维护社会稳定", "是", None, "no_data", "no_data"),
        ("效果指标", "可持续影响指标", "工作效率不断提高", "不断提高", None, "no_data", "no_data"),
        ("满意度指标", "服务对象满意度指标", "群众满意度", "≥90%", "92.40%", "no_data", "met"),
    ],
    [
        ("产出指标", "质量指标", "信息采集覆盖率", "100%", "100.00%", "met", "met"),
        ("产出指标", "质量指标", "矛盾纠纷化解率", "100%", "97.33%", "missed", "missed"),
        ("产出指标", "数量指标", "账号数量", "200个", "120个", "on_track", "on_track"),
        (
            "产出指标",
            "数量指标",
            "制作宣传品数量",
            "≥50000张/册",
            "18600张/册",
            "on_track",
            "behind",
        ),
        ("产出指标", "时效指标", "活动次数", "≥3次", "2次", "on_track", "on_track"),
        ("产出指标", "成本指标", "管理人数占比", "≥95%", "95.60%", "met", "met"),
        ("效果指标", "可持续影响指标", "参保率", "≥95%", "95.60%", "met", "met"),
        ("满意度指标", "服务对象满意度指标", "群众满意度", "≥85%", "88.12%", "met", "met"),
    ],
    [
        ("产出指标", "质量指标", "参保完成率", "≥95%", "96.87%", "no_data", "met"),
        ("产出指标", "质量指标", "保险覆盖率", "100%", "100.00%", "no_data", "met"),
        ("产出指标", "质量指标", "保险赔付率", "100%", None, "no_data", "no_data"),
        ("产出指标", "数量指标", "宣传次数", "≥3次", "1次", "on_track", "on_track"),
        ("产出指标", "成本指标", "投保成本", "10元/户", "10.00元/户", "no_data", "met"),
        ("产出指标", "时效指标", "及时赔付", "是", None, "no_data", "no_data"),
        ("效果指标", "社会效益", "政策知晓率", "≥90%", "91.05%", "no_data", "met"),
        ("效果指标", "社会效益", "出险服务", "是", None, "no_data", "no_data"),
        ("效果指标", "可持续影响指标", "自愿选择产品类别", "是", "是", "met", "met"),
        ("满意度指标", "服务对象满意度指标", "群众满意度", "≥90%", "90.48%", "no_data", "met"),
    ],
    [
        ("产出指标", "数量指标", "信访事项按期受理情况", "≥90%", "98.31%", "met", "met"),
        ("产出指标", "质量指标", "结案率", "≥80%", "93.10%", "met", "met"),
        ("产出指标", "时效指标", "解决信访事项", "≥80%", "86.67%", "met", "met"),
        ("产出指标", "成本指标", "预算执行率", "≥95%", "47.69%", "on_track", "on_track"),
        ("效果指标", "社会效益指标", "按期受理率", "≥90%", "98.31%", "met", "met"),
        (
            "满意度指标",
            "服务对象满意度指标",
            "信访群众满意度",
            "≥85%",
            "84.62%",
            "no_data",
            "missed",
        ),
    ],
]
SECTION_INDICATORS: list[tuple[str, list[Ind]]] = [
    (
        "（一）社区矫正稳防线，普法意识入人心",
        [
            (None, None, "普法工作覆盖率", "90%", "92.00%", "met", "met"),
            (None, None, "社区矫正人员规范化管理", "100%", "100.00%", "met", "met"),
        ],
    ),
    (
        "（二）法律援助助人民,人民调解解民忧",
        [
            (None, None, "群众对人民调解工作满意度", "达95%", None, "no_data", "no_data"),
            (None, None, "案件调解成功率", "达到95%", "96.15%", "missed", "met"),
        ],
    ),
    (
        "（三）抓住重点扎实推进司法所规范化建设",
        [
            (None, None, "创建规范化司法所", "1个", None, "not_due", "not_due"),
        ],
    ),
    (
        "（五）扎实推进社区矫正工作规范化",
        [(None, None, "脱管、漏管人数", "0脱漏管", "0人", "met", "met")],
    ),
    (
        "（六）做好年度维护社会稳定工作",
        [
            (
                None,
                None,
                "实际涉法涉诉信访案件发生情况及时进行评查",
                "≥98%",
                "98.00%",
                "met",
                "met",
            ),
            (None, None, "开展宣传活动的种类", "≥2种", "3种", "on_track", "met"),
            (None, None, "开展涉法涉诉调度会", "≥2次", "0次", "on_track", "behind"),
        ],
    ),
]


def fill(engine: Engine, *, code: str = CODE, extra: str = "") -> None:
    """Insert the department's documents, ledgers and judgements; `extra` goes into names."""
    with write_transaction(engine) as connection:
        mine = department_id(connection, code, DEPARTMENT + extra)
        document, ledger = _files(connection, mine)
        for ordinal, each in enumerate(PROJECTS, start=1):
            _project(connection, mine, document, ledger, ordinal, each, extra)
        for at in (Q1, Q2):
            judge(connection, mine, at, extra=extra)
        _alerts(connection, mine, extra)


def _files(connection: Connection, mine: int) -> tuple[int, int]:
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
            "path": path,
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

"""The interface table PAY_PERF_MONITOR_INFO (绩效监控信息): one row an item's project or indicator.

Field names as an implementation of the ministry's interface has them; the standard itself was not
seen. What the warehouse does not know stays empty: the numbers of tasks and agencies. Made-up data
say so beside the department's name.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from perf_pipeline.items.standings import Item
from perf_pipeline.items.state import OVER, State
from perf_pipeline.monitoring.results import IndicatorOf, SpendingOf
from perf_pipeline.reports.notices import made_up

FIELDS = (
    *("perf_mon_id", "perf_task_id", "perf_mon_no", "perf_type_code", "perf_type_name"),
    *("agency_code", "agency_name", "dept_code", "dept_name", "pro_code", "pro_name"),
    *("kpi_target", "pro_bgt_comp", "est_pro_bgt_annual"),
    *("lv1_perf_ind_code", "lv1_perf_ind_name", "lv2_perf_ind_code", "lv2_perf_ind_name"),
    *("lv3_perf_ind_code", "lv3_perf_ind_name", "kpi_val", "perf_comp", "est_perf_annual"),
    *("ana_dev_reasons", "complete_rate", "perf_send_date", "is_perf_rectify"),
    *("rectify_advise", "rectify_epilog", "is_last_inst", "times", "is_deleted"),
)
YES, NO = "1", "2"  # the interface's own: 1 yes, 2 no


def monitor_info(items: Iterable[Item]) -> str:
    """Return the rows as CSV with the interface's field names, in the order of the items."""
    written = io.StringIO()
    writer = csv.DictWriter(written, FIELDS, restval="")
    writer.writeheader()
    writer.writerows(_row(each) for each in items if each.now is not None)
    return written.getvalue()


def _row(item: Item) -> dict[str, str]:
    assert item.now is not None
    row, answer = item.now.row, item.answer
    mark = made_up(item.notices)
    asked = item.standing.state is not State.WATCHED
    common = {
        "perf_mon_id": str(item.id),
        "perf_mon_no": str(item.id),
        "perf_type_code": "1",
        "perf_type_name": "部门自行监控",
        "dept_code": item.department_code,
        "dept_name": f"{item.department}（{mark}）" if mark else item.department,
        "pro_name": row.project_name or "",
        "ana_dev_reasons": f"{answer.category}：{answer.words}" if answer else "",
        "is_perf_rectify": YES if asked else NO,
        "rectify_advise": item.standing.words if asked else "",
        "rectify_epilog": item.standing.state.label if asked else "",
        "is_last_inst": YES if item.standing.state in OVER else NO,
        "is_deleted": NO,
    }
    if isinstance(row, SpendingOf):
        return common | {"pro_bgt_comp": row.told("actual_bp")}
    assert isinstance(row, IndicatorOf)
    return common | {
        "lv1_perf_ind_name": row.level1 or "",
        "lv2_perf_ind_name": row.level2 or "",
        "lv3_perf_ind_name": row.name,
        "kpi_val": row.raw_target,
        "perf_comp": row.actual_text or "",
    }

"""The words of alerts' levels (级别): lights, statuses, chances, what is told of files and days."""

from __future__ import annotations

from perf_pipeline.domain.outlook import Likelihood
from perf_pipeline.domain.status import Light, Status

LEVEL_LABELS = {
    **{str(word): word.label for words in (Light, Status, Likelihood) for word in words},
    "missing": "无数据",
    "refused": "拒收",
    "failed": "读入失败",
    "quarantined": "有隔离行",
    "late": "迟报",
    "changed": "已变更",
    "worse": "预计变差",
    "overdue": "超期未办",
    "soon": "即将到期",
    "due": "待报送",
    "overspent": "超出预算",
    "plan_passed": "计划时点已过",
    "money_ahead": "资金快于目标",
    "goals_ahead": "目标快于资金",
    "differs": "复算不一致",
    "confirmed": "属实",
}

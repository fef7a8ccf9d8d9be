"""Foot rows (表尾): what stands below the indicators of a form is no indicator."""

from __future__ import annotations

import re

from perf_pipeline.documents.labels import after_colon, label, squeeze
from perf_pipeline.documents.lines import Line

_FOOT = re.compile(
    r"(?:合计|总计|总分|小计|总得分|自评总分|评价等级|自评等级|填表人|填报人|填表说明|填报说明|注|说明|备注|"
    r"项目负责人|财务负责人|部门负责人|单位负责人|负责人|经办人|联系人|联系电话|审核人?|填报日期|填表日期|"
    r"评价结论|存在问题|改进措施|其他需要?说明的?(?:问题|事项)|主管部门审核意见|审核意见|财政部门.*|数据来源|"
    r".*(?:盖章|签章|签字)|.*(?:审核|初审)意见)"
)
_SEALED = re.compile(r"[(（](?:盖章|签章|签字|公章)[)）]|^(?:盖章|签字)")


def ends_indicators(line: Line) -> bool:
    """Tell whether a line stands below the indicators: sums, notes, signatures."""
    filled = line.filled
    if not filled:
        return False
    first = filled[0]
    bare = label(first.text)
    if _FOOT.fullmatch(bare) or _SEALED.search(squeeze(first.text)):
        return True
    pair = after_colon(first.text)
    return len(filled) <= 4 and pair is not None and _FOOT.fullmatch(pair[0]) is not None

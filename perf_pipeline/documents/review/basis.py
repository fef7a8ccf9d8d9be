"""What the rules of the review follow from: official texts, and reasons of the field."""

from __future__ import annotations

_GOALS = "财预〔2015〕88号《中央部门预算绩效目标管理办法》"
_CORE = "财预〔2021〕101号《中央部门项目支出核心绩效目标和指标设置及取值指引（试行）》"
_EVALUATION = "财预〔2020〕10号《项目支出绩效评价管理办法》"
_MONITORING = "财预〔2019〕136号《中央部门预算绩效运行监控管理暂行办法》"

COMPLETE = f"{_GOALS}：审核绩效目标的完整性，内容应完整、明确、清晰"
MEASURABLE = f"{_GOALS}：绩效目标应细化量化；不能量化的可定性表述，但应可衡量"
FEASIBLE = f"{_GOALS}：绩效目标应合理可行，符合客观实际"
MATCHED = f"{_GOALS}：绩效目标应与任务数、计划数和资金量相匹配"
SECOND_LEVELS = f"{_GOALS}：产出指标分数量、质量、时效、成本，与效益、满意度指标各归其类"
FIRST_LEVELS = f"{_CORE}：原则上每个项目都应设置产出指标和效益指标"
SATISFACTION = f"{_GOALS}：绩效指标包括满意度指标；{_CORE}：按实际需要选设"
FEW_AND_CORE = f"{_CORE}：指标应重点突出，不重复设置"
WEIGHTS = f"{_EVALUATION}：自评满分100分，其中预算执行率10分，绩效指标90分"
GROUP_WEIGHTS = (
    f"{_EVALUATION}：权重原则上为产出指标50、效益指标30、满意度指标10、预算执行率10；"
    f"{_CORE}：单设成本指标的，成本20、产出40、效益20、满意度10"
)
SCORED = f"{_EVALUATION}：得分依据实际完成值与目标值的比较，未完成的按比例计分并说明原因"
EXECUTION_SCORED = f"{_EVALUATION}：预算执行率在自评中单独占10分"
DOUBLE_WATCH = f"{_MONITORING}：对预算执行情况和绩效目标实现程度同时监控，须有计划可比"
YEARLY = f"{_GOALS}：年度绩效目标是当年预算资金预期达到的产出和效果"
ARITHMETIC = "合计应等于各部分之和"
CONSISTENT = f"{_GOALS}：项目绩效目标是部门整体绩效目标的分解，二者应衔接一致"
UNITS = "指标值的单位应与指标所计量的事物一致，否则无法比较实际完成值"
DIRECTION = "越高越好的指标用“≥”，越低越好的指标用“≤”，否则达标与否会判反"

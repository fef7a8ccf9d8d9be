"""A made-up year of a department's registers, by a fixed seed. Nothing here is real.

The year tells a story, by construction:

- 信访维稳经费 is on plan at every checkpoint;
- 综治重点工作经费 is behind at 3月底 and far behind at 6月底, and has caught up by 10月底;
- 社会治安保险 is overspent from 10月底 on;
- 雪亮工程二期尾款及维修保养项目 has paid nothing at its only checkpoint, 10月底;
- closing petition cases in time sinks below its threshold over the summer, satisfaction is below
  it all year; mediation and devices are above theirs, pole foundations below.
"""

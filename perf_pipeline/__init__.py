"""Budget performance monitoring (预算绩效运行监控): targets against money and results."""

import gc

# what libraries set up lives as long as the process: as often as Python does by itself, looking
# for garbage among it takes a sixth of a run's processor time
gc.set_threshold(20_000, 10, 10)

"""Budget performance monitoring (预算绩效运行监控): targets against money and results."""

"""Monitoring (绩效运行监控): spending against plan, indicators against target."""

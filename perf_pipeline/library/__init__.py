"""The indicator library (绩效指标库): what indicators are usually called, and what they are."""

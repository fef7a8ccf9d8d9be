"""The common lines of the whole-department form (部门整体绩效共性指标), from registers."""

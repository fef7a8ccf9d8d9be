"""Target documents (绩效目标文件): from Word or text to projects, plans, budgets and indicators."""

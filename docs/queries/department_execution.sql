-- 各部门在各检查点的执行率：先加金额，最后相除；没有预算或台账的项目不计入
SELECT
    d.department_name,
    c.quarter,
    COUNT(*) AS projects,
    ROUND(SUM(s.paid_fen) / 100.0, 2) AS paid_yuan,
    ROUND(SUM(s.budget_fen) / 100.0, 2) AS budget_yuan,
    ROUND(SUM(s.paid_fen) * 1.000000 / NULLIF(SUM(s.budget_fen), 0), 4) AS execution_rate
FROM fact_spending AS s
JOIN dim_department AS d ON d.department_id = s.department_id
JOIN dim_checkpoint AS c ON c.checkpoint_id = s.checkpoint_id
WHERE s.paid_fen IS NOT NULL AND s.budget_fen IS NOT NULL
GROUP BY d.department_name, c.quarter
ORDER BY d.department_name, c.quarter

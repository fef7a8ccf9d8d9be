-- 尚未解除的预警，按级别和部门，连同现状
SELECT d.department_name, c.quarter, a.rule, a.level, a.place, a.subject, a.gap, a.state
FROM fact_alert AS a
JOIN dim_department AS d ON d.department_id = a.department_id
JOIN dim_checkpoint AS c ON c.checkpoint_id = a.checkpoint_id
WHERE a.state IN ('new', 'repeated', 'acknowledged', 'escalated')
ORDER BY d.department_name, c.quarter, a.rule, a.level, a.alert_id

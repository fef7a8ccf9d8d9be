-- 还没有说明原因的偏差：项目的灯和指标的状态，连同差在哪里
SELECT c.quarter, s.project_name, '预算执行' AS subject, l.light_label AS judgement, s.reason
FROM fact_spending AS s
JOIN dim_checkpoint AS c ON c.checkpoint_id = s.checkpoint_id
JOIN dim_light AS l ON l.light = s.light
WHERE l.is_deviation AND s.cause IS NULL
UNION ALL
SELECT c.quarter, COALESCE(i.project_name, i.section), i.indicator_name, w.status_label, i.reason
FROM fact_indicator AS i
JOIN dim_checkpoint AS c ON c.checkpoint_id = i.checkpoint_id
JOIN dim_status AS w ON w.status = i.status
WHERE w.is_deviation AND i.cause IS NULL
ORDER BY 1, 2, 3

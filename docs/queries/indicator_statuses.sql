-- 各检查点的指标按状态计数，没有的状态也列出
SELECT
    c.quarter,
    w.status_label,
    COUNT(i.indicator_id) AS indicators
FROM dim_checkpoint AS c
CROSS JOIN dim_status AS w
LEFT JOIN fact_indicator AS i ON i.checkpoint_id = c.checkpoint_id AND i.status = w.status
GROUP BY c.quarter, w.status_label, w.ordinal
ORDER BY c.quarter, w.ordinal

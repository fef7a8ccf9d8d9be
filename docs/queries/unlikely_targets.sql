-- 年底前不太可能完成的指标：可能性低于一半的，最不可能的在前
SELECT c.quarter, i.project_name, i.section, i.indicator_name, i.raw_target, o.probability, o.reason
FROM fact_outlook AS o
JOIN fact_indicator AS i
    ON i.indicator_key = o.indicator_key AND i.checkpoint_id = o.checkpoint_id
JOIN dim_checkpoint AS c ON c.checkpoint_id = o.checkpoint_id
WHERE o.probability < 0.5
ORDER BY c.quarter, o.probability, i.indicator_key

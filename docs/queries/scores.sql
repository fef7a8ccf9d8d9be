-- 年终自评：各项目得分、其中没有数据的分值，连同扣分最多的一项
SELECT
    s.project_name,
    s.score_points,
    s.missing_points,
    s.grade,
    worst.indicator_name AS most_lost_on,
    ROUND(worst.full_points - worst.score_points, 2) AS points_lost
FROM fact_score AS s
JOIN fact_score_line AS worst ON worst.project_key = s.project_key
WHERE worst.score_line_id = (
    SELECT l.score_line_id
    FROM fact_score_line AS l
    WHERE l.project_key = s.project_key
    ORDER BY l.full_points - l.score_points DESC, l.ordinal
    LIMIT 1
)
ORDER BY s.project_name

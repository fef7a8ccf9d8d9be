-- 对账：支付台账截至检查点的合计，与评价时的累计支付；相差为零才对得上
SELECT
    c.quarter,
    s.project_name,
    s.paid_fen AS judged_fen,
    COALESCE(SUM(p.amount_fen), 0) AS vouchers_fen,
    s.paid_fen - COALESCE(SUM(p.amount_fen), 0) AS difference_fen
FROM fact_spending AS s
JOIN dim_checkpoint AS c ON c.checkpoint_id = s.checkpoint_id
LEFT JOIN fact_payment AS p ON p.project_key = s.project_key AND p.paid_on <= c.ends_on
WHERE s.paid_fen IS NOT NULL
GROUP BY c.quarter, s.project_name, s.paid_fen
ORDER BY c.quarter, s.project_name

-- 各项目全年支付，按资金来源，连同占该项目支付的比重
SELECT
    p.project_name,
    p.funding_source,
    COUNT(*) AS vouchers,
    ROUND(SUM(p.amount_fen) / 100.0, 2) AS paid_yuan,
    ROUND(SUM(p.amount_fen) * 1.000000 / NULLIF(whole.paid_fen, 0), 4) AS share
FROM fact_payment AS p
JOIN (
    SELECT project_key, SUM(amount_fen) AS paid_fen FROM fact_payment GROUP BY project_key
) AS whole ON whole.project_key = p.project_key
GROUP BY p.project_name, p.funding_source, whole.paid_fen
ORDER BY p.project_name, p.funding_source

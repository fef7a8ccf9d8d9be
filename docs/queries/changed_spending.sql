-- 重述：同一项目同一检查点，后一版与前一版不同的累计支付
SELECT
    c.quarter,
    after.project_name,
    before.version AS version_before,
    after.version AS version_after,
    before.paid_yuan AS paid_before,
    after.paid_yuan AS paid_after,
    ROUND((after.paid_fen - before.paid_fen) / 100.0, 2) AS difference_yuan
FROM fact_spending_all_versions AS after
JOIN fact_spending_all_versions AS before
    ON before.project_key = after.project_key
    AND before.checkpoint_id = after.checkpoint_id
    AND before.version = after.version - 1
JOIN dim_checkpoint AS c ON c.checkpoint_id = after.checkpoint_id
WHERE after.paid_fen <> before.paid_fen
ORDER BY c.quarter, after.project_name, after.version

-- The report tables of a made-up city at one checkpoint; `bare_sql` fills in what stands in braces.

CREATE TABLE {spending_result} AS
WITH paid AS (
    SELECT department_id, project_name, SUM(amount_fen) AS paid_fen, COUNT(*) AS payments
    FROM payment
    WHERE closed_by_id IS NULL AND fiscal_year = {year} AND paid_on <= '{until}'
    GROUP BY department_id, project_name
), known AS (
    SELECT budget.department_id, budget.project_name, total_fen AS budget_fen,
        CAST(COALESCE(paid_fen, 0) AS BIGINT) AS paid_fen, COALESCE(payments, 0) AS payments,
        plan.label AS planned_label, plan.share_bp AS planned_bp, coming.share_bp AS coming_bp
    FROM budget
    JOIN spending_plan AS plan ON plan.department_id = budget.department_id
        AND plan.fiscal_year = budget.fiscal_year AND plan.closed_by_id IS NULL
        AND plan.row_key = budget.project_name || '｜{month}月底'
    LEFT JOIN spending_plan AS coming ON coming.department_id = budget.department_id
        AND coming.fiscal_year = budget.fiscal_year AND coming.closed_by_id IS NULL
        AND coming.row_key = budget.project_name || '｜{next_month}月底'
    LEFT JOIN paid ON paid.department_id = budget.department_id
        AND paid.project_name = budget.project_name
    WHERE budget.closed_by_id IS NULL AND budget.fiscal_year = {year}
), rounded AS (
    SELECT *, paid_fen * 10000 - planned_bp * budget_fen AS above,
        (paid_fen * 20000 + budget_fen) / (2 * budget_fen) AS paid_bp,
        (budget_fen * planned_bp + 9999) / 10000 * {elapsed} AS wanted,
        (budget_fen * coming_bp + 9999) / 10000 - paid_fen AS due_fen
    FROM known
), judged AS (
    SELECT *,
        CASE WHEN above < 0 AND paid_fen > 0 AND NOT {last} AND wanted <= paid_fen * 3660
            THEN (wanted + paid_fen - 1) / paid_fen END AS days,
        paid_bp + CASE WHEN paid_bp IN (planned_bp, planned_bp - 1000, planned_bp - 2000,
                planned_bp + 2000, 10000)
            THEN CAST(SIGN(paid_fen * 10000 - paid_bp * budget_fen) AS BIGINT) ELSE 0
            END AS actual_bp
    FROM rounded
)
SELECT department_id, project_name, budget_fen, budget_fen AS initial_budget_fen, paid_fen,
    payments, planned_label, planned_bp, actual_bp, actual_bp - planned_bp AS deviation_bp,
    CASE WHEN paid_fen > budget_fen OR above < -2000 * budget_fen THEN 'red'
        WHEN above < -1000 * budget_fen THEN 'yellow'
        WHEN above > 2000 * budget_fen THEN 'ahead' ELSE 'green' END AS light,
    -1000 AS yellow_bp, -2000 AS red_bp, 2000 AS ahead_bp, {reaches_on} AS reaches_on,
    CASE WHEN above >= 0 THEN 0 ELSE days - {elapsed} END AS days_behind,
    CASE WHEN due_fen < 0 THEN 0 ELSE due_fen END AS due_next_fen
FROM judged;

CREATE TABLE {spending_line} AS
WITH whole AS (
    SELECT department_id, COUNT(*) AS projects, CAST(SUM(budget_fen) AS BIGINT) AS budget_fen,
        CAST(SUM(paid_fen) AS BIGINT) AS paid_fen,
        CAST(SUM(planned_bp * budget_fen) AS BIGINT) AS planned_parts
    FROM {spending_result} GROUP BY department_id
), sums AS (
    SELECT 'project_source' AS level, department_id, project_name, '财政资金' AS name,
        1 AS projects, budget_fen, paid_fen, planned_bp * budget_fen AS planned_parts
    FROM {spending_result}
    UNION ALL SELECT 'source', department_id, NULL, '财政资金', projects, budget_fen, paid_fen,
        planned_parts FROM whole
    UNION ALL SELECT 'section', department_id, NULL, '未分', projects, budget_fen, paid_fen,
        planned_parts FROM whole
    UNION ALL SELECT 'department', department_id, NULL, '合计', projects, budget_fen, paid_fen,
        planned_parts FROM whole
), rounded AS (
    SELECT *, paid_fen * 10000 - planned_parts AS above,
        (planned_parts * 2 + budget_fen) / (2 * budget_fen) AS planned_bp,
        (paid_fen * 20000 + budget_fen) / (2 * budget_fen) AS paid_bp,
        ((paid_fen * 10000 - planned_parts) * 2 + budget_fen * 40001) / (2 * budget_fen) - 20000
            AS above_bp
    FROM sums
)
SELECT department_id, level, project_name, name, projects, 0 AS left_out, budget_fen, paid_fen,
    planned_parts, planned_bp,
    paid_bp + CASE WHEN paid_bp = 10000
        THEN CAST(SIGN(paid_fen - budget_fen) AS BIGINT) ELSE 0 END AS actual_bp,
    above_bp + CASE WHEN above_bp IN (0, -1000, -2000, 2000)
        THEN CAST(SIGN(above - above_bp * budget_fen) AS BIGINT) ELSE 0 END AS deviation_bp,
    CASE WHEN paid_fen > budget_fen OR above < -2000 * budget_fen THEN 'red'
        WHEN above < -1000 * budget_fen THEN 'yellow'
        WHEN above > 2000 * budget_fen THEN 'ahead' ELSE 'green' END AS light,
    -1000 AS yellow_bp, -2000 AS red_bp, 2000 AS ahead_bp
FROM rounded;

CREATE TABLE {measure_value} AS
WITH counted AS MATERIALIZED (
    SELECT department_id,
        COUNT(*) FILTER (WHERE accepted_on <= '{until}' OR accept_by < '{until}') AS to_accept,
        COUNT(*) FILTER (WHERE accepted_on <= '{until}' AND accepted_on <= accept_by) AS accepted,
        COUNT(*) FILTER (WHERE closed_on <= '{until}' OR close_by < '{until}') AS to_close,
        COUNT(*) FILTER (WHERE closed_on <= '{until}' AND closed_on <= close_by) AS closed,
        COUNT(*) FILTER (WHERE channel = '网上'
            AND (accepted_on <= '{until}' OR accept_by < '{until}')) AS to_accept_online,
        COUNT(*) FILTER (WHERE channel = '网上'
            AND accepted_on <= '{until}' AND accepted_on <= accept_by) AS accepted_online,
        COUNT(*) FILTER (WHERE channel = '网上'
            AND (closed_on <= '{until}' OR close_by < '{until}')) AS to_close_online,
        COUNT(*) FILTER (WHERE channel = '网上'
            AND closed_on <= '{until}' AND closed_on <= close_by) AS closed_online,
        COUNT(satisfaction) FILTER (WHERE closed_on <= '{until}') AS rated,
        COUNT(*) FILTER (WHERE closed_on <= '{until}'
            AND satisfaction IN ('满意', '基本满意')) AS satisfied
    FROM (
        SELECT department_id, channel, satisfaction, accepted_on, closed_on,
            {accept_by} AS accept_by, {close_by} AS close_by
        FROM petition_case
        WHERE closed_by_id IS NULL AND fiscal_year = {year} AND received_on <= '{until}'
    ) AS cases
    GROUP BY department_id
), figures AS (
    SELECT department_id, 'petition_on_time_acceptance' AS measure, NULL AS project_name,
        accepted AS numerator, to_accept AS denominator FROM counted
    UNION ALL SELECT department_id, 'petition_on_time_closing', NULL, closed, to_close
        FROM counted
    UNION ALL SELECT department_id, 'petition_online_acceptance', NULL, accepted_online,
        to_accept_online FROM counted
    UNION ALL SELECT department_id, 'petition_online_closing', NULL, closed_online,
        to_close_online FROM counted
    UNION ALL SELECT department_id, 'petition_satisfaction', NULL, satisfied, rated FROM counted
    UNION ALL SELECT department_id, 'execution_rate', project_name, paid_fen, budget_fen
        FROM {spending_result}
    UNION ALL SELECT department_id, 'paid_fen', project_name, paid_fen, 1 FROM {spending_result}
    UNION ALL SELECT department_id, 'payments', project_name, payments, 1 FROM {spending_result}
)
SELECT *, numerator AS year_numerator, denominator AS year_denominator
FROM figures WHERE denominator > 0;

CREATE TABLE {indicator_result} AS
WITH seen AS (
    SELECT indicator.department_id, indicator.row_key AS indicator_key, indicator.project_name,
        level1, level2, name, ordinal, raw_value AS raw_target, kind AS target_kind, operator,
        value_micro AS target_micro, unit, fed.measure,
        CASE WHEN unit = '%' THEN '持续' ELSE '累计' END AS behaviour, FALSE AS behaviour_given,
        CASE WHEN unit <> '%' THEN 'total' WHEN fed.measure LIKE 'petition%' THEN 'pooled'
            ELSE 'state' END AS year_rule,
        COALESCE(figure.numerator, paid_fen, said.numerator, {told}) AS numerator,
        COALESCE(figure.denominator, budget_fen, said.denominator,
            CASE WHEN reported_text IS NOT NULL THEN 1 END) AS denominator
    FROM indicator
    JOIN target ON target.department_id = indicator.department_id
        AND target.fiscal_year = indicator.fiscal_year AND target.closed_by_id IS NULL
        AND target.row_key = indicator.row_key
    JOIN indicator_measure AS fed ON fed.department_id = indicator.department_id
        AND fed.fiscal_year = indicator.fiscal_year AND fed.closed_by_id IS NULL
        AND fed.row_key = indicator.row_key
    LEFT JOIN {measure_value} AS figure ON figure.department_id = indicator.department_id
        AND figure.measure = fed.measure AND figure.project_name IS NULL
    LEFT JOIN {spending_result} AS spent ON fed.measure = 'execution_rate'
        AND spent.department_id = indicator.department_id
        AND spent.project_name = indicator.project_name
    LEFT JOIN reported_value AS said ON fed.measure = 'reported'
        AND said.department_id = indicator.department_id
        AND said.fiscal_year = indicator.fiscal_year AND said.closed_by_id IS NULL
        AND said.row_key = indicator.row_key || '｜{until}'
    WHERE indicator.closed_by_id IS NULL AND indicator.fiscal_year = {year}
)
SELECT *,
    CASE WHEN numerator IS NULL THEN 'no_data'
        WHEN numerator * CASE WHEN unit = '%' THEN 100000000 ELSE 1000000 END
            >= target_micro * denominator THEN 'met'
        WHEN unit = '%' OR {last} THEN 'missed'
        WHEN numerator >= target_micro * {month} / 12000000 THEN 'on_track'
        ELSE 'behind' END AS status
FROM seen;

-- What a government's own consolidated report states, beside the sums of its office (A01).
--
-- In:  pairs(office_id, unit_id)           governments with the office whose units they consolidate
--      reports, cells, fold                as for consolidate.sql
--      consolidated, consolidated_tree     the office's sums
WITH stated AS (
    SELECT cells.unit_id, fold.target AS cell_id, cells.value
    FROM cells
    JOIN reports USING (unit_id)
    JOIN fold USING (cell_id)
    WHERE reports.state = 'read' AND cells.status IN ('reported', 'inferred') AND cells.value IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY cells.unit_id, fold.target ORDER BY fold.rank, cells.cell_id) = 1
)
SELECT
    pairs.unit_id,
    pairs.office_id,
    CAST(getvariable('year') AS SMALLINT) AS year,
    stated.cell_id,
    stated.value AS reported,
    consolidated.value AS consolidated,
    consolidated_tree.value AS consolidated_tree,
    CAST(stated.value - consolidated.value AS DECIMAL(18, 6)) AS difference,
    CAST(stated.value - consolidated_tree.value AS DECIMAL(18, 6)) AS difference_tree,
    consolidated_tree.units_missing,
    consolidated_tree.units_doubtful
FROM pairs
JOIN stated USING (unit_id)
JOIN form_cells USING (cell_id)
LEFT JOIN consolidated USING (office_id, cell_id)
LEFT JOIN consolidated_tree USING (office_id, cell_id)
ORDER BY pairs.office_id, pairs.unit_id, form_cells.position

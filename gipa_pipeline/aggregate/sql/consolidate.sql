-- One row for every office of `membership` and every cell of the form due in the year.
--
-- In:  offices(office_id)                  all offices, those without any summand too
--      membership(office_id, unit_id)      whose reports belong into which office's sum
--      form_cells(cell_id, position)       the cells of the form due in the year, in printed order
--      fold(cell_id, target, rank)         where a printed cell counts; rank 0 is the cell's own place
--      reports(unit_id, state)
--      cells(unit_id, cell_id, value, status)
--      doubted(unit_id, cell_id)           cells under an open error, or what would be one
WITH readable AS (
    SELECT unit_id FROM reports WHERE state = 'read'
),
stated AS (
    -- A blank, an ambiguous or an unreadable cell states nothing. Where a report states both the
    -- cell itself and one that would be folded into it, the cell itself counts and only once.
    SELECT cells.unit_id, fold.target AS cell_id, cells.value
    FROM cells
    JOIN readable USING (unit_id)
    JOIN fold USING (cell_id)
    WHERE cells.status IN ('reported', 'inferred') AND cells.value IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY cells.unit_id, fold.target ORDER BY fold.rank, cells.cell_id) = 1
),
suspect AS (
    SELECT DISTINCT doubted.unit_id, fold.target AS cell_id
    FROM doubted
    JOIN fold USING (cell_id)
),
unit_counts AS (
    SELECT
        offices.office_id,
        count(membership.unit_id) AS members,
        count(readable.unit_id) AS read
    FROM offices
    LEFT JOIN membership USING (office_id)
    LEFT JOIN readable USING (unit_id)
    GROUP BY ALL
),
sums AS (
    SELECT
        membership.office_id,
        stated.cell_id,
        sum(stated.value) AS value,
        count(*) AS included,
        count(suspect.unit_id) AS included_suspect,
        list(stated.unit_id ORDER BY stated.unit_id) AS unit_ids
    FROM membership
    JOIN stated USING (unit_id)
    LEFT JOIN suspect USING (unit_id, cell_id)
    GROUP BY ALL
)
SELECT
    unit_counts.office_id,
    CAST(getvariable('year') AS SMALLINT) AS year,
    form_cells.cell_id,
    -- The cast raises on overflow: a sum that does not fit is never cut.
    CAST(sums.value AS DECIMAL(18, 6)) AS value,
    CAST(coalesce(sums.included, 0) AS INTEGER) AS units_included,
    CAST(unit_counts.members - unit_counts.read AS INTEGER) AS units_missing,
    CAST(unit_counts.read - coalesce(sums.included, 0) + coalesce(sums.included_suspect, 0) AS INTEGER)
        AS units_doubtful,
    coalesce(sums.unit_ids, CAST([] AS VARCHAR[])) AS unit_ids
FROM unit_counts
CROSS JOIN form_cells
LEFT JOIN sums ON sums.office_id = unit_counts.office_id AND sums.cell_id = form_cells.cell_id
ORDER BY unit_counts.office_id, form_cells.position

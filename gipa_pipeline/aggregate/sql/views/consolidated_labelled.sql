-- 汇总表（本级），附主管部门、行、列名称 | The flat consolidated tables with names and labels
SELECT
    consolidated.office_id,
    offices.name AS office,
    consolidated.year,
    form_cells.form_table,
    form_cells.row_label,
    form_cells.column_label,
    consolidated.value,
    form_cells.unit,
    consolidated.units_included,
    consolidated.units_missing,
    consolidated.units_doubtful,
    consolidated.cell_id
FROM consolidated
JOIN offices USING (office_id)
JOIN forms ON consolidated.year BETWEEN forms.first_year AND coalesce(forms.last_year, consolidated.year)
JOIN form_cells ON form_cells.edition = forms.edition AND form_cells.cell_id = consolidated.cell_id
ORDER BY consolidated.office_id, consolidated.year, form_cells.position

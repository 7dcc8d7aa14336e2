-- 归于发布单位、尚未了结的问题，须改正的在前 | Findings against publishers that still stand, errors first
SELECT
    findings.office_id,
    offices.name AS office,
    findings.unit_id,
    units.name AS unit,
    findings.year,
    findings.severity,
    findings.rule,
    findings.message,
    findings.actual,
    findings.expected,
    findings.difference,
    findings.suggestion,
    findings.fix,
    findings.clause,
    findings.state,
    reports.url,
    findings.finding_id
FROM findings
JOIN units USING (unit_id)
JOIN offices ON offices.office_id = findings.office_id
LEFT JOIN reports ON reports.unit_id = findings.unit_id AND reports.year = findings.year
WHERE findings.responsibility = 'publisher' AND findings.state IN ('open', 'sent', 'acknowledged', 'confirmed')
ORDER BY
    findings.office_id,
    findings.year,
    CASE findings.severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END,
    findings.unit_id,
    findings.rule,
    findings.finding_id

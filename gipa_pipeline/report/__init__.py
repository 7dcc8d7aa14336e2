"""What a supervising office receives (主管部门报告): a page and a workbook for every office and year.

Both are written from one view of the frames, so that they cannot differ. Nothing is judged or added up here.
"""

from gipa_pipeline.report.facts import YearFacts, load_facts
from gipa_pipeline.report.page import index_page, office_report
from gipa_pipeline.report.view import OfficeView, office_view
from gipa_pipeline.report.workbook import consolidated_workbook
from gipa_pipeline.report.write import write_office_reports

__all__ = [
    "OfficeView",
    "YearFacts",
    "consolidated_workbook",
    "index_page",
    "load_facts",
    "office_report",
    "office_view",
    "write_office_reports",
]

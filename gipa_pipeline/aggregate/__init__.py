"""Adding up (汇总): consolidated tables, series, the published database, and the way back from a figure.

It reads what ``normalize`` and ``validate`` left and judges nothing itself.
"""

from gipa_pipeline.aggregate.lineage import NotTraceable, Trace, trace
from gipa_pipeline.aggregate.lineage_text import render
from gipa_pipeline.aggregate.publish import publish, publish_database
from gipa_pipeline.aggregate.rollup import consolidate, differences, in_scope, roster
from gipa_pipeline.aggregate.series import series

__all__ = [
    "NotTraceable",
    "Trace",
    "consolidate",
    "differences",
    "in_scope",
    "publish",
    "publish_database",
    "render",
    "roster",
    "series",
    "trace",
]

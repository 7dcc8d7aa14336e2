"""Adding up (汇总): consolidated tables, series, the published database, and the way back from a figure.

It reads what ``normalize`` and ``validate`` left and judges nothing itself.
"""

from gipa_pipeline.aggregate.rollup import consolidate, differences, roster

__all__ = ["consolidate", "differences", "roster"]

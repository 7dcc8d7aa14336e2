"""Open data (开放数据): the published figures as Parquet, CSV and a Frictionless data package.

What goes out is chosen here, column by column; nothing is computed that does not stand in the published
database. Doubts about our own reading, and findings that are not held against the unit, stay inside.
"""

from gipa_pipeline.opendata.export import Exported, export

__all__ = ["Exported", "export"]

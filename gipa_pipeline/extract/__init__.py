"""From the bytes of one document to its cells, sections and metadata (读取).

Documents become a linear text with places and, where the medium has them, grids (``document`` and one
module a medium). Two readers look at these independently: ``structure`` follows grids and labels,
``sequence`` follows labels and digits in reading order. ``agreement`` compares them.

Nothing here knows the registry, the law's deadlines or the other documents of a run.
"""

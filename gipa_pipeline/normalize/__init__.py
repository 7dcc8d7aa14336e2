"""Tidying what was read: exact numbers, the unit's identity, the frames of a year.

Nothing heavy is imported here: the readers of documents use :mod:`gipa_pipeline.normalize.numbers`.
"""

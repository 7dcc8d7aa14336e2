"""When and where the chain runs: Dagster definitions and nothing else.

The top floor and the only one that imports ``dagster``. What an asset computes stands in
``gipa_pipeline``; what the law demands stands in ``expectations``.
"""

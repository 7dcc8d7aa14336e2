"""What the law demands: the statutory forms, the rules, and the contracts on every frame.

The lowest floor. It knows nothing of documents, networks, schedules or files of a run:
no module here imports ``gipa_pipeline`` or ``dagster``.
"""

"""The ledger of findings (问题台账): what was found in which version, and what people decided about it.

Two things lie outside what a run rebuilds: ``decisions.jsonl``, which people write through ``gipa decide``, and
``ledger/<year>.parquet``, which remembers findings that a later version of a report no longer shows.
"""

from gipa_pipeline.ledger.decisions import ACTIONS, STATES, Decision, DecisionRefused, append, read_decisions
from gipa_pipeline.ledger.keep import bases, keep
from gipa_pipeline.ledger.stage import decided_digest, has_ledger, restate, settle

__all__ = [
    "ACTIONS",
    "STATES",
    "Decision",
    "DecisionRefused",
    "append",
    "bases",
    "decided_digest",
    "has_ledger",
    "keep",
    "read_decisions",
    "restate",
    "settle",
]

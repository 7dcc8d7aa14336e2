"""Delivery of the offices' reports by mail (寄送): each version once, to the address in the registry.

A message is built from the files that the report stage wrote; what was handed over is noted before and after,
so that a crash can neither lose a report unnoticed nor send it twice.
"""

from gipa_pipeline.deliver.notice import hand_over_notices, write_notice
from gipa_pipeline.deliver.send import Delivery, deliver
from gipa_pipeline.deliver.state import Outbox

__all__ = ["Delivery", "Outbox", "deliver", "hand_over_notices", "write_notice"]

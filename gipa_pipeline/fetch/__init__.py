"""Getting the reports (采集): from hosts of the registry and from files beside it, raw bytes first.

``collect`` is the stage, ``archive`` what is known of each source. What the bytes say is ``extract``.
"""

from gipa_pipeline.fetch.archive import Retrieval, current_documents, fold, state_digest
from gipa_pipeline.fetch.collect import collect

__all__ = ["Retrieval", "collect", "current_documents", "fold", "state_digest"]

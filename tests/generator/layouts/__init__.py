"""The layouts: a report's truth in, a document's bytes out.

A new layout is a function under ``@layout("name")`` in one of the modules named here.
"""

from tests.generator.layouts import (
    converted,
    damaged,
    exported,
    html,
    ofd,
    office,
    own,
    pdf,
    reshaped,
    reworded,
    scans,
    signs,
    stray,
    text,
    told,
    turned,
    wild,
)
from tests.generator.layouts.base import LAYOUTS, SLOW_LAYOUTS, Document, layout

__all__ = [
    "LAYOUTS",
    "SLOW_LAYOUTS",
    "Document",
    "converted",
    "damaged",
    "exported",
    "html",
    "layout",
    "ofd",
    "office",
    "own",
    "pdf",
    "reshaped",
    "reworded",
    "scans",
    "signs",
    "stray",
    "text",
    "told",
    "turned",
    "wild",
]

"""The layouts: a report's truth in, a document's bytes out.

A new layout is a function under ``@layout("name")`` in one of the modules named here.
"""

from tests.generator.layouts import damaged, html, office, pdf, signs, text, wild
from tests.generator.layouts.base import LAYOUTS, Document, layout

__all__ = ["LAYOUTS", "Document", "damaged", "html", "layout", "office", "pdf", "signs", "text", "wild"]

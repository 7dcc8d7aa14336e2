"""The statutory tables (政府信息公开工作年度报告格式) as data, one file an edition.

A new edition is a new ``form_<edition>.json`` beside this module; no code names an edition's cells.
"""

from expectations.forms.model import (
    Block,
    Cell,
    Column,
    Form,
    Identity,
    Row,
    Section,
    editions,
    load_form,
)

__all__ = ["Block", "Cell", "Column", "Form", "Identity", "Row", "Section", "editions", "load_form"]

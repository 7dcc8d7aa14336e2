"""Whose reports count in which office's sum (汇总范围).

The registry says who belongs to whom; here stands what that means for adding up. No report is looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gipa_pipeline.registry import Registry, Unit

CONSOLIDATED_LEVELS = frozenset({"province", "city", "county"})
"""Levels at which a government's own report is itself a consolidation (条例 §49 第2款)."""


def is_consolidation(unit: Unit) -> bool:
    """Whether the unit's report is a government's consolidated one (政府汇总报告): never a summand."""
    return unit.kind == "government" and unit.level in CONSOLIDATED_LEVELS


def flat(registry: Registry, office_id: str) -> tuple[str, ...]:
    """The summands of ``consolidated``: the office itself and its direct units that are no offices."""
    return tuple(u for u in registry.members(office_id) if not is_consolidation(registry.units[u]))


def tree(registry: Registry, office_id: str) -> tuple[str, ...]:
    """The summands of ``consolidated_tree``: the flat ones, then those of every office below, by level."""
    found: list[str] = []
    level: tuple[str, ...] = (office_id,)
    while level:
        for office in level:
            found.extend(flat(registry, office))
        level = tuple(below for office in level for below in registry.suboffices(office))
    return tuple(found)


def governments(registry: Registry, office_id: str) -> tuple[str, ...]:
    """The units of an office whose reports consolidate it: what A01 compares with its sums.

    A government that is an office itself publishes the consolidation of its own units.
    """
    return tuple(u for u in registry.members(office_id) if is_consolidation(registry.units[u]))

"""The faults: a right report in, the same report with one known mistake out.

A new fault is a function under ``@fault("name")`` in one of the modules named here. Faults of
``FAULTS`` need one report; those of ``YEAR_FAULTS`` also need the same body's report of the year
before.
"""

from tests.generator.faults import figures, slips, text, years
from tests.generator.faults.base import FAULTS, YEAR_FAULTS, NotApplicable

__all__ = ["FAULTS", "YEAR_FAULTS", "NotApplicable", "figures", "slips", "text", "years"]

"""Holding what units published against the catalogue of rules; nothing is read and nothing is corrected here.

``check_reading`` asks of one document what one document can answer; ``validate_year`` asks every rule of a
year's reports. Both run the same code.
"""

from gipa_pipeline.validate.checks import check_reading
from gipa_pipeline.validate.years import Year, validate_year

__all__ = ["Year", "check_reading", "validate_year"]

"""Hostile and broken inputs: whatever comes in, the outcome is a value, an honest status or an error row."""

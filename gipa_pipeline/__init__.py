"""How annual disclosure reports are got, read, checked and added up.

The middle floor. It may import ``expectations``; it never imports ``dagster`` or ``assets``.
"""

"""How a number was probably mistyped (录入差错): what stands there beside what ought to."""

from __future__ import annotations

from decimal import Decimal


def slip(printed: Decimal | None, needed: Decimal) -> str | None:
    """The slip that turns one number into the other, in words; None when none of the usual ones does.

    Numbers of one digit have no pattern: 3 for 5 may be anything.
    """
    if printed is None or printed < 0 or needed < 0 or printed != printed.to_integral_value():
        return None
    wrote, meant = f"{int(printed)}", f"{int(needed)}"
    if len(wrote) == len(meant) > 1:
        apart = [n for n, (a, b) in enumerate(zip(wrote, meant, strict=True)) if a != b]
        if len(apart) == 2 and apart[1] == apart[0] + 1 and sorted(wrote) == sorted(meant):
            return "相邻两位数字颠倒"
        return "一位数字误写" if len(apart) == 1 else None
    if len(meant) == len(wrote) + 1 and wrote != "0" and _without_one(meant, wrote):
        return "漏写一位数字"
    if len(wrote) == len(meant) + 1 and meant != "0" and _without_one(wrote, meant):
        return "多写一位数字"
    return None


def _without_one(longer: str, shorter: str) -> bool:
    return any(longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer)))

"""Texts in the records of an old workbook: one or two bytes a sign, and over several records (XLS 文本)."""

from __future__ import annotations


def letters(data: bytes, count: int, *, wide: int) -> str:
    """Text of so many signs; one byte each where none is beyond Latin-1."""
    return data[: 2 * count].decode("utf-16-le", "replace") if wide & 1 else data[:count].decode("latin-1")


class Stretched:
    """The body of a record that goes on in others, read from its beginning."""

    def __init__(self, bodies: list[bytes]) -> None:
        self.bodies = bodies
        self.number = self.at = 0

    def take(self, count: int) -> bytes:
        """The next bytes, over the borders of the records.

        Raises:
            ValueError: there are no more.
        """
        out = b""
        while len(out) < count:
            if self.number >= len(self.bodies):
                raise ValueError("the shared texts end too early")
            piece = self.bodies[self.number][self.at : self.at + count - len(out)]
            out += piece
            self.at += len(piece)
            if self.at >= len(self.bodies[self.number]) and len(out) < count:
                self.number, self.at = self.number + 1, 0
        return out

    def skip(self, count: int) -> None:
        """Pass over some bytes."""
        self.take(count if self.bodies else 0)

    def letters(self, count: int, flags: int) -> str:
        """Text of so many signs; where another record goes on with it, that says anew how wide the signs are."""
        text = ""
        while len(text) < count:
            if self.number < len(self.bodies) and self.at >= len(self.bodies[self.number]):
                self.number, self.at = self.number + 1, 0
                flags = self.take(1)[0]
            width = 2 if flags & 1 else 1
            left = (len(self.bodies[self.number]) - self.at) // width if self.number < len(self.bodies) else 0
            number = min(count - len(text), max(1, left))
            text += letters(self.take(number * width), number, wide=flags).ljust(number, "\ufffd")[:number]
        return text

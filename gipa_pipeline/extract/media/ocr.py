"""Recognising printed characters in pictures (文字识别), with the models that lie in the recogniser's wheel.

Lines are read with the whole character set; figures a second time with digits only, as a list of readings
with their probabilities. What the readings mean is decided elsewhere. Nothing is downloaded.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from gipa_pipeline.errors import UnreadableDocument

REMEDY = "install the optional part with: pip install gipa-pipeline[ocr]"
_PARTS = ("rapidocr", "onnxruntime", "cv2")
_HEIGHT = 48
"""Height in pixels that the recogniser was trained on."""
_MARGIN = 12
"""White pixels kept to the right of a line: the model answers badly for text that touches its frame."""
_BATCH_PIXELS = 3200
"""Width of a batch's lines together; bounds memory, and time lost on padding."""
_DETECT_SIDE = 1500
"""Longest side in pixels of the picture in which lines are looked for; the lines are cut from the full one."""
_DIGITS = "0123456789.-"
LOOKALIKES = {"0": "OoQ〇○", "1": "lI|丨"}
"""Signs that a picture cannot tell from a digit; in a cell for figures they are that digit."""
_BEAM = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A recognised line: its characters, the probability of the least sure one, and where each stands.

    ``places``: the middle of each character as a share (0 to 1) of the line's width. ``mean``: the probability of
    its characters on average.
    """

    text: str
    score: float
    places: tuple[float, ...] = ()
    mean: float = 0.0


@dataclass(frozen=True, slots=True)
class Figure:
    """A digits-only reading with its probability."""

    text: str
    probability: float


def require() -> None:
    """Check that the recogniser is installed.

    Raises:
        UnreadableDocument: ``needs_ocr``, with the command that installs it.
    """
    missing = [name for name in _PARTS if importlib.util.find_spec(name) is None]
    if missing:
        raise UnreadableDocument(
            "needs_ocr",
            f"the figures stand in pictures and character recognition is not installed"
            f" (missing: {', '.join(missing)}); {REMEDY}",
        )


_listeners: list[Callable[[], None]] = []


def listen(listener: Callable[[], None] | None) -> None:
    """Who is told that recognising goes on, every few seconds: a page may take longer than a document may."""
    _listeners[:] = [listener] if listener else []


def _still_at_work() -> None:
    for listener in _listeners:
        listener()


@cache
def recogniser() -> Recogniser:
    """The recogniser of this process; loading it takes about a second.

    Raises:
        UnreadableDocument: it is not installed.
    """
    require()
    return Recogniser()


class Recogniser:
    """Finds lines of text and reads them."""

    def __init__(self) -> None:
        import numpy as np
        from rapidocr import RapidOCR

        threads = "EngineConfig.onnxruntime.intra_op_num_threads"
        self._engine = RapidOCR(params={"Global.log_level": "error", threads: 2})
        # The recognition model is loaded by the first call.
        white = np.full((_HEIGHT, 2 * _HEIGHT, 3), 255, np.uint8)
        self._engine(white, use_det=False, use_cls=False, use_rec=True)
        self._session = self._engine.text_rec.session
        self._characters: list[str] = list(self._engine.text_rec.postprocess_op.character)
        known = {c: n for n, c in enumerate(self._characters)}
        self._digit_columns = [
            [0],
            *([known[c] for c in d + LOOKALIKES.get(d, "") if c in known] for d in _DIGITS),
        ]

    def boxes(self, image: Any) -> list[tuple[int, int, int, int]]:
        """Upright boxes (left, top, right, bottom) of the lines of text in a grey picture."""
        import cv2

        _still_at_work()
        height, width = image.shape[:2]
        scale = min(1.0, _DETECT_SIDE / max(height, width))
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        found = self._engine(
            cv2.cvtColor(small, cv2.COLOR_GRAY2BGR), use_det=True, use_cls=False, use_rec=False
        )
        corners = getattr(found, "boxes", None)
        if corners is None:
            return []
        out = []
        for quad in corners:
            xs, ys = [float(p[0]) / scale for p in quad], [float(p[1]) / scale for p in quad]
            box = (int(min(xs)), int(min(ys)), math.ceil(max(xs)), math.ceil(max(ys)))
            out.append((max(0, box[0]), max(0, box[1]), min(width, box[2]), min(height, box[3])))
        return [b for b in out if b[2] - b[0] > 2 and b[3] - b[1] > 2]

    def lines(self, crops: Sequence[Any]) -> list[Line]:
        """Read grey pictures of one line each, with the whole character set."""
        return [self._line(answer, share) for answer, share in self._answers(crops)]

    def looks(self, crops: Sequence[Any]) -> list[tuple[Line, list[Figure]]]:
        """Read grey pictures of one figure each both ways: all characters, and digits only."""
        return [(self._line(a, share), self._figures(a)) for a, share in self._answers(crops)]

    def _answers(self, crops: Sequence[Any]) -> list[tuple[Any, float]]:
        """The model's probabilities (time by character) for each crop, and the share that is no padding."""
        import cv2
        import numpy as np

        scaled = []
        for crop in crops:
            height, width = crop.shape[:2]
            wide = max(8, min(2400, round(width * _HEIGHT / height)))
            scaled.append(cv2.resize(crop, (wide, _HEIGHT), interpolation=cv2.INTER_LINEAR))
        order = sorted(range(len(scaled)), key=lambda n: scaled[n].shape[1])
        out: list[tuple[Any, float]] = [(None, 1.0)] * len(scaled)
        start = 0
        while start < len(order):
            end = start + 1
            while end < len(order) and _wide(scaled[order[end]]) * (end + 1 - start) <= _BATCH_PIXELS:
                end += 1
            wide = _wide(scaled[order[end - 1]])
            batch = np.ones((end - start, 3, _HEIGHT, wide), np.float32)
            for k, n in enumerate(order[start:end]):
                batch[k, :, :, : scaled[n].shape[1]] = scaled[n].astype(np.float32) / 127.5 - 1
            _still_at_work()
            answers = self._session(batch)
            for k, n in enumerate(order[start:end]):
                out[n] = answers[k], scaled[n].shape[1] / wide
            start = end
        return out

    def _line(self, answer: Any, share: float) -> Line:
        best = answer.argmax(axis=1)
        steps = len(best)
        text, scores, places = [], [], []
        previous = 0
        for t, column in enumerate(best):
            if column and column != previous:
                text.append(self._characters[column])
                scores.append(float(answer[t, column]))
                places.append(min(1.0, (t + 0.5) / steps / share))
            elif column and column == previous:
                scores[-1] = max(scores[-1], float(answer[t, column]))
            previous = column
        mean = sum(scores) / len(scores) if scores else 0.0
        return Line("".join(text), min(scores, default=0.0), tuple(places), mean)

    def _figures(self, answer: Any) -> list[Figure]:
        """Digits-only readings, the likeliest first: a prefix beam over the digit columns (CTC decoding)."""
        import numpy as np

        part = np.stack([answer[:, of].sum(axis=1, dtype=np.float64) for of in self._digit_columns], axis=1)
        part += 1e-9
        part /= part.sum(axis=1, keepdims=True)
        # Each prefix has the probability of ending in a blank and of ending in its last digit.
        beams: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}
        for step in part:
            grown: dict[str, tuple[float, float]] = {}
            for prefix, (blank, digit) in beams.items():
                _add(grown, prefix, (blank + digit) * step[0], 0.0)
                for k, sign in enumerate(_DIGITS, start=1):
                    if prefix.endswith(sign):
                        _add(grown, prefix, 0.0, digit * step[k])
                        _add(grown, prefix + sign, 0.0, blank * step[k])
                    else:
                        _add(grown, prefix + sign, 0.0, (blank + digit) * step[k])
            beams = dict(sorted(grown.items(), key=lambda item: -sum(item[1]))[:_BEAM])
        return [Figure(text, float(sum(p))) for text, p in sorted(beams.items(), key=lambda i: -sum(i[1]))]


def _wide(image: Any) -> int:
    return int(image.shape[1]) + _MARGIN


def _add(beams: dict[str, tuple[float, float]], prefix: str, blank: float, digit: float) -> None:
    old = beams.get(prefix, (0.0, 0.0))
    beams[prefix] = (old[0] + blank, old[1] + digit)

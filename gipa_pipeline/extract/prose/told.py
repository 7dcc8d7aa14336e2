"""What one sentence tells under what was said before it (逐句读数): numbers with their kinds and places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gipa_pipeline.extract.prose import lists
from gipa_pipeline.extract.prose import wordings as w

_CARRY = 5
"""Sentences over which what is spoken of is carried at most."""
_WITH_CARRIED = re.compile(
    r"(?:含|包括|包含|其中)[^。;]{0,8}(?:上年|上一年|去年|20\d\d年)[^。;]{0,6}结转|加上?[^。;]{0,4}结转"
)
_DONE = re.compile(r"答复|办结|办理|回复|处理(?!费)")
_RESULTS = re.compile(r"答复|办结|办理|回复|处理(?!费)|结转|送达|公开(?!申请)|复议|诉讼")


@dataclass(frozen=True, slots=True)
class Spoken:
    """Folded text without the breaks that layout put into it; ``printed`` keeps the printed characters."""

    text: str
    printed: str
    part: int
    start: int | None
    opens: bool


@dataclass(slots=True)
class Context:
    """What was being spoken of when the last sentence ended."""

    topic: str | None = None
    scoped: bool = False
    age: int = 0


class SentenceReader:
    """One sentence read under what was said before it."""

    def __init__(self, sentence: Spoken, context: Context, year: str | None) -> None:
        text = lists.in_digits(sentence.text)
        self.text = w.WHOLE_YEAR.sub(lambda m: "全年" + "内" * (len(m[0]) - 2), text)
        self.part = sentence.part
        self.context = context
        self.year = year
        self.marks = [(m.end(), m.lastgroup or "") for m in w.TOPICS.finditer(self.text)]
        self.times = list(w.TIMES.finditer(self.text))
        self.came: list[tuple[int, bool]] = []

    def claims(self) -> list[tuple[int, str, Decimal]]:
        """Place in the sentence, kind and value of each claim; leaves the context for the next sentence."""
        scoped = bool(w.SCOPE.search(self.text))
        own = bool(w.OWN.search(self.text))
        applications = list(self._applications())
        if self.context.scoped and not scoped and not own and not self._restarts(applications):
            # 全市收到340件。办结338件: the second sentence still speaks of the whole city.
            applications = []
        found = [*applications, *self._cases(), *self._documents(), *self._others(), *self._shares()]
        self._leave(scoped, own)
        return found

    def _restarts(self, applications: Sequence[tuple[int, str, Decimal]]) -> bool:
        """Whether the sentence says anew, with its year, what came: what was told before of others has ended."""
        return any(
            kind.startswith("applications_received")
            and any(t.end() <= place and t["year"] for t in self.times)
            for place, kind, _ in applications
        )

    def _leave(self, scoped: bool, own: bool) -> None:
        context = self.context
        topics = [topic for _, topic in self.marks]
        if "heading" in topics:
            context.scoped = False
        context.age = 0 if topics else context.age + 1
        context.topic = self._topic(len(self.text)) if context.age <= _CARRY else None
        if not self._of_whole(len(self.text)):
            context.scoped = True
        elif own:
            context.scoped = False
        elif scoped and re.search(r"\d+[余多万]?[件宗起]", self.text):
            context.scoped = True

    def _topic(self, place: int) -> str | None:
        """What is spoken of at a place: the last noun that says so, in this sentence or before it."""
        before = [topic for end, topic in self.marks if end <= place]
        if not before:
            return self.context.topic if self.context.age <= _CARRY else None
        return None if before[-1] == "heading" else before[-1]

    def _clause(self, place: int) -> str:
        """The words of the same clause before a place."""
        start = max(self.text.rfind(mark, 0, place) for mark in ",。;:(、")
        return self.text[start + 1 : place]

    def _believed(self, match: re.Match[str]) -> bool:
        """Whether the number is this year's, whole and no comparison or plan."""
        place = match.start("n")
        clause = self._clause(place)
        if w.COMPARED.search(clause) or w.PLANNED.search(clause):
            return False
        before = [t for t in self.times if t.start() < place]
        if not before:
            return True
        last = before[-1]
        if last["this"]:
            return True
        return bool(last["year"]) and last["year"] == self.year

    def _applications(self) -> Iterator[tuple[int, str, Decimal]]:
        received = list(self._received())
        listed = self._listed(received)
        taken = {kind for _, kind, _ in listed}
        channels = [*(c for c in self._channels(received) if c[1] not in taken), *listed]
        yield from (*received, *channels)
        if not received:
            yield from self._none()
        for match in w.NONE_CARRIED_OUT.finditer(self.text):
            if self._topic(match.start()) == "applications":
                yield match.start(), "applications_carried_out", Decimal(0)
        self._mark_parts({place for place, _, _ in received}, {place for place, _, _ in channels})
        for kind, patterns in (
            ("applications_answered", w.ANSWERED),
            ("applications_carried_in", w.CARRIED_IN),
            ("applications_carried_out", w.CARRIED_OUT),
        ):
            for match in self._matches(patterns):
                if kind == "applications_answered" and w.NARROW.search(self._lead(match)):
                    continue
                if self._topic(match.end()) == "applications" and self._of_whole(match.start("n")):
                    yield match.start("n"), kind, _value(match)
        for place, kind, value in self._applicants():
            if self._of_whole(place) and kind not in taken:
                yield place, kind, value
        for place, kind, value in lists.outcomes(self.text):
            if kind not in taken and self._told_of_applications(place):
                yield place, kind, value

    def _listed(self, received: Sequence[tuple[int, str, Decimal]]) -> list[tuple[int, str, Decimal]]:
        """What lists (分别为) and 均为 say of the applications."""
        listed = [c for c in lists.respectively(self.text) if self._told_of_applications(c[0])]
        whole = [r for r in received if r[1] == "applications_received"]
        if len(whole) == 1 and whole[0][2] and not listed:
            place, _, value = whole[0]
            listed += lists.all_of(self.text, value, place)
        return listed

    def _told_of_applications(self, place: int) -> bool:
        """Whether a number counts applications of this year: no comparison, plan, other year or other matter."""
        clause = self._clause(place)
        if self._topic(place) != "applications" or w.COMPARED.search(clause) or w.PLANNED.search(clause):
            return False
        before = [t for t in self.times if t.start() < place]
        this = not before or bool(before[-1]["this"]) or before[-1]["year"] == self.year
        return this and self._of_whole(place)

    def _mark_parts(self, whole: set[int], channels: set[int]) -> None:
        """Note which numbers of this sentence say what came: all of it, or a part or another year's."""
        applicants = {place for place, _, _ in self._applicants()}
        self.came = [(place, True) for place in whole]
        for match in w.ANY_RECEIVED.finditer(self.text):
            place = match.start("n")
            if place not in whole | channels | applicants and self._topic(place) == "applications":
                self.came.append((place, False))
        self.came.sort()

    def _of_whole(self, place: int) -> bool:
        """Whether what is told at a place is told of all that came.

        收到网上申请12件，答复12件 and 去年收到20件，答复20件 are told of a part and of another year.
        """
        before = [whole for came, whole in self.came if came < place]
        return before[-1] if before else True

    def _lead(self, match: re.Match[str]) -> str:
        """The clause up to the number, without what was said before the last mark."""
        return self._clause(match.start("n"))

    def _matches(self, patterns: Iterable[re.Pattern[str]]) -> Iterator[re.Match[str]]:
        """Matches that are believed, each number once."""
        seen: set[int] = set()
        for pattern in patterns:
            for match in pattern.finditer(self.text):
                if match.start("n") not in seen and self._believed(match):
                    seen.add(match.start("n"))
                    yield match

    def _received(self) -> Iterator[tuple[int, str, Decimal]]:
        seen: set[int] = set()
        applicants = {place for place, _, _ in self._applicants()}
        for pattern in w.RECEIVED:
            for match in pattern.finditer(self.text):
                place, lead = match.start("n"), self._lead(match)
                if place in seen or self._topic(match.end()) != "applications":
                    continue
                seen.add(place)
                narrow = w.CHANNEL.search(match[0]) or w.CHANNEL.search(lead)
                one_kind = w.ONE_KIND.search(match[0]) and "公民" not in match[0] and "法人" not in match[0]
                if re.search(r"答复|办结|结转|重复|补正|转办|不予", lead) or self._of_others(match, seen):
                    continue
                if narrow or one_kind or place in applicants or not self._believed(match):
                    continue
                carried = _WITH_CARRIED.search(self.text[match.start() : match.end() + 24])
                kind = "applications_received_with_carried" if carried else "applications_received"
                yield place, kind, _value(match)

    def _of_others(self, match: re.Match[str], seen: set[int]) -> bool:
        """Whether what came is told of a part (其中市本级收到52件) or of lower bodies (各县区收到980件)."""
        before = [p for p in seen if p < match.start("n")]
        part = before and "其中" in self.text[min(before) : match.start("n")]
        lead = max(self.text.rfind(mark, 0, match.start()) for mark in ",。;:(")
        # 市本级120件，各县区980件: neither is the whole.
        beside = "本级" in self.text[lead + 1 : match.start() + 1] and w.LOWER.search(self.text, match.end())
        lower = w.LOWER.search(self.text[lead + 1 : match.start() + 1])
        return bool(part or beside or lower)

    def _none(self) -> Iterator[tuple[int, str, Decimal]]:
        for match in w.NONE_RECEIVED.finditer(self.text):
            what = match["what"]
            sure = "公开" in what or (len(what) <= 6 and self._topic(match.start()) == "applications")
            times = [t for t in self.times if t.start() < match.start()]
            other = times and not times[-1]["this"] and times[-1]["year"] != self.year
            if sure and not other and not w.ODD_APPLICATIONS.search(self._clause(match.start()) + what):
                yield match.start(), "applications_received", Decimal(0)

    def _channels(self, received: Sequence[tuple[int, str, Decimal]]) -> Iterator[tuple[int, str, Decimal]]:
        """The channels named after the whole, each with its own number; splits of one channel are left."""
        start = min((place for place, _, _ in received), default=0)
        carried_on = not received and self.context.topic == "applications"
        if not received and not (carried_on or self._topic(len(self.text)) == "applications"):
            return
        found: dict[str, tuple[int, Decimal]] = {}
        for match in w.CHANNEL.finditer(self.text, start):
            number = self._channel_number(match)
            if number is None or self._topic(match.end()) != "applications" or not self._believed(number):
                continue
            if _RESULTS.search(self._clause(match.start())):
                continue
            if found:
                # What is opened after a channel, by 其中 or a bracket, divides that channel.
                since = self.text[min(p for p, _ in found.values()) : match.start()]
                if "其中" in since:
                    break
                if since.count("(") > since.count(")"):
                    continue
            kind = match.lastgroup or ""
            together = w.CHANNEL.search(self.text[match.end() : number.start("n")])
            if together and together.lastgroup != kind:
                kind = "joint"
            place = number.start("n")
            if kind not in found and all(place != p for p, _ in found.values()):
                found[kind] = place, _value(number)
        if received or len(found) > 1:
            for kind, (place, value) in found.items():
                yield place, f"channel_{kind}", value

    def _channel_number(self, match: re.Match[str]) -> re.Match[str] | None:
        """The number right behind a channel's word, or right before it (16件为当面提交)."""
        after = w.AFTER_CHANNEL.match(self.text, match.end())
        if after:
            return after
        for before in w.BEFORE_CHANNEL.finditer(self.text, max(0, match.start() - 24), match.end()):
            if before.end() <= match.start() <= before.end("rest"):
                return before
        joined = re.compile(rf"[、和及或与](?:{'|'.join(w.CHANNELS.values())})").match(self.text, match.end())
        return w.AFTER_CHANNEL.match(self.text, joined.end()) if joined else None

    def _applicants(self) -> Iterator[tuple[int, str, Decimal]]:
        for kind, pattern in w.APPLICANTS.items():
            for match in self._matches((pattern,)):
                place = match.start("n")
                clause = self._clause(place)
                if (
                    self._topic(place) != "applications"
                    or _RESULTS.search(clause)
                    or w.CHANNEL.search(clause)
                ):
                    continue
                if kind == "applicants_organisations" and w.APART.search(self.text, match.end()):
                    continue
                nested = self.text.rfind("其中", 0, place)
                # 网上申请30件，其中自然人28件 is a part of a part.
                if nested > 0 and re.search(r"\d件[,(]?$", self.text[:nested]):
                    parent = self._clause(nested - 2) + self.text[nested - 2 : nested]
                    if w.CHANNEL.search(parent) or _DONE.search(parent):
                        continue
                yield place, kind, _value(match)

    def _cases(self) -> Iterator[tuple[int, str, Decimal]]:
        for kind, pattern in w.CASES.items():
            for match in self._matches((pattern,)):
                clause = self._clause(match.start())
                heard = w.AUTHORITY.search(clause) and "被" not in clause
                if self._about_disclosure(match.start()) and not heard and not w.WON.search(clause):
                    yield match.start("n"), kind, _value(match)
        joint = w.BOTH_NO_CASES.search(self.text)
        none = w.NO_CASES.search(self.text)
        if joint and self._about_disclosure(joint.start()):
            for kind in w.CASES:
                yield joint.start(), kind, Decimal(0)
        elif none and self._about_disclosure(none.end()):
            said = none[0]
            if re.search(r"\d", said) and "," in said:
                # 没有被申请行政复议，被提起行政诉讼2件: the nought ends with its clause.
                said = said[: said.index(",")]
            if re.search(r"\d", said) or w.WON.search(said):
                return
            for kind, word in (("reconsideration_cases", "行政复议"), ("litigation_cases", "行政诉讼")):
                if word in said or (word[2:] in said and kind == "litigation_cases"):
                    yield none.start(), kind, Decimal(0)

    def _about_disclosure(self, place: int) -> bool:
        """Whether cases spoken of at a place are about disclosure and not of any other kind."""
        if re.search(r"信息公开|依申请公开|申请公开|公开申请|政务公开工作", self.text[: place + 20]):
            return True
        return self.context.topic in ("applications", "proceedings") and "被" in self.text[:place]

    def _documents(self) -> Iterator[tuple[int, str, Decimal]]:
        for kind, patterns in w.DOCUMENTS.items():
            apart = kind == "normative_repealed" and re.search(r"失效\D{0,8}\d", self.text)
            for match in self._matches(patterns):
                if self._topic(match.end()) == "documents" and not apart:
                    yield match.start("n"), kind, _value(match)
        none = w.NONE_ISSUED.search(self.text)
        if none:
            yield none.start(), "normative_issued", Decimal(0)

    def _others(self) -> Iterator[tuple[int, str, Decimal]]:
        no_fee = w.NO_FEE.search(self.text)
        if no_fee and "信息" in self.text:
            yield no_fee.start(), "fee_amount", Decimal(0)
        notices = next(self._matches((w.NOTICES,)), None)
        none = w.NO_NOTICE.search(self.text)
        if notices:
            yield notices.start("n"), "fee_notices", _value(notices)
        elif none:
            yield none.start(), "fee_notices", Decimal(0)
        for match in self._matches((w.PUBLISHED,)):
            before = self.text[: match.start()]
            if (
                self.part == 1
                and not w.ONE_PLATFORM.search(before)
                and not re.search(r"\d(?![\d年])", before)
            ):
                yield match.start("n"), "published_items", _value(match)

    def _shares(self) -> Iterator[tuple[int, str, Decimal]]:
        for match in self._matches((w.SHARE,)):
            of = match["of"]
            if self._topic(match.start()) != "applications":
                continue
            if re.search(r"答复|办结|办理|处理", of):
                kind = "share_of_answered"
            elif re.search(r"收到|新收|受理|申请总|申请数|全部申请|接收", of):
                kind = "share_of_received"
            elif re.fullmatch(r"占(?:比|总数|总量|总件数|全部|比例|总体)?[为达的是:]{0,2}", of):
                kind = "share_of_unstated"
            else:
                continue
            yield match.start("share"), kind, Decimal(match["share"])


def _value(match: re.Match[str]) -> Decimal:
    return Decimal(match["n"].replace(",", ""))

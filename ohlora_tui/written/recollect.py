"""What she says with a memory in mind where no row uses it: "커피 마시고 싶다" to one whose stomach hurts.

message, recalled memories -> the family of each -> the lines of the most telling place of recalls.tsv (remarks.py), slots filled. Pure text.

recalls.tsv: family, then the columns of remarks.tsv; a line may stand for a verb alone, the memory is what it is about. Slots: {값} the value (of a plan its
noun), {값다} the value as what was said ("잠이 안 온다" before 고 or 더니), {이름} a name in it, {누구} its key (엄마), each with a particle (:은) or none.
A line whose slot the memory cannot fill is left out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ohlora_tui.memory import keys
from ohlora_tui.records import ASKED, Recall
from ohlora_tui.words import with_particle
from ohlora_tui.written.nominal import claimed, verbal
from ohlora_tui.written.remarks import ALONE, Fitting, Remarks
from ohlora_tui.written.weave import core

FILE = "recalls.tsv.gz"
_FAMILIES: tuple[tuple[str, re.Pattern[str]], ...] = tuple((name, re.compile(pattern)) for name, pattern in (
    ("over", r"^(?:어제|그저께|지난주|지난달|지난) ?일정$"), ("today", r"^오늘 일정$"), ("ahead", r"일정$|약속$"), ("trip", r"^여행 계획$|^가고 싶은 곳$"),
    ("day", r"^생일$|^기념일$"), ("worry", r"^고민$"), ("state", r"^상태$"), ("mood", r"기분"), ("goal", r"^목표$|하고 싶은 (?:것|일)$|^자격증$"),
    ("ill", r"^건강$"), ("allergy", r"^알레르기$"), ("cannot", r"^못 먹는|^안 먹는|^싫어하는 (?:음식|음료|과일|채소|간식)"), ("fear", r"^무서워하는"), ("dislike", r"^싫어하는"),
    ("job", r"^직업$|^회사$"), ("school", r"^학교$|^학년$|^전공$"), ("home", r"^사는 곳$|^고향$"), ("mbti", r"^MBTI$"), ("age", r"^나이$"), ("name", r"^이름$|^호칭$|^별명$"),
    ("pet", r"^반려동물$"), ("friend", r"^친구$"), ("lover", r"^연인$"), ("game", r"^게임|티어$"), ("hobby", r"^취미$|^운동$|^특기$"),
    ("food", r"^(?:제일 |가장 )?좋아하는 (?:음식|과일|음료|간식|빵|아이스크림|케이크|술|커피|디저트)|^먹고 싶은"), ("like", r"^(?:제일 |가장 )?좋아하는|^최애"),
    ("own", r"^산 것$|^사고 싶은 것$|^갖고 싶은 것$"), ("lost", r"^잃어버린"), ("cook", r"요리$"), ("weather", r"날씨$"), ("been", r"^가 본 곳$"),
))  # fmt: skip
"""(family, its keys), the first that fits; kin are told by keys.py."""
FAMILIES = frozenset({"kin", *(name for name, _ in _FAMILIES)})
NEAR = 0.15
"""Calibrated relevance from which a memory that is not read is in mind all the same, where a line names a word of the message."""
TELLING = 5.0
"""How telling such a line must be: one for a word beside a verb, or a phrase that is all of the message (remarks.py)."""
FRAIL, ACT = frozenset({"ill", "allergy", "cannot"}), 4.0
"""Families beside which no question gets a yes by chance ("한 입만 먹을까?" of one with diabetes); beside an illness or an allergy a verb and what is said of it tell enough."""
OF_BODY = FRAIL | {"pet"}
"""Families with lines for what a doctor or a vet must hear."""
_EVENTFUL = frozenset("떨리다 긴장되다 긴장하다 설레다 무섭다 가다 오다 나가다 나오다 다녀오다 갔다오다 출발하다 도착하다 끝나다 끝내다 마치다 늦다 지각하다 준비하다 챙기다 기대되다 취소되다 미뤄지다".split())
"""Verbs that alone speak of a plan of the day: 떨려. 이겼어 is of a match, and the plan may be the hairdresser's."""
_SOUGHT = re.compile(r"(?P<what>[가-힣]+?)(?:을|를|이|가)? (?:드디어 |다시 |겨우 |또 |방금 |못 |안 )*(?:찾|잃어|나왔)")
_NO_THING = frozenset("뭐 뭘 뭔가 드디어 다시 겨우 또 방금 못 안 아직 이제 아까 오늘 어제 진짜 결국 나 내 저 다행히 아무리 어디서 거기서 집에서 쓰고".split())
"""What was found or lost, and what is no thing."""
_SLOT = re.compile(r"\{(값다|값|이름|누구)(?::([가-힣]+))?\}")
_PLANS = frozenset({"over", "today", "ahead", "trip"})
_DATE = re.compile(r"(?:\d+월 ?\d*일?|\d+일|이번 주말?|다음 주|다음 달|[월화수목금토일]요일|주말|오전|오후|아침|저녁|밤|\d+시(?: ?반)?|올해|내년|여름|겨울|봄|가을)(?:에)? ?")
_GOING = re.compile(r"\s*(?:보러|하러|먹으러|놀러|타러|사러)\s*(?:가기로 함|가기로|가기|감)$")
_SOMEBODY = re.compile(r"(?:\S*(?:친구|동창|엄마|아빠|어머니|아버지|부모님|할머니|할아버지|동생|언니|누나|오빠|형|남친|여친|선배|후배|애인|가족)(?:들)?)")
_ANIMAL = re.compile(r"^(?:.*(?:강아지|고양이|댕댕이|냥이|햄스터|앵무새|토끼|거북이|물고기|고슴도치|말티즈|푸들|포메|진돗개|시츄|노견|노묘|코숏|치즈냥)) (?P<name>[가-힣]{1,4})$")
_PERSON = re.compile(r"^(?:(?:남자친구|여자친구|남친|여친|절친|친구|짝꿍|룸메이트|룸메|단짝) )?(?P<name>[가-힣]{2,3})$")
_NO_NAME = re.compile(r"마리|살|있음|없음|키움|여자|남자|친구|다툼|싸움|결혼|이별|군인|학생")


@dataclass(frozen=True, slots=True)
class Recollection:
    """The lines for a message and the memory they are about."""

    lines: tuple[tuple[str, str], ...]
    thing: str
    recall: Recall


class Recollections:
    """All lines of recalls.tsv."""

    def __init__(self, lines: Remarks) -> None:
        self.lines = lines

    @classmethod
    def load(cls, path: Path) -> Recollections:
        """ModelError if the file is missing or malformed."""
        return cls(Remarks.load(path))

    def fitting(self, message: str, weighed: Sequence[Recall], said: Collection[str] = ()) -> Recollection | None:
        """What she can say to `message` with one of the `weighed` memories in mind, None if none of them has a line for it.

        First those that are read; then near ones, where the line is telling; then plans of the day she has not named in `said`.
        """
        for recall in _in_mind(weighed, said):
            found = self.lines.fitting(message, family(_key(recall)))
            if found and not _touches(message, recall, found):
                continue
            filled = [pair for line in found.lines if (pair := _filled(line, slots(recall)))] if found else []
            if found and filled:
                return Recollection(tuple(filled), found.thing, replace(recall, used=True))
        return None


def _touches(message: str, recall: Recall, found: Fitting) -> bool:
    """Whether a line that fits is about this memory: what was found is what was lost, and one that is not read needs a telling line."""
    named = keys.kin_named(message)
    if family(_key(recall)) == "kin" and named and not keys.of_kin(_key(recall), named, recall.memory.value):
        return False  # "아빠가 은퇴했어" is not about 언니
    if family(_key(recall)) == "lost" and (sought := _SOUGHT.search(message)) and sought["what"] not in _NO_THING and not sought["what"].endswith("에서") and sought["what"][:2] not in recall.memory.value:
        return False
    least = ACT if family(_key(recall)) in FRAIL - {"cannot"} else TELLING
    if recall.score == ASKED:
        return found.verb in _EVENTFUL or (found.worth >= least and found.verb != ALONE)
    return recall.used or found.worth >= least or (recall.due and found.verb in (*_EVENTFUL, ALONE))


def _in_mind(weighed: Sequence[Recall], said: Collection[str]) -> list[Recall]:
    """The memories that may be spoken of, likeliest first, plans of the day last."""
    due = [r for r in weighed if r.due and not r.used and (r.score == ASKED or not any(_plan(r.memory.value) in line for line in said))]
    return [*sorted((r for r in weighed if r.used or r.score >= NEAR), key=lambda r: (not r.used, family(_key(r)) not in FRAIL, -r.score)), *due]


def family(key: str) -> str:
    """The family of a key: 내일 일정 is ahead, 어제 일정 over; "" for a key of none."""
    known = keys.canonical(key)
    named = next((name for name, pattern in _FAMILIES if pattern.search(known)), "")
    return named or ("kin" if keys.kind(known).family == "kin" else "")


def slots(recall: Recall) -> dict[str, str]:
    """What the slots of a line hold for a memory; a slot it cannot fill is missing."""
    key, value = _key(recall), recall.memory.value.strip()
    name = family(key)
    noun = _plan(value) if name in _PLANS else value
    said = claimed(value, name == "worry")
    found = {"값다": said} if said else {}
    if not verbal(noun):
        found |= {"값": noun} | ({} if said else {"값다": with_particle(noun, "이라")})
    kin = ({key} if key != "가족" else keys.kin_named(value)) if name == "kin" else frozenset()
    if len(kin) == 1:
        found["누구"] = next(iter(kin))
    if called := _called(name, value):
        found["이름"] = called
    return found


def _plan(value: str) -> str:
    """The noun of a plan: 10월 31일 결혼식 -> 결혼식, 공연 보러 감 -> 공연; 친구 만나기 stays, a friend is no plan."""
    undated = _DATE.sub("", value).strip() or value
    noun = core(_GOING.sub("", undated)).strip()
    return undated if not noun or _SOMEBODY.fullmatch(noun) else noun


def _key(recall: Recall) -> str:
    """The key as it is read now: what was said of tomorrow is today's on the next day."""
    return recall.text.strip("[]").split(":")[0].strip() or recall.memory.key


def _filled(line: tuple[str, str], held: Mapping[str, str]) -> tuple[str, str] | None:
    """An answer and its summary with their slots filled, None if one is missing."""
    if any(slot[1] not in held for text in line for slot in _SLOT.finditer(text)):
        return None
    answer, summary = (_SLOT.sub(lambda slot: with_particle(held[slot[1]], slot[2] or ""), text) for text in line)
    return answer, summary


def _called(name: str, value: str) -> str:
    """The name of an animal, a friend or a love in a value, "" if it names none."""
    if name not in ("pet", "friend", "lover") or verbal(value) or _NO_NAME.search(value.split()[-1] if value.split() else ""):
        return ""
    found = _ANIMAL.search(value) if name == "pet" else _PERSON.search(value)
    return found["name"] if found else ""

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
from ohlora_tui.records import SPOKEN, Recall
from ohlora_tui.words import with_particle
from ohlora_tui.written.inflect import NAMED, forms
from ohlora_tui.written.remarks import ALONE, Fitting, Remarks
from ohlora_tui.written.weave import core

FILE = "recalls.tsv"
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
_KIN = re.compile(r"엄마|어머니|아빠|아버지|부모님|할머니|할아버지|언니|누나|오빠|(?<![가-힣])형(?![광편])|여동생|남동생|동생|아들|딸|남편|신랑|아내|와이프|이모|고모|삼촌|사촌|조카|손주|손녀|손자")
_ALSO = {one: frozenset(names) for names in (("엄마", "어머니", "부모님"), ("아빠", "아버지", "부모님"), ("남편", "신랑"), ("아내", "와이프"), ("동생", "여동생", "남동생"), ("아이", "아들", "딸")) for one in names}
"""Kin as a message names them, and the names that are of one person."""
OF_BODY = FRAIL | {"pet"}
"""Families with lines for what a doctor or a vet must hear."""
_EVENTFUL = frozenset("떨리다 긴장되다 긴장하다 설레다 무섭다 가다 오다 나가다 나오다 다녀오다 갔다오다 출발하다 도착하다 끝나다 끝내다 마치다 늦다 지각하다 준비하다 챙기다 기대되다 취소되다 미뤄지다".split())
"""Verbs that alone speak of a plan of the day: 떨려. 이겼어 is of a match, and the plan may be the hairdresser's."""
_SOUGHT = re.compile(r"(?P<what>[가-힣]+?)(?:을|를|이|가)? (?:드디어 |다시 |겨우 |또 |방금 |못 |안 )*(?:찾|잃어|나왔)")
_NO_THING = frozenset("드디어 다시 겨우 또 방금 못 안 아직 이제 아까 오늘 어제 진짜 결국 나 내 저 다행히 아무리 어디서 거기서 집에서 쓰고".split())
"""What was found or lost, and what is no thing."""
_SLOT = re.compile(r"\{(값다|값|이름|누구)(?::([가-힣]+))?\}")
_PLANS = frozenset({"over", "today", "ahead", "trip"})
_DATE = re.compile(r"(?:\d+월 ?\d*일?|\d+일|이번 주말?|다음 주|다음 달|[월화수목금토일]요일|주말|오전|오후|아침|저녁|밤|\d+시(?: ?반)?|올해|내년|여름|겨울|봄|가을)(?:에)? ?")
_GOING = re.compile(r"\s*(?:보러|하러|먹으러|놀러|타러|사러)\s*(?:가기로 함|가기로|가기|감)$")
_SOMEBODY = re.compile(r"(?:\S*(?:친구|동창|엄마|아빠|어머니|아버지|부모님|할머니|할아버지|동생|언니|누나|오빠|형|남친|여친|선배|후배|애인|가족)(?:들)?)")
_ANIMAL = re.compile(r"^(?:.*(?:강아지|고양이|댕댕이|냥이|햄스터|앵무새|토끼|거북이|물고기|고슴도치|말티즈|푸들|포메|진돗개|시츄|노견|노묘|코숏|치즈냥)) (?P<name>[가-힣]{1,4})$")
_PERSON = re.compile(r"^(?:(?:남자친구|여자친구|남친|여친|절친|친구|짝꿍|룸메이트|룸메|단짝) )?(?P<name>[가-힣]{2,3})$")
_NO_NAME = re.compile(r"마리|살|있음|없음|키움|여자|남자|친구|다툼|싸움|결혼|이별|군인|학생")
_VERBAL = re.compile(r"(?P<head>.*?)(?P<verb>[가-힣]+)$")
_ADJECTIVES = tuple("없다 있다 많다 적다 좋다 싫다 아프다 나쁘다 바쁘다 무섭다 외롭다 힘들다 심하다 높다 낮다 크다 작다 무겁다 어렵다 비싸다 시끄럽다 답답하다 불안하다 우울하다 피곤하다 부족하다 약하다 예민하다 막막하다 귀찮다 심심하다 허전하다 서운하다 뻐근하다 늦다 느리다 싶다 같다".split())
_VERBS = tuple("오다 나오다 들다 생기다 잘리다 혼나다 다투다 되다 빠지다 자다 먹다 하다 가다 싸우다 늘다 늘어나다 줄다 줄어들다 오르다 내리다 떨어지다 헤어지다 심해지다 나빠지다 다치다 지치다 붙다 받다 잃다 걸리다 끊다 쉬다 다니다 배우다 살다 사귀다 만나다 나다 끝나다 시작하다 준비하다 이사하다 취직하다 퇴사하다 이직하다 승진하다 그만두다 미루다 밀리다 떨다 키우다 기다리다 쓰다 잊다 놓치다 울다 아물다 낫다 붓다 저리다".split())
_NOMINAL = {form: (verb, adjective) for adjective, verbs in ((False, _VERBS), (True, _ADJECTIVES)) for verb in verbs for form, shapes in forms(verb).items() if NAMED in shapes}
_HONOURED = re.compile(r"^(.*[가-힣])(?<![관욕점중양결조안진열])심$")
_ONE_LETTER = frozenset("감 잠 봄 삶 남".split())
_INSIDE = frozenset("함 됨 짐".split())
_OFTEN = re.compile(r"(?:안|못|잘|자주|자꾸|계속|늘|매일) ?$")
"""Nouns that are verbs behind 안 or 자주 only, verbs that end a longer word (공부함; 마감 is none), and what tells that a state lasts."""
_NOUNS = re.compile(r"(?:게임|마음|모임|소음|그림|사람|시험|보험|비염|위염|장염|염|처음|얼음|웹툰|꿈|힘|땀|몸|팀|짐|잠|김|감|점|밤|봄|춤|책임|부담|면담|상담|기침|두드러기|불면|여름|이름|구름|믿음|웃음|울음|걸음|졸음|다음|녹음|모음)$")


@dataclass(frozen=True, slots=True)
class Recollection:
    """The lines for a message and the memory they are about."""

    lines: tuple[tuple[str, str], ...]
    thing: str
    recall: Recall


class Recollections:
    """All lines of recalls.tsv."""

    def __init__(self, lines: Remarks) -> None:
        self._lines = lines

    @classmethod
    def load(cls, path: Path) -> Recollections:
        """ModelError if the file is missing or malformed."""
        return cls(Remarks.load(path))

    def fitting(self, message: str, weighed: Sequence[Recall], said: Collection[str] = ()) -> Recollection | None:
        """What she can say to `message` with one of the `weighed` memories in mind, None if none of them has a line for it.

        First those that are read; then near ones, where the line is telling; then plans of the day (score 0) she has not named in `said`.
        """
        for recall in _in_mind(weighed, said):
            found = self._lines.fitting(message, family(_key(recall)))
            if found and not _touches(message, recall, found):
                continue
            filled = [pair for line in found.lines if (pair := _filled(line, slots(recall)))] if found else []
            if found and filled:
                return Recollection(tuple(filled), found.thing, replace(recall, used=True))
        return None


def _touches(message: str, recall: Recall, found: Fitting) -> bool:
    """Whether a line that fits is about this memory: what was found is what was lost, and one that is not read needs a telling line."""
    named = set(_KIN.findall(message))
    if family(_key(recall)) == "kin" and named and not named & _ALSO.get(_key(recall), {_key(recall)}):
        return False  # "아빠가 은퇴했어" is not about 언니
    if family(_key(recall)) == "lost" and (sought := _SOUGHT.search(message)) and sought["what"] not in _NO_THING and sought["what"][:2] not in recall.memory.value:
        return False
    least = ACT if family(_key(recall)) in FRAIL - {"cannot"} else TELLING
    if recall.score == SPOKEN:
        return found.verb in _EVENTFUL or (found.worth >= least and found.verb != ALONE)
    return recall.used or found.worth >= least or (not recall.score and found.verb in (*_EVENTFUL, ALONE))


def _in_mind(weighed: Sequence[Recall], said: Collection[str]) -> list[Recall]:
    """The memories that may be spoken of, likeliest first, plans of the day last."""
    due = [r for r in weighed if not r.used and (r.score == SPOKEN or (not r.score and not any(_plan(r.memory.value) in line for line in said)))]
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
    claimed = _claimed(value, name == "worry")
    found = {"값다": claimed} if claimed else {}
    if not _verbal(noun):
        found |= {"값": noun} | ({} if claimed else {"값다": with_particle(noun, "이라")})
    if name == "kin":
        found["누구"] = key
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


def _verbal(value: str) -> bool:
    """Whether a value ends in a verb made a noun (떨어짐), which no particle follows."""
    return bool(_nominal(value) or _HONOURED.search(value)) or (bool(re.search(r"[함됨임옴짐움춤봄옮김음냄남픔]$", value)) and not _NOUNS.search(value))


def _nominal(value: str) -> tuple[str, str, bool] | None:
    """(what stands before, the verb, whether it is an adjective) of a value that ends in a verb made a noun; 공부함 is 하다."""
    word = value.split()[-1] if value.split() else ""
    before = value[: len(value) - len(word)]
    for cut in range(len(word)):
        form = word[cut:]
        alone = len(form) == 1 and (form not in _INSIDE if cut else form in _ONE_LETTER and not _OFTEN.search(before))
        if form in _NOMINAL and not alone:
            verb, adjective = _NOMINAL[form]
            return before + word[:cut], verb, adjective
    return None


def _claimed(value: str, now: bool) -> str:
    """A value as what was said: 잠이 안 옴 -> 잠이 안 온다, 면접 떨어짐 -> 면접 떨어졌다; "" for a noun. `now`: it lasts."""
    if was := re.search(r"^(.*[았었했갔왔됐났렸졌쳤꼈켰겼])음$", value):
        return f"{was[1]}다"
    if honoured := _HONOURED.search(value):
        return f"{honoured[1]}셨다"
    found = _nominal(value)
    if not found:
        return ""
    before, verb, adjective = found
    lasting = now or bool(_OFTEN.search(before))
    by_shape = {shape: form for form, shapes in forms(verb).items() for shape in shapes}
    if adjective:
        return before + verb
    if not lasting:
        return f"{before}{by_shape['past']}다"
    stem = verb[:-1]
    closed = (ord(stem[-1]) - 0xAC00) % 28
    return before + (f"{by_shape['before']}다" if closed in (0, 8) else f"{stem}는다")


def _called(name: str, value: str) -> str:
    """The name of an animal, a friend or a love in a value, "" if it names none."""
    if name not in ("pet", "friend", "lover") or _verbal(value) or _NO_NAME.search(value.split()[-1] if value.split() else ""):
        return ""
    found = _ANIMAL.search(value) if name == "pet" else _PERSON.search(value)
    return found["name"] if found else ""

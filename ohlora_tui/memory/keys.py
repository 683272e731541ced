"""What is known of a memory's key: its family, whether it holds one value or many, and when it stops mattering."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of key. `fades`: days after its span's last day (or after it was said) until it is no longer recalled."""

    family: str
    single: bool = False  # one value at a time: a new value supersedes, the old one stays as history
    fades: int | None = None  # None: never
    dated: bool = False  # its day may stand in the quote alone ("내일 카페 가" -> [내일 일정: 카페])
    why: str = ""  # why it fades when it does


_PLAN = Kind("plan", fades=30, dated=True, why="지난 일정은 한 달쯤 안부로 되물을 수 있어요")
_WEATHER = Kind("weather", single=True, fades=0, dated=True, why="날씨는 그날뿐이에요")
_MOOD = Kind("mood", single=True, fades=1, dated=True, why="기분은 다음 날까지만 되물어요")
_COOK = Kind("cook", fades=3, dated=True, why="해 먹은 음식은 며칠이면 지난 이야기예요")
_STATE = Kind("state", fades=60, why="소식은 두 달이면 달라져 있기 쉬워요")
_HEALTH = Kind("health", fades=30, why="아픈 것은 한 달이면 대개 나아요")
_WORRY = Kind("worry", fades=60, why="고민은 두 달이면 달라져 있기 쉬워요")
_LOST = Kind("lost", fades=60, why="잃어버린 것은 두 달이면 찾았거나 잊었어요")
_WISH_FOOD = Kind("wish", fades=3, why="먹고 싶은 것은 며칠이면 바뀌어요")
_WISH = Kind("wish")
_ONE = Kind("identity", single=True)
_MANY = Kind("identity")
_KIN = Kind("kin")
_LIKE = Kind("like")
_DISLIKE = Kind("dislike")
_LEISURE = Kind("leisure")

KINDS: dict[str, Kind] = {
    "일정": _PLAN, "여행 계획": _PLAN, "약속": _PLAN, "날씨": _WEATHER, "기분": _MOOD, "기분 상태": _MOOD, "요리": _COOK,
    "상태": _STATE, "건강": _HEALTH, "고민": _WORRY, "잃어버린 것": _LOST, "먹고 싶은 음식": _WISH_FOOD, "가고 싶은 곳": _WISH,
    "이름": _ONE, "호칭": _ONE, "생일": _ONE, "나이": _ONE, "MBTI": _ONE, "직업": _ONE, "사는 곳": _ONE, "학교": _ONE, "전공": _ONE,
    "연인": _ONE, "몸무게": _ONE, "키": _ONE, "혈액형": _ONE, "고향": _ONE, "학년": _ONE, "회사": _ONE, "별명": _MANY,
    "목표": Kind("goal"), "기념일": Kind("date"), "알레르기": _MANY, "자격증": _MANY, "특기": _MANY, "가 본 곳": Kind("been"),
    "산 것": Kind("own"), "반려동물": Kind("pet"), "취미": _LEISURE, "운동": _LEISURE, "게임": _LEISURE,
    "무서워하는 것": _DISLIKE, "못 먹는 음식": _DISLIKE, "오로라에 대한 감정": Kind("feeling"),
    **dict.fromkeys(("가족", "친구", "엄마", "아빠", "동생", "언니", "오빠", "누나", "형", "할머니", "할아버지", "아들", "딸", "아이",
                     "남편", "아내", "부모님", "이모", "고모", "삼촌", "사촌", "조카", "여동생", "남동생"), _KIN),
}  # fmt: skip
"""Keys without their day word: `내일 일정` is looked up as `일정`."""

SHAPES: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"티어$|등급$|몸무게$|학번$|레벨$"), _ONE),
    (re.compile(r"^(제일|가장) 좋아하는 |^최애"), Kind("like", single=True)),
    (re.compile(r"^좋아하는 "), _LIKE),
    (re.compile(r"^(싫어하는|못 먹는|안 먹는|무서워하는) "), _DISLIKE),
    (re.compile(r"하고 싶은 (것|일)$|갖고 싶은 것$|사고 싶은 것$"), _WISH),
)
"""Families of keys that share a shape; the first that fits."""

_KIN_NAMED = re.compile(r"엄마|어머니|아빠|아버지|부모님|할머니|할아버지|언니|누나|오빠|(?<![가-힣])형(?![광편])|여동생|남동생|동생|아들|딸|남편|신랑|아내|와이프|이모|고모|삼촌|사촌|조카|손주|손녀|손자")
_ONE_PERSON = {one: frozenset(names) for names in (("엄마", "어머니", "부모님"), ("아빠", "아버지", "부모님"), ("남편", "신랑"), ("아내", "와이프"), ("동생", "여동생", "남동생"), ("아이", "아들", "딸")) for one in names}
"""Kin as a message names them, and the names that may be of one person."""
OTHER = Kind("other")

ALIASES = {
    "거주지": "사는 곳", "집위치": "사는 곳", "하는일": "직업", "일": "직업", "mbti": "MBTI", "엠비티아이": "MBTI", "애인": "연인",
    "남자친구": "연인", "여자친구": "연인", "남친": "연인", "여친": "연인", "애완동물": "반려동물", "가본곳": "가 본 곳",
    "못먹는것": "못 먹는 음식", "어머니": "엄마", "아버지": "아빠", "구매": "산 것", "분실물": "잃어버린 것", "그제일정": "그저께 일정",
    "기분": "오늘 기분", "날씨": "오늘 날씨", "일정": "향후 일정", "약속": "향후 일정", "오늘기분상태": "오늘 기분",
}  # fmt: skip
"""Other spellings, without spaces, small letters -> the key of the sheet."""

SLOT = re.compile(r"^(오늘|내일|모레|글피|어제|그저께|이번 주|다음 주|지난주|이번 달|다음 달|지난달|향후|지난)(?: |$)")
"""The day word that opens a key: `내일` of `내일 일정`."""

SLOTS = (
    *tuple("오늘 내일 모레 글피 어제 그저께".split()),
    "이번 주",
    "다음 주",
    "지난주",
    "이번 달",
    "다음 달",
    "지난달",
    "향후",
    "지난",
)

_SPACED = {k.replace(" ", ""): k for k in KINDS} | {f"{s}{k}".replace(" ", ""): f"{s} {k}" for s in SLOTS for k in KINDS}


def canonical(key: str) -> str:
    """The sheet's spelling of a key: `다음주일정` -> `다음 주 일정`, `mbti` -> `MBTI`; an unknown key as it came."""
    squeezed = key.replace(" ", "")
    return ALIASES.get(squeezed.lower()) or _SPACED.get(squeezed) or " ".join(key.split())


def base(key: str) -> str:
    """The key without its day word: `내일 일정` -> `일정`."""
    return SLOT.sub("", key) or key


def kind(key: str) -> Kind:
    """What is known of `key`; an unknown key holds many values and never fades."""
    bare = base(canonical(key))
    return KINDS.get(bare) or next((k for shape, k in SHAPES if shape.search(bare)), OTHER)


def kin_named(message: str) -> frozenset[str]:
    """The kin that a message names."""
    return frozenset(_KIN_NAMED.findall(message))


def of_kin(key: str, named: frozenset[str], value: str = "") -> bool:
    """Whether the kin of a key, or of a `value` under 가족 (남동생이 해병대 입대), is among those `named`: 엄마 where 어머니 is."""
    own = {key} if key != "가족" else {key, *kin_named(value)}
    return any(named & _ONE_PERSON.get(kin, {kin}) for kin in own)


def contrary(key: str) -> str:
    """The key that says the opposite of the same thing (`좋아하는 음식` <-> `싫어하는 음식`), "" if none."""
    for one, other in (("좋아하는 ", "싫어하는 "), ("싫어하는 ", "좋아하는 ")):
        if key.startswith(one):
            return other + key.removeprefix(one)
    return {"못 먹는 음식": "좋아하는 음식", "무서워하는 것": "좋아하는 것"}.get(key, "")

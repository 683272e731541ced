"""Do a memory's words stand in a message? Korean endings, particles and numbers compared without a dictionary. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ohlora_tui.memory.verbs import forms, hangul, parts, stems

_JOSA = (r"은|는|이|가|을|를|에|에서|에서는|에게|한테|께|와|과|랑|이랑|하고|도|만|까지|부터|로|으로|의|보다|처럼|마다|밖에|이나|나|에는|에도|야|아"
         r"|이야|이다|다|이에요|예요|에요|이예요|입니다|이라|라|이라서|라서|인데|이고|고|이지|지|임|이면|면|인|이래|래|이라고|라고|인데요|이거든|거든"
         r"|이라는|라는|이었어|였어|이었음|였음|인가|이네|네|이랬|이니까|니까|이요|요|들|님|씨|파|쯤|째|이잖아|잖아|던데|뿐|이란|란|으로는|로는")  # fmt: skip
_PARTICLE = r"은|는|이|가|을|를|에|에서|에게|한테|와|과|랑|이랑|도|만|까지|부터|로|으로|의|에는|에도|들|들이|들은"
_TAIL = re.compile(rf"(?:들|님|씨|네)?(?:{_JOSA})?")
FILLERS = frozenset("것 거 함 한 됨 임 중 때 후 하기 예정 등 거임 것임 하는 편 있음 가기 감".split())
"""Words a noun form may add without saying anything new."""
SPELLINGS = (("남자 친구", "남친"), ("남자친구", "남친"), ("여자 친구", "여친"), ("여자친구", "여친"), ("엠비티아이", "mbti"), ("핸드폰", "폰"),
             ("휴대폰", "폰"), ("아르바이트", "알바"), ("돈까스", "돈가스"), ("떡볶기", "떡볶이"), ("찌게", "찌개"))  # fmt: skip
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def tidy(text: str) -> str:
    """NFC, one space between words, no control or direction characters."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a message: its text without marks, its clause (from 0) and its place."""

    text: str
    clause: int
    at: int
    to: int


_BREAK = re.compile(r"[.!?~…,;\n]|ㅋ|ㅎ|ㅠ|ㅜ|ㄷ|[\U0001F300-\U0001FAFF\u2600-\u27BF♡♥]")
_LINK = re.compile(
    r".*(?:데|지만|니까|라서|거든|면서|는데도|아니고|이고|[았었했갔왔됐났]고|어서|아서|해서|와서|가서|[^하라다]고|더니|길래|느라)$"
)
_BACK_ASKED = re.compile(r"넌|너는|너도|너두|로라는|오로라는|당신은")
"""A closing "너는?" asks her, not about what stands before it."""
_HEARSAY = re.compile(r".*[간온한된난린인낸탄분른판신난진긴킨선운룬은는]대$(?<!군대)(?<!반대)(?<!연대)(?<!운대)")
_FINITE = re.compile(r"[0-9가-힣](?:이야|예요|이에요|입니다|습니다|[았었했갔왔됐]어|[았었했갔왔됐]다)$")


def _because(word: str) -> bool:
    """A verb before ~서 (아파서, 심심해서), no noun (독서) and no place (병원에서)."""
    return len(word) > 2 and word.endswith("서") and hangul(word[-2]) and parts(word[-2])[1:] in _BEFORE_SEO


_BEFORE_SEO = {(0, 0), (1, 0), (4, 0), (6, 0), (9, 0), (14, 0), (10, 0)}
_BOUND = re.compile(r"(싶|있|나서|와|왔|옴|가고|갔|다니|말|하|계|난|한)")
_NEGATED = re.compile(r"(안|못)(?=[가-힣])(?!안|경|주|녕|방|개|전|내|부|심|쪽|색|마|정|생|난|지|에|으로|은|도|다)")


def tokens(message: str) -> list[Token]:
    """Words in order; a clause ends at a mark or a linking ending. `안먹어` is two words, `안` and `먹어`."""
    found, clause = [], 0
    words = list(re.finditer(r"[0-9A-Za-z가-힣ㄱ-ㅎㅏ-ㅣ.:]*[0-9A-Za-z가-힣]", message))
    for i, m in enumerate(words):
        asked_back = i == len(words) - 1 and _BACK_ASKED.fullmatch(m[0]) and "?" in message[m.end() :]
        if i and (asked_back or _BREAK.search(message[words[i - 1].end() : m.start()])):
            clause += 1
        split = _NEGATED.match(m[0])
        if split:
            found.append(Token(split[1], clause, m.start(), m.start() + 1))
        at = m.start() + (1 if split else 0)
        found.append(Token(message[at : m.end()], clause, at, m.end()))
        following = words[i + 1][0] if i + 1 < len(words) else ""
        if (
            _because(m[0])
            or _FINITE.search(m[0])
            or _HEARSAY.match(m[0])
            or (_LINK.match(m[0]) and not (m[0].endswith("고") and _BOUND.match(following)) and len(m[0]) > 1)
        ):
            clause += 1
    return found


_TAILS = {
    "base": re.compile(r"$|대|야|에요|고|는|지|다|네|기|게|거든|려|러|면|자|던|니|잖|세|시|나|겠|을|으|며|더|든|음|은|냐|구"),
    "inf": re.compile(r"$|서|요|도|야|라|봐|보|주|줘|버|지|가|있|두|둬|놔|놓"),
    "past": re.compile(r"$|어|다|는|지|음|네|고|을|던|으|거|구|대|나|습|니|잖|더|단|냐|길|듯"),
    "n": re.compile(r"$|다|데|대|지|건|거|적|것|척"),
    "l": re.compile(r"$|까|게|래|거|지|수|려|걸|라|건|듯"),
    "m": re.compile(rf"(?:{_JOSA})?$"),
}


def same_word(word: str, said: str) -> bool:
    """Whether `word` of a value stands as `said` in a message, endings and particles aside."""
    word, said = word.lower(), said.lower()
    if said == word:
        return True
    if said.startswith(word):
        rest = said[len(word) :]
        if len(word) > 1 or _TAIL.fullmatch(rest) or (len(word) == 1 and word.isdigit()):
            return True
    if len(word) > 1 and word in said:
        return True
    if any(said.startswith(bare) and (len(bare) > 1 or _TAIL.fullmatch(said[1:])) for bare in _bares(word)):
        return True
    return any(_stands(stem, said) for stem in stems(word))


def _bares(word: str) -> list[str]:
    """A word without any particle it could end in: 빚이 -> 빚, 7개에도 -> 7개."""
    return [word[:i] for i in range(1, len(word)) if re.fullmatch(_PARTICLE, word[i:])]


def _stands(stem: str, said: str) -> bool:
    for form, tail in forms(stem):
        at = said.rfind(form) if len(form) > 1 or form == "싶" else 0 if said.startswith(form) else -1
        if at >= 0 and (len(form) > 2 or _TAILS[tail].match(said[at + len(form) :])):
            return True
    return False


def bare_noun(word: str) -> str:
    """A noun without the particle that cannot be part of it: 새우를 -> 새우, 병원에서 -> 병원; 가을, 고양이, 제주도 stay."""
    for tail in ("에서는", "에서", "한테", "에게", "이랑", "이라고", "이에요", "입니다", "이야", "으로"):
        if word.endswith(tail) and len(word) > len(tail) + (tail in ("이야", "으로")):
            return word[: -len(tail)]
    if len(word) > 2 and hangul(word[-2]):
        shut = parts(word[-2])[2] > 0
        if (word[-1] in "을은" and shut) or (word[-1] == "를" and not shut) or (word[-1] in "는야" and not shut):
            return word[:-1]
    return word


def numbers(text: str) -> list[str]:
    """Digit runs, decimals whole, with the unit written at them: `오후 3시`, `3 시` -> ["3시"]; `토익 900 넘음` -> ["900"]."""
    return [
        f"{m[1]}{m[2] or m[3] or ''}"
        for m in re.finditer(rf"(\d+(?:[.:,]\d+)*)(?:([가-힣A-Za-z%])| ({_UNITS})(?![가-힣]))?", text)
    ]


_UNITS = "시|분|월|일|년|살|명|개|번|등|급|점|원|만|키로|주|달|층|호"


def same_numbers(value: str, message: str) -> bool:
    """Whether every number of a value stands in the message with the same unit; a bare number fits any unit."""
    there = numbers(message)
    return all(
        n in there or (n[-1].isdigit() and any(re.match(rf"{re.escape(n)}(?!\d)", t) for t in there)) for n in numbers(value)
    )


def grounded(value: str, said: list[Token]) -> tuple[list[int], list[str]]:
    """(indexes of the message's words the value rests on, value words that do not stand there)."""
    words = [t.text for t in tokens(_spelt(value))]
    texts = [_spelt(t.text) for t in said]
    hits: list[int] = []
    missing = []
    for i, word in enumerate(words):
        at = [j for j, text in enumerate(texts) if same_word(word, text)]
        at = at or _across(word, texts) or _glued(words, i, texts)
        if at:
            near = hits[-1] + 1 if hits else 0
            hits.append(min(at, key=lambda j: abs(j - near)))
        elif word not in FILLERS:
            missing.append(word)
    return hits, missing


def _across(word: str, texts: list[str]) -> list[int]:
    """A word written with a space in the message (`공포영화` <- `공포 영화`), or with another break."""
    for i in range(len(texts) - 1):
        pair = texts[i] + texts[i + 1]
        if len(word) > 1 and same_word(word, pair) and not same_word(word, texts[i + 1]):
            return [i, i + 1]
    return []


def _glued(words: list[str], i: int, texts: list[str]) -> list[int]:
    """A short word the message writes at its neighbour: `구멍 남` <- `구멍남`, `세 개` <- `세개래`."""
    pairs = [words[i - 1] + words[i]] if i else []
    pairs += [words[i] + words[i + 1]] if i + 1 < len(words) else []
    return [j for j, text in enumerate(texts) if any(same_word(pair, text) for pair in pairs)]


def _spelt(text: str) -> str:
    for long, short in SPELLINGS:
        text = text.replace(long, short)
    return text

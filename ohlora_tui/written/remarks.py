"""What she says to a verb and a word beside it where no row knows the matter: "팀장한테 혼났어" is answered as what being told off by a boss is.

message -> its last clauses -> verbs (predicates.py) and words -> the lines of the most telling place of remarks.tsv, one of them. Pure text.

remarks.tsv: verb, with, mode, who, tone, answer, summary. `with`: words of which one must stand in the clause (a|b); verb `-`: the words
alone; 이다: what something is. `who`: me, other, any. `tone`: ㅋ, ㅠ or empty. {무엇} is the word of `with` that was found.
Lines for a verb alone, whatever stands beside it, are none: of 151 judged beside real turns 26 were good and 73 bad (with a word 61 and 21 of 128).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ohlora_tui.dataset import unpacked
from ohlora_tui.errors import DataError, ModelError
from ohlora_tui.words import uncalled
from ohlora_tui.written.askback import CRIES, LAUGHS
from ohlora_tui.written.clauses import clauses, heart
from ohlora_tui.written.cue import question
from ohlora_tui.written.predicates import ANY, ASK, DID, DOES, MODES, SHALL, Reader, Said

FILE = "remarks.tsv.gz"
ALONE, IS = "-", "이다"
BESIDE, MODE, WHO, TONE, ENDS = 3.0, 2.0, 1.0, 1.0, 2.0
"""How much more telling a place is that names a word, where others name a verb alone, a mode, whose deed it is, a tone, and one whose verb or words end the clause."""
LONGEST = 160
"""Letters of a clause that are read, the last ones: 2,100 took 16 s."""
COMPOUND = 3
"""Letters from which a noun may end another (영어학원); "주신거지" is no 거지."""
FRAGMENT = 3
"""Words of a clause that only names something: "그냥 동네 강아지"."""
CLAUSES = 2
"""Clauses read, the last ones: what was said before them has been left behind."""
TRAILING = 2
"""Words of a last clause that may only trail the one before it: "팀장한테 혼났어. 하 진짜"."""
EARLIER = 1.0
"""How much less a clause before the last one tells."""
LEAST = 2.0
"""How telling a place must be: a phrase amid the clause for any mode ("다음 달") tells nothing."""
ONLY = "밖에"
"""There is nothing but it: "두부밖에 없는데" is not out of it."""
_BACK = re.compile(r"싫|귀찮|않|말고|아니|(?:^|\s)척")
"""What takes a phrase back where it comes after: 장 보러 가기도 싫어."""
_SIGNS = re.compile(r"[ㅋㅎㅠㅜㅡ~!.…^;,\"“”'‘’()]+")
_TYPED = re.compile(r"[햇겟엇앗왓갓봣됫줫](?=[어다는네지음고던습거서])")
"""ㅅ typed for ㅆ."""
_IS = re.compile(
    r"(?:들)?(?:이야|야|이에요|예요|에요|이요|요|이고|고|인데|ㄴ데|이라|라|이라서|라서|이지|지|이었\S*|였\S*|이잖아|잖아|임|이네|네|이다|다|입니다|이거든|거든|거든요|이래|래|인가|이더라|더라|이구|이여|여|인 듯|일걸)?(?:요)?"
)
"""What 이다 looks like behind its noun; a fragment is its noun alone."""
_WHICH = re.compile(r"(?:^|\s)(?:뭐|뭘|뭔|무슨|어떤|어디|어딜|언제|누구|누가|몇|왜|어떻게|얼마)(?:\S{0,3})? (?:\S+ ){0,5}\S*(?:지|까|냐|나|대|해|돼|야|니|좋아|나아|하노|노)(?:요)?$|(?:^|\s)왜 (?:\S+ ){0,3}\S*(?:어|아|자|가|와|해|나)(?:요)?$|(?:^|\s)(?:뭐|뭘|어디|언제)\S{0,4}(?:지|까|나)(?:요)?$|(?:아시|있|없|되|하)는지요?$|추천(?: ?좀)?(?: ?해 ?줘| ?부탁\S*| ?점)?$")
"""뭐 먹지, 어떻게 해: asks without a question mark."""
_DREAMT = re.compile(r"^(?:나 |어제 )?꿈에(?:서)? ")
_TURN = re.compile(r"(?:는데|은데|한데|던데|지만|거든|길래|더니|야지|니까|는지|ㄹ지)(?:요)? (?=.)")
"""Behind it another matter begins: what stands before it is not beside the verb."""
_JOINED = re.compile(r"(?:[어아여해가와워려봐서]서|니까|는데|은데|한데|던데|으?면|지만|더니|다가|길래|는지|[을할갈]지|고|며) (?=.)")
"""Behind it somebody else may be the one who does it: "애가 떠들어서 혼자 있고 싶었어"."""
_WAS = re.compile(r"이었|였")
_PARTICLE = r"(?:들)?(?:이랑|랑|하고|이나|나|이|가|을|를|은|는|도|만|에|에서|에게|한테|께|으로|로|의|와|과|까지|부터|처럼|보다|마다|라도|이라도|쯤|씩|들|요|이요)?"
_PERSON = re.compile(
    r"(?:^|\s)(?:[가-힣]{0,4}(?:엄마|아빠|어머니|아버지|부모님|할머니|할아버지|언니|누나|오빠|동생|남편|신랑|아내|와이프|집사람|마누라|영감|할멈|아들|딸|아이|아기|애기|손주|손녀|손자|며느리|사위|시어머니|장모|이모|고모|삼촌|조카|"
    r"친구|남친|여친|남자친구|여자친구|애인|짝꿍|선배|후배|동기|동료|팀장|부장|과장|대리|실장|사장|소장|점장|상사|선임|사수|손님|고객|선생|쌤|교수|담임|원장|의사|간호사|기사|아저씨|아줌마|이웃|옆집|윗집|아랫집|주인|경찰|강아지|고양이|댕댕이|냥이)"
    r"|걔|얘|쟤|애|형|누가|짝남|짝녀|썸남|썸녀|전남친|전여친|전남편|남들|사람들|아무도|상대|그 ?사람|그분|[가-힣]{1,3}이)(?:들|님|네|분)?(?:이|가|은|는|께서|도|만|들이)(?=\s)|(?:^|\s)(?:다들|애들|아무도|모두)(?=\s)"
    r"|^ ?(?:우리 |내 |울 )?(?:엄마|아빠|할머니|할아버지|언니|누나|오빠|동생|남편|아내|와이프|아들|딸|친구|짝남|썸남|전남친|전여친)(?:님)? (?!비밀|돈|얘기|이야기|욕|험담|보고|생각|밥|반찬|선물|생신|생일|때문|몰래|카드|집|댁|차)"
)
"""Somebody else as the one who does it."""
_SUBJECT = re.compile(r"[가-힣]{2,}(?:은|는|이|가|도|께서)(?=\s)|(?:^|\s|[가-힣])[건게]\s|걔|얘")
_MINE = re.compile(r"^ ?(?:나|저|우리)(?=\s)|(?:^|\s)(?:난|내가|나는|나도|나만|전|제가|저는|저도|저만)(?=\s)")
_HERS = re.compile(r"(?:^|\s)(?:너|넌|네가|니가|너는|너도|로라는?)(?=\s)")


@dataclass(frozen=True, slots=True)
class Remark:
    """One written line and when it may be said."""

    verb: str
    beside: tuple[str, ...]
    mode: str
    who: str
    tone: str
    answer: str
    summary: str
    family: str = ""  # of the memory that must be recalled (recollect.py); such a line may stand for a verb alone


@dataclass(frozen=True, slots=True)
class Fitting:
    """The lines of the most telling place of a message, what stands in their slot, and how telling the place is."""

    lines: tuple[tuple[str, str], ...]
    thing: str
    worth: float
    verb: str


@dataclass(frozen=True, slots=True)
class _Clause:
    text: str
    said: tuple[Said, ...]
    asked: bool
    tone: frozenset[str]
    earlier: bool


class Remarks:
    """All lines, by verb."""

    def __init__(self, remarks: Sequence[Remark]) -> None:
        self._by_place: dict[tuple[str, str], list[Remark]] = {}
        for remark in remarks:
            self._by_place.setdefault((remark.family, remark.verb), []).append(remark)
        self._words = frozenset(word for remark in remarks for word in remark.beside)
        self._verbs = frozenset(remark.verb for remark in remarks) - {ALONE, IS}
        self._lately: tuple[str, list[_Clause]] = ("", [])

    @cached_property
    def _reader(self) -> Reader:
        """Made when it is first needed, .05 s."""
        return Reader(self._verbs)

    def warm_up(self) -> None:
        """What is made once is made now, not while a message waits."""
        self._clauses("안녕")

    @classmethod
    def load(cls, path: Path) -> Remarks:
        """ModelError if the file is missing or malformed."""
        try:
            header, *lines = unpacked(path).splitlines()  # csv.DictReader takes .18 s of 11,000 lines, this .02
            return cls([_remark(_cells(header.split("\t"), line.split("\t"), number)) for number, line in enumerate(lines, 2)])
        except DataError as wrong:
            raise ModelError(wrong.message, "프로그램을 다시 설치해 주세요.") from wrong
        except (OSError, KeyError, ValueError) as wrong:
            raise ModelError(f"{path} 대꾸하는 말을 읽을 수 없어요: {wrong}.", "프로그램을 다시 설치해 주세요.") from wrong

    def fitting(self, message: str, family: str = "") -> Fitting | None:
        """What she can say to `message`, with a memory of `family` in mind; None if it holds no verb or word that has lines."""
        found: dict[tuple[float, int, str, str], list[tuple[str, str]]] = {}
        read = self._clauses(message)
        if len(read) > 1 and len(read[-1].text.split()) > TRAILING:
            read = read[-1:]
        for clause in read:
            for remark, worth, at, thing in self._of(clause, family):
                if worth >= LEAST:
                    found.setdefault((worth - EARLIER * clause.earlier, at, remark.verb, thing), []).append((remark.answer, remark.summary))
        if not found:
            return None
        best = max(found, key=lambda place: place[:2])  # of two that tell as much, the later
        return Fitting(tuple(found[best]), best[3], best[0], best[2])

    def _under(self, verb: str, family: str) -> Sequence[Remark]:
        return self._by_place.get((family, verb), ())

    def _clauses(self, message: str) -> list[_Clause]:
        """The last clauses, read; the message that was read last is not read again: up to nine memories ask for the same."""
        if self._lately[0] != message:
            self._lately = (message, self._read(message))
        return self._lately[1]

    def _read(self, message: str) -> list[_Clause]:
        parts = clauses(heart(uncalled(message)))[-CLAUSES:]
        tone = frozenset(sign for sign, pattern in (("ㅋ", LAUGHS), ("ㅠ", CRIES)) if pattern.search(message))
        made = []
        for at, part in enumerate(parts):
            text = " ".join(_SIGNS.sub(" ", _TYPED.sub(_closed, part[-LONGEST:])).split())
            made.append(_Clause(text, tuple(self._reader.read(text, self._words)), bool(question(part[-LONGEST:]) or _WHICH.search(text)), tone, at < len(parts) - 1))
        return made

    def _of(self, clause: _Clause, family: str) -> Iterable[tuple[Remark, float, int, str]]:
        """Every line that suits the clause, how telling its place is, where its verb or word stands, and the word that was found."""
        for said in () if _DREAMT.search(clause.text) else clause.said:
            for remark in self._under(said.verb, family):
                if thing := _suits(remark, said, clause):
                    yield remark, _telling(remark) + ENDS, said.at, thing
        for remark in self._under(IS, family):
            if thing := _is(remark, clause):
                yield remark, _telling(remark) + ENDS, clause.text.rfind(thing), thing
        for remark in self._under(ALONE, family):
            thing = _beside(remark, clause.text) if _asked_alike(remark, clause) and _toned(remark, clause) else ""
            if thing and (_all_of(clause, thing) or " " in thing) and not _turned(clause.text, thing):
                yield remark, _telling(remark) + ENDS * _all_of(clause, thing), clause.text.rfind(thing), thing


def _all_of(clause: _Clause, thing: str) -> bool:
    """Whether a word is what the clause is about: a few words without a verb, it the last of them; or a phrase that ends it."""
    if " " in thing:
        return len(clause.text[clause.text.rindex(thing) :].split()) <= len(thing.split())
    words = clause.text.split()
    return not clause.said and len(words) <= FRAGMENT and _names(words[-1], thing)


def _cells(columns: list[str], cells: list[str], number: int) -> dict[str, str]:
    if len(cells) != len(columns):
        raise ValueError(f"{number}번째 줄이 {len(columns)}칸이 아니라 {len(cells)}칸")
    return dict(zip(columns, cells, strict=True))


def _remark(row: dict[str, str]) -> Remark:
    family = row.get("family") or ""
    if not (row["with"] or (family and row["verb"] not in (ALONE, IS))) or row["mode"] not in MODES or row["who"] not in ("me", "other", "any") or row["tone"] not in ("", "ㅋ", "ㅠ"):
        raise ValueError(f"{row['verb']}: {row['with']!r}, {row['mode']}, {row['who']}, {row['tone']}")
    beside = tuple(word for word in row["with"].split("|") if word)
    return Remark(row["verb"], beside, row["mode"], row["who"], row["tone"], row["answer"], row["summary"], family)


def _telling(remark: Remark) -> float:
    return BESIDE * bool(remark.family and remark.beside) + MODE * (remark.mode != ANY) + WHO * (remark.who != ANY) + TONE * bool(remark.tone)


def _suits(remark: Remark, said: Said, clause: _Clause) -> str:
    """The word of a line that stands beside a verb that ends the clause, "" if the line does not suit."""
    mode = ASK if clause.asked and said.mode != SHALL else said.mode
    if not said.last or remark.mode not in (mode, ANY) or not _toned(remark, clause) or not _whose(remark, said, clause):
        return ""
    return _beside(remark, clause.text[max(0, _last_end(_TURN, clause.text[: said.at])) :]) if remark.beside else said.verb


def _whose(remark: Remark, said: Said, clause: _Clause) -> bool:
    if remark.who == ANY:
        return True
    joined = _last_end(_JOINED, clause.text[: said.at])
    before = f" {clause.text[max(0, joined) : said.at]} "
    if _HERS.search(before):
        return False
    person, mine = _last_end(_PERSON, before), _last_end(_MINE, before)
    others = said.others or person > mine
    return others == (remark.who == "other")


def _closed(typed: re.Match[str]) -> str:
    """햇어 -> 했어."""
    return chr(ord(typed[0]) + 1)


def _last_end(pattern: re.Pattern[str], text: str) -> int:
    return max((found.end() for found in pattern.finditer(text)), default=-1)


def _toned(remark: Remark, clause: _Clause) -> bool:
    return not remark.tone or remark.tone in clause.tone


def _asked_alike(remark: Remark, clause: _Clause) -> bool:
    """A line for a question answers one, any other none."""
    return (remark.mode in (ASK, SHALL)) == clause.asked if remark.mode != ANY else not clause.asked


def _beside(remark: Remark, text: str) -> str:
    """The word of `with` that stands in the clause, "" if none does: the front of a word, or all of a short one but its particle."""
    words = text.split()
    return next((named for named in remark.beside if (" " in named and f" {named}" in f" {text}") or any(_names(word, named) for word in words)), "")


def _names(word: str, named: str) -> bool:
    if len(named) > 1:
        return word.startswith(named) and ONLY not in word[len(named) :]
    return bool(re.fullmatch(re.escape(named) + _PARTICLE, word))


def _turned(text: str, thing: str) -> bool:
    """Whether what comes after a phrase takes it back: "장 보러 가기도 싫어" is no way to the market."""
    return bool(_BACK.search(text[text.rfind(thing) + len(thing) :]))


def _is_anothers(text: str) -> bool:
    """Whether something else than the user is said to be it: "누운 건 첫째고"."""
    before = text.rpartition(" ")[0] + " "
    return bool(_SUBJECT.search(before)) and not _MINE.search(before)


def _is(remark: Remark, clause: _Clause) -> str:
    """The word of `with` that the clause's last word is, "" if it is another."""
    last = clause.text.split()[-1:] or [""]
    if len(clause.text.split()) > FRAGMENT:
        return ""  # of 13 at the end of a longer clause 2 were good
    for named in remark.beside:
        at = last[0].rfind(named)
        tail = last[0][at + len(named) :]
        if at < 0 or (at > 0 and len(named) < COMPOUND) or not _IS.fullmatch(tail) or (remark.who == "me" and _is_anothers(clause.text)):
            continue
        mode = ASK if clause.asked else DID if _WAS.match(tail) else DOES
        if remark.mode in (mode, ANY) and _toned(remark, clause):
            return named
    return ""

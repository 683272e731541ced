"""What a clause says of a verb: done, to come, wanted, asked … and by whom, read from the forms of inflect.py.

clause -> occurrences of known verbs, in order, each with its mode -> remarks.py, which has lines for (verb, words beside it, mode). Pure text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ohlora_tui.written.inflect import BEFORE, DROPPED, LINKED, NAMED, OPEN, PAST, POLITE, STEM, TO_COME, forms, split

DID, DOES, WILL, WANT, LOATH, NOT, MUST, SHALL, ASK, ANY = MODES = "did does will want loath not must shall ask any".split()
"""했어 · 해, 하고 있어 · 할 거야, 하려고 · 하고 싶어 · 하기 싫어 · 안 했어, 못 해 · 해야 돼 · 할까? 해도 돼? · any other question · whatever."""
_END = r"(?=$|[^가-힣])"
_STEMS = frozenset({STEM, LINKED})
NONE = ""
"""An ending that says neither: 했어야 했는데, 먹은 거 아니야, 울지 마."""
CANNOT = "cannot"
"""An ending that says something only where it is denied: 못 참겠어 is not, 참겠어 may be a guess."""
_MAY = r"(?:돼(?:요)?\?|될까|될지|되나|되냐|되려나|되는지|되겠지|괜찮을까|괜찮나|괜찮겠지|괜찮아(?:요)?\?)"
"""How leave is asked; without it, it is given (안 해도 돼)."""
_TAILS: tuple[tuple[frozenset[str], str, str], ...] = (
    # shapes, what follows the form, mode; the first that fits
    (frozenset({PAST}), r"(?:으면|음) ?(?:좋|하|싶)", WANT),
    (frozenset({PAST}), r"어야|을 ?걸", NONE),
    (frozenset({PAST}), rf"(?:나|냐|니|는지|을까|을지)(?:요)?(?:{_END}| )", ASK),
    (frozenset({PAST}), r"(?!던|겠|을|으면|으려나)", DID),
    (frozenset({TO_COME}), r"까(?! ?봐)|지 ?말지", SHALL),
    (frozenset({TO_COME}), rf"(?:게|께|래|란다|라고|라구|려고|려구|라니까)(?:요|용)?{_END}", WILL),
    (frozenset({TO_COME}), r" ?(?:거|것|꺼|건|예정|계획|생각|건데)(?!(?:이|가|도|은)? ?(?:같|없|많|있))", WILL),
    (frozenset({TO_COME}), r" ?수 ?밖에 ?없", MUST),
    (frozenset({TO_COME}), r" ?수 ?(?:가|도|는)? ?없", NOT),
    (frozenset({TO_COME}), r" ?수 ?(?:가|도|는)? ?있(?:을까|나|냐|는지|으려나)", ASK),
    (frozenset({BEFORE}), rf"(?:다|대|단다|당|다구|다고|다네|다니까)(?:요)?{_END}|데|대(?:요)?{_END}", DOES),
    (_STEMS | {BEFORE, DROPPED}, r"(?:는)? ?(?:거|것|건|게|중)(?:이|은|는|도)? ?아[니닌님]", NONE),
    (frozenset({BEFORE}), r" ?적(?:이|은|도|두)? ?(?:한 ?번도 )?없", NOT),
    (frozenset({BEFORE}), r" ?(?:거|것|건|게|적|지|듯|채)(?=$|[ 같이야임다거가데지])", DID),
    (frozenset({BEFORE}), r" ?(?:기분|느낌|편|상태)", DOES),
    (frozenset({NAMED}), _END, DID),
    (frozenset({POLITE}), r"니(?:다|까|당)", DOES),
    (frozenset({DROPPED}), rf"(?:냐|나|니)(?:요)?{_END}|는가", ASK),
    (frozenset({DROPPED}), r"는 ?(?:중|길|데|거|것|편|다|대|구|데)|네|나 ?봐", DOES),
    (_STEMS, r"고 ?(?:싶|파|있)지(?:는|도|가)? ?(?:않|못|안)", NOT),
    (_STEMS, r"고 ?(?:싶|파)", WANT),
    (_STEMS, r"기(?:가|는|도)? ?(?:\S+ )?싫(?:지|진) ?(?:않|안)|지 ?말 ?걸", NONE),
    (_STEMS, r"기(?:가|는|도)? ?(?:너무 |진짜 |정말 |다 )?(?:싫|귀찮)", LOATH),
    (_STEMS, r"지 ?말까|지 ?말아야 ?(?:하나|할까|되나)", SHALL),
    (_STEMS, r"(?:지(?:를|도|두|는|가)?|진|질) ?(?:않|못|안)", NOT),
    (_STEMS, r"지 ?(?:마|말)", NONE),
    (_STEMS, rf"기로|려고|려구|려는|려다|자{_END}|려나 ?봐", WILL),
    (_STEMS | {TO_COME}, r"렵니다|랍니다|란다", WILL),
    (_STEMS, r"면 ?(?:좋겠|싶)", WANT),
    (_STEMS, rf"면 ?(?:안 ?)?{_MAY}", SHALL),
    (_STEMS, r"면 ?(?:돼|되|될|안)", NONE),
    (_STEMS, rf"(?:냐|나|니)(?:요)?{_END}|는가|려나", ASK),
    (_STEMS, r"게 ?(?:됐|되었|된)", DID),
    (_STEMS, r"고 ?있|는 ?(?:중|길|데|거|것|편|다|대|구)|네|더라|더라고|거든|잖|구나|죠|군|니까|자나|나 ?봐|기도|습니|게 ?(?:돼|되)|는(?:데|다|대)", DOES),
    (_STEMS, r"겠(?:어|다|네|음|습니다|는데|더라|지|고|당|슴)", CANNOT),
    (_STEMS, rf"(?:으?래|라고|라는데|라네|랬)(?:요)?{_END}", DOES),
    (_STEMS, rf"지(?:요)?{_END}|[다당](?:요)?(?=$|[^가-힣 ]|\s\S{{1,3}}$)|다(?:고|네|니까|구)(?:요)?{_END}|고[\s.~ㅋㅎㅠㅜ]*$", DOES),
    (frozenset({OPEN}), r"야(?:지|겠|죠)", WILL),
    (frozenset({OPEN}), r"야 ?(?:하나|되나|될까|할까|하냐|되냐|될지|할지|하는지)", SHALL),
    (frozenset({OPEN}), rf"야 ?(?:돼|되|된|됨|될|됩|됐|해|하|한|할|함|합|했|만|겄)|져야|야{_END}", MUST),
    (frozenset({OPEN}), rf"도 ?{_MAY}", SHALL),
    (frozenset({OPEN}), r"도 ?(?:돼|되|될|괜찮|상관)", NONE),
    (frozenset({OPEN}), r" ?(?:줘|주라|주세요|줄래|달라|주시)", ASK),
    (frozenset({OPEN}), r" ?죽(?:겠|을|는|음)| ?미치겠", DOES),
    (frozenset({OPEN}), r"졌|짐", DID),
    (frozenset({OPEN}), rf"(?:요|용|염|당)?{_END}|진다|지네|져|서(?:요)?[\s.!?~ㅋㅎㅠㅜ]*$", DOES),
)  # fmt: skip
_READ = tuple((shapes, re.compile(tail), mode) for shapes, tail, mode in _TAILS)
_HELPERS = {form: shapes for verb in "보다 버리다 놓다 두다 내다 드리다 오다 가다 주다 나다 대다 있다 계시다".split() for form, shapes in forms(verb).items()} | {
    "놨": frozenset({PAST}), "놔": frozenset({OPEN}), "둠": frozenset({NAMED}),
}  # fmt: skip
"""What may stand behind 해 or 하고 and carries the ending: 해 봤어, 하고 왔어."""
_LONGEST_HELPER = max(map(len, _HELPERS))
_BEHIND = re.compile(
    r"(?:싶|않|같|됐|되|된|될|돼|봤|줬|버렸|버려|놨|뒀|없|있|좋겠|모르|몰라|몰랐|귀찮|싫)[가-힣]{0,5}"
    r"|(?:봐|볼|보|줘|줄|주|놓|왔|갔|말|해|했|할|하|함|한|합|거|것|게|수|중|듯|뻔|적|건|걸)"
    r"(?:어|아|다|네|지|고|음|임|는데|은데|더라|거든|니까|면|려고|기로|까|래|게|자|냐|나|구나|는구나|습니다|니다|요|죠|야|이야|예요|겠|을|는|도|이|가|같|서|지만|던|당|밖에)*"
    r"|이제|진짜|ㄹㅇ|암튼|뭐|요|참|그냥|못"
)
"""Words behind a form that still belong to it."""
_LINKS = re.compile(r"[가-힣]{0,6}?(?:는데|은데|지만|려다가?|다가|더니|길래) (?=[가-힣])")
"""What was meant before it turned: 고백하려고 했는데 못 했어."""
_TAKEN_BACK = frozenset("취소 취소래 실패 아님 뻥 뻥임 구라 무효".split())
TRAILING = 3
"""Letters of a last word that only trails what was said: "먹었어요 두줄", "잔다 진짜로"."""
_WORD = re.compile(r"[가-힣]+")
_TOLD_OF = re.compile(r"^\S{0,6}(?:대|래|다고|라고|냐고|자고|다더라|라더라|다던데|다네|라네|대서|래서)(?:요)?(?=$|[\s.!?~ㅋㅎㅠㅜ])")
"""Somebody else's words: 싫대, 하래, 간다고."""
_DENIED = re.compile(r"(?:^|(?<!밖에)\s)(?:안|못|별로|전혀)\s?$")
_HAD_TO = re.compile(r" ?수(?:가|는|도)? ?없")
"""안 갈 수가 없었어."""
_ONLY = re.compile(r"밖에\s(?:안|못)?\s?$")
"""만 원밖에 안 남았어: little is left, not nothing."""
_DENIED_AMID = re.compile(r" ?(?:안|못) ")
_THERE_AND_BACK = re.compile(r"다 ?(?=[오올온옴왔와])")
"""갔다 올게: the second verb tells when."""
_TOWARDS = re.compile(r"고 ?(?=[왔와오옴올간갔가나났말])|(?:으?러|으?려) ?(?=[왔와오옴올간갔가감갈])")
"""먹고 왔어, 보러 갔어: the second verb carries the ending."""
_HELPING = {
    "같다": re.compile(r"[거것건게듯]\s?$"), "하다": re.compile(r"(?:기로|려고|려|[아어해야]야|까|을까|면|척|뻔|둥|듯|라고|다고|자고|냐고)\s?$"), "되다": re.compile(r"(?:[아어해]야|면|도|(?<!떻)게)\s?$"),
    "알다": re.compile(r"줄(?:은|도|만)?\s?$"), "모르다": re.compile(r"줄(?:은|도|만)?\s?$"),
    "보다": re.compile(r"(?:[나까]|[은는던인한운큰을]가)\s?$"), "싶다": re.compile(r"(?:고|까|나)\s?$"), "있다": re.compile(r"(?:고|[아어해])\s?$"), "않다": re.compile(r"지\s?$"),
}  # fmt: skip
_DENIED_IN = ("안", "못")
_BEFORE = frozenset("안 못 잘 더 또 싹 푹 개 핵 뭐 뭘 머".split())
"""What is written together with the verb: 안갔어, 푹잤어."""
_ELDERS = {"먹다": ("드시다", "잡수시다"), "마시다": ("드시다",), "자다": ("주무시다",), "아프다": ("편찮으시다",), "있다": ("계시다",)}
"""Verbs of their own that honour."""
_SHORT = frozenset("밥 물 술 돈 잠 옷 책 집 톡 폰 춤 약".split())
"""One-letter nouns that are written together with it (밥먹었어); of any other letter "시켰어" would be 시 and 켰어."""
_JOINED = ("", " ", "을 ", "를 ", "도 ", "만 ", "은 ", "는 ", " 좀 ", " 다 ", " 안 ", " 못 ", "을 안 ", "를 안 ", "을 못 ", "를 못 ")
"""What may stand between the noun and 하다: 사과를 했어, 연락 안 했어."""
_NO_VERB = frozenset("나는 나도 나만 나네 나를 나의 내가 내일 내는 내도 이제 이거 이번 가지 가는 하나 하는 하고 하지만 사실 사람 사이 사진 자기 자꾸 자리 오늘 오빠 오후 오전 보통 보다 보니 주말 주로 지금 지난 지각 서로 서울 들어 치킨 치과 피자 타로 살짝 말고 말도 말이 말을 말은 좀 사고 사고가 사고를 일단 일요일 배고".split())
"""Words that begin like a form and are none."""

_DENIABLE = frozenset(["들어"])
"""Of those what is a verb behind 안 or 못: 말을 안 들어."""
_PARTICLES = frozenset("가 이 도 은 는 을 를 만 고 나 서 하고 가는 가도".split())
"""What stands behind a noun and is no verb: 하트가."""
_NOUNS = frozenset("잠꿈짐춤삶암차사이나감봄")
"""One letter before a blank that is a noun: 잠 못 잤어, 차 샀어."""
_NO_FORM = re.compile(r"(?:건데|건가|거래|거든|거임|거야|거지|거라|거고|걸까|걸로|뭐가|누가|[내네제]가|그런|그래|이런|이래|저런|못생)")
"""How a word begins that is no form of 걸다, 가다, 나다: "그런 건데"."""


@dataclass(frozen=True, slots=True)
class Said:
    """One verb in a clause. `at`: where it begins; `end`: where its form ends; `last`: no other word of weight stands behind it; `others`: somebody's words, or an elder's deed."""

    verb: str
    mode: str
    at: int
    end: int
    last: bool
    others: bool


class Reader:
    """Finds the verbs it was made for."""

    def __init__(self, verbs: Iterable[str]) -> None:
        self._forms: dict[str, list[tuple[str, frozenset[str], bool]]] = {}
        for verb in verbs:
            for said, honours in ((verb, False), *((one, True) for one in honoured(verb))):
                for form, shapes in forms(said).items():
                    for spelled in _spellings(said, form):
                        self._forms.setdefault(spelled, []).append((verb, shapes, honours))
                if honours:
                    self._forms.setdefault(f"{said[:-2]}세", []).append((verb, frozenset({OPEN}), True))  # 하세요
        self._longest = max(map(len, self._forms), default=0)

    def read(self, clause: str, beside: Iterable[str] = ()) -> list[Said]:
        """Occurrences in order. `beside`: words that may be written together with a verb (밥먹었어)."""
        found: list[Said] = []
        asked, read = clause.rstrip().endswith("?"), 0
        glued = frozenset(word for word in beside if len(word) > 1) | _SHORT | _BEFORE
        for word in _WORD.finditer(clause):
            front, *inner = [self._at(clause, at, asked, word) if at >= read else [] for at in _starts(word, glued)]
            taken = front + [pair for pairs in inner for pair in pairs if not front or pair[0].verb == "하다"]  # 무서운데 is no 울다, 연락해 is 하다 too
            found += [said for said, _ in taken]
            read = max((end for _, end in taken), default=read)
        return found

    def _at(self, clause: str, at: int, asked: bool, word: re.Match[str]) -> list[tuple[Said, int]]:
        """The longest verbs that begin at `at` and stand in an ending that is known (걸었어 is 걷다 and 걸다), and where their words end."""
        rest = word[0][at - word.start() :]
        if (rest in _NO_VERB and not (rest in _DENIABLE and _DENIED.search(clause[:at]))) or _NO_FORM.match(rest) or (at > word.start() and rest in _PARTICLES):
            return []
        for end in range(min(len(clause), at + self._longest), at, -1):
            if taken := [pair for verb, shapes, honours in self._forms.get(clause[at:end], ()) if (pair := _said(clause, at, end, verb, shapes, asked, word.start(), honours))]:
                return taken
        return []


def honoured(verb: str) -> tuple[str, ...]:
    """The verbs that say the same of an elder: 하다 -> 하시다, 살다 -> 사시다, 먹다 -> 먹으시다, 드시다."""
    by_shape = {shape: form for form, shapes in forms(verb).items() for shape in shapes}
    stem = verb[:-1]
    linked = by_shape[DROPPED] if split(stem[-1])[2] == split("알")[2] else by_shape[LINKED]
    return (f"{linked}시다", *_ELDERS.get(verb, ()))


def _said(clause: str, at: int, end: int, verb: str, shapes: frozenset[str], asked: bool, begins: int, honours: bool = False) -> tuple[Said, int] | None:
    tail = clause[end:]
    mode, length = _mode(shapes, tail)
    if end - at == 1 and clause[at] in _NOUNS and tail[:1] == " ":
        return None
    if not mode or (end - at == 1 and tail[:1] in ("", " ") and not _final(tail)) or _helps(verb, clause[:at]):
        return None
    denied = mode not in (SHALL, ASK) and not _ONLY.search(clause[:at]) and (clause[begins:at] in _DENIED_IN or _DENIED.search(clause[:at]) or _DENIED_AMID.search(clause[at:end]))
    told = (NOT if mode in (DID, DOES, NOT, LOATH, CANNOT) else NONE) if denied else mode if mode != CANNOT else NONE
    if denied and _HAD_TO.match(tail):
        told = MUST
    if not told:
        return None
    said = Said(verb, ASK if asked and told not in (SHALL, ASK) else told, at, end, _final(tail), honours or (mode != WILL and bool(_TOLD_OF.match(tail))))
    return said, end + length


def _starts(word: re.Match[str], glued: frozenset[str]) -> Iterator[int]:
    """Where a verb may begin in a word: at its front, or behind what is written together with it."""
    yield word.start()
    for cut in range(1, len(word[0])):
        if word[0][:cut] in glued:
            yield word.start() + cut


def _spellings(verb: str, form: str) -> Iterator[str]:
    """A form as it may be written: 사과했 also 사과를 했, 물어봤 also 물어 봤."""
    if verb.endswith("하다") and len(verb) > 3:
        noun = verb[:-2]
        yield from (f"{noun}{between}{form[len(noun) :]}" for between in _JOINED)
        return
    yield form
    for helper in ("보", "봤", "봐", "볼", "본", "봄"):
        if len(form) > 2 and form.endswith(helper) and verb.endswith("보다"):
            yield f"{form[:-1]} {helper}"


def _helps(verb: str, before: str) -> bool:
    """Whether a verb only helps the one before it: 할 것 같아, 하기로 했어, 갈까 봐."""
    return bool((found := _HELPING.get(verb)) and found.search(before))


def _mode(shapes: frozenset[str], tail: str) -> tuple[str, int]:
    """What the ending says and how long it is; ("", 0) for one that only joins or describes (먹은 밥, 가면서)."""
    if OPEN in shapes and (helped := _helped(tail, 0))[0]:
        return helped
    if PAST in shapes and (found := _THERE_AND_BACK.match(tail)):
        return _helped(tail, found.end())
    if shapes & _STEMS and (found := _TOWARDS.match(tail)) and (helped := _helped(tail, found.end()))[0]:
        return helped
    return _ended(shapes, tail, 0)


def _helped(tail: str, at: int) -> tuple[str, int]:
    """The mode that a helping verb at `at` of `tail` carries, and where it ends."""
    at += tail[at : at + 1] == " "
    for end in range(min(at + _LONGEST_HELPER, len(tail)), at, -1):
        if shapes := _HELPERS.get(tail[at:end]):
            return _ended(shapes, tail, end)
    return "", 0


def _ended(shapes: frozenset[str], tail: str, at: int) -> tuple[str, int]:
    """The mode of the first ending at `at` of `tail` that fits the shapes, and where it ends."""
    return next(((mode, found.end()) for known, pattern, mode in _READ if known & shapes and (found := pattern.match(tail, at))), ("", 0))


def _final(tail: str) -> bool:
    """Whether no word of weight stands behind a form."""
    if _LINKS.match(tail):
        return False
    words = re.sub(r"^[가-힣]+", "", tail).split()
    while words and (_BEHIND.fullmatch(words[0]) or not _WORD.search(words[0])):
        words = words[1:]
    return not words or (len(words) == 1 and len(words[0]) <= TRAILING and words[0] not in _TAKEN_BACK)

"""Why a candidate memory must not be kept: each check gives a Korean reason, "" if it has none. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from ohlora_tui.heads import MARKERS, plain
from ohlora_tui.memory.case import SELF, Case
from ohlora_tui.memory.evidence import past_self, unsaid, vocative
from ohlora_tui.memory.guard import CODE, SECRET_NAME, secret
from ohlora_tui.memory.lexicon import ANIMALS
from ohlora_tui.memory.words import same_numbers
from ohlora_tui.words import with_particle


def _secrets(case: Case) -> str:
    told = bool(SECRET_NAME.search(case.message)) and bool(CODE.search(case.value))
    named = bool(SECRET_NAME.search(case.key))
    if secret(case.value) or told or (named and not re.search(r"[음함짐임]$", case.value)):
        return "비밀번호나 주민등록번호, 카드 번호 같은 비밀은 기억하지 않아요."
    return ""


def _injection(case: Case) -> str:
    text = f"{case.key} {case.value}"
    if plain(text) != text or any(m in text for m in MARKERS) or ":" in case.key or len(case.key) > 40 or len(case.value) > 200:
        return "기억의 꼴을 흐리는 표시가 들어 있어서 기억하지 않아요."
    if re.search(rf"\[[^\[\]]*{re.escape(case.value)}[^\[\]]*\]", case.message):
        return "[키: 값] 꼴로 적힌 글은 하신 말이 아니라서 기억하지 않아요."
    if any(m in case.message for m in MARKERS):
        return "프롬프트 표시가 섞인 말에서는 기억하지 않아요."
    return ""


VALUE_MAX = 60
"""Letters of a value worth keeping: the longest of 8,000 written ones has 23; a whole message is no fact."""
_GREETING = re.compile(r"(안녕(?:하세요)?|하이|헬로|ㅎㅇ+|여보세요|고마워요?|감사합니다|미안해?|잘 ?자|응+|아니|그래|맞아|[ㄱ-ㅎㅏ-ㅣ]+)[!.~]*")


_BOUND = frozenset("건 거 것 게 걸 데 수 줄 때 점 쪽".split())
"""Nouns that say nothing without the words before them: 매운 건 못 먹어."""


def _no_fact(case: Case) -> str:
    if case.value in _BOUND:
        return f"'{case.value}'만으로는 무엇인지 알 수 없어서 기억하지 않아요."
    if len(case.value) > VALUE_MAX:
        return f"{len(case.value)}자는 기억 하나로 너무 길어요. {VALUE_MAX}자 안으로 짧게 말해 주시면 기억할게요."
    words = case.value.split()
    if len(words) > 2 * len(set(words)):
        return f"'{words[0]}'만 되풀이한 말이라 기억하지 않아요."
    return f"'{case.value}'은(는) 인사나 대꾸라서 기억하지 않아요." if _GREETING.fullmatch(case.value) else ""


def _ungrounded(case: Case) -> str:
    if case.missing:
        return f"'{case.missing[0]}'은(는) 하신 말에 없어서 기억하지 않아요."
    if not case.hits:
        return "하신 말에서 근거를 찾지 못해서 기억하지 않아요."
    return "" if same_numbers(case.value, case.message) else f"'{case.value}'의 숫자가 하신 말과 달라서 기억하지 않아요."


_ASKS = re.compile(r"(뭐|뭘|뭔|무슨|어디|언제|누구|누가|왜|어떻게|몇|얼마(?!\s?(안|전|나 안))|어느|어떤)")
_HER = re.compile(
    r"^(너|넌|너는|네가|니가|너도|너두|넌요|로라는|로라도|로라가|오로라는|오로라가|오로라도|당신은|네|니|너의|로라)$"
)
_FREE = frozenset(("worry", "goal", "feeling", "mood", "wish"))
"""Families where a question or a wish is itself the fact: "고백할까 말까" is a worry."""
_OWN = frozenset(
    ("identity", "like", "dislike", "leisure", "own", "been", "lost", "pet", "plan", "state", "health", "weather", "cook")
)


def _question(case: Case) -> str:
    text, words = case.text, [t.text for t in case.clause]
    asking = (
        bool(words)
        and ("?" in text or bool(re.search(r"(?<!니)까$|[^아]니$|냐$", words[-1])))
        and not re.search(r"네$|구나$", words[-1])
    )
    if re.fullmatch(rf"{_ASKS.pattern}.{{0,3}}", case.value):
        return "묻는 말이라 기억할 사실이 없어요."
    open_text = re.sub(r"얼마\s?(?:나 )?(?:안|전)", "", text).split()
    asks_word = any(_ASKS.match(w) and w in open_text and w not in case.value and not re.match(r"왜케|왤케", w) for w in words)
    if not asking and not asks_word:
        return ""
    mine = any(SELF.match(w) for w in words)
    if any(_HER.match(w) for w in words) and case.family != "feeling" and not mine:
        return "오로라에게 묻는 말이라 기억할 사실이 없어요."
    if case.family in _FREE or case.family in ("kin", "lost", "health", "other", "date"):
        return ""
    strict = case.family in ("identity", "like", "dislike", "leisure", "weather", "own", "been", "people")
    owned = bool(re.search(r"새로 산|기억하|인 거 |는 거 |할 건데|우리 (집 )?|잡힘|하는데", text))
    owned = owned or (case.family == "plan" and "말까" in text)
    if (strict and not owned) or (asking and not mine and not owned and case.family in ("plan", "state", "pet", "cook")):
        return "묻는 말이라 기억할 사실이 없어요."
    return ""


_WISH = re.compile(r"고\s?싶|(으면|면|음)\s?좋[겠을]|(았|었|했|됐)으면|가지고파|[갈할될살]래\b|될까|할까|을까|말까|려나|인가 봐")
_IF = re.compile(r"만약|만일|혹시|가정")
_TIED = re.compile(r"(이?라면|다면|으면|면|이?었다면|였으면)$")
_FACTS = frozenset(("identity", "own", "been", "pet", "state", "cook", "weather", "health", "leisure", "lost"))


def _hypothetical(case: Case) -> str:
    if case.family not in _FACTS and case.family != "plan":
        return ""
    text = " ".join(case.after)
    if case.family in _FACTS and re.search(r"줄 알|(면|을까 ?봐|까 ?봐) (어떡|어떻|무서|걱정)|[을ㄹ]까 ?봐", text):
        return "일어난 일이 아니라서 기억하지 않아요."
    if case.family in ("own", "been") and re.search(r"려고|려는|살 거|갈 거|예정", text):
        return "아직 하지 않은 일이라 기억하지 않아요."
    if case.family == "plan" and re.search(r"걸 그랬|고 싶었|갈 뻔|할 뻔", text):
        return "일어나지 않은 일이라 기억하지 않아요."
    if case.family in _FACTS and _WISH.search(text) and not _WISH.search(case.value) and "싶" not in case.value:
        return "바라는 말이지 일어난 일이 아니라서 기억하지 않아요."
    near = 1 if case.family == "identity" else 3
    ended = [
        t
        for t in case.after[:near]
        if _TIED.search(t) and t not in ("라면", "쫄면", "냉면", "자면", "정면", "화면", "반면", "짜장면") and t not in case.value
    ]
    conditional = ended and not case.value.endswith("면") and case.family in ("identity", "weather", "own", "state")
    if (conditional or _IF.search(case.text)) and "싶" not in case.value:
        return "'만약'을 두고 한 말이라 기억하지 않아요."
    return ""


_PEOPLE = (
    r"친구들?|엄마|아빠|어머니|아버지|부모님|동생|여동생|남동생|언니|오빠|누나|형|할머니|할아버지|이모|고모|삼촌|사촌|조카|남친|여친|남자친구|여자친구|애인"
    r"|남편|아내|와이프|아들|딸|선배|후배|동기|동료|팀장님?|부장님?|사장님?|상사|선생님|교수님|이웃|옆집|윗집|걔|쟤|얘|그 ?애|룸메이트?|짝꿍|사수|절친|베프|그분|그 ?사람|사람들|다들|애들"
)
_OTHER = re.compile(rf"^(?:우리|내|제|울)?({_PEOPLE})(가|이|는|은|네|도|께서|들이|들은)?$")
_NAMED = re.compile(r"^([가-힣]{1,4})(은|는|이가|이는|이도)$")
_TOPICS = frozenset(
    "나 저 전 난 나이 직업 이름 전공 학교 일 집 요즘 오늘 지금 원래 이제 앞으로 생일 내 제 별명 사실 현재 취미 특기 본업 하는일 일단 이번에 올해".split()
)


def _other_person(case: Case) -> str:
    if case.family not in _OWN or case.family == "weather" or not case.hits:
        return ""
    first, clauses = min(case.hits), case.clauses
    before = [t.text for t in case.said if t.clause in clauses][
        : max(1, sum(1 for t in case.said[: first + 1] if t.clause in clauses))
    ]
    if case.family == "pet" and "우리" in before:
        return ""
    if any(_HER.match(w) for w in before) and not any(SELF.match(w) for w in before) and "너" not in case.value:
        return "오로라에 대한 말이라 사용자의 기억으로 두지 않아요."
    subject = _subject(case, before) or _beast(case, before)
    particle = with_particle(case.key, "로").removeprefix(case.key)
    return f"'{subject}'에 대한 말이라 사용자 자신의 '{case.key}'{particle} 기억하지 않아요." if subject else ""


_KEEPER = re.compile(rf"^(?:우리|내|제|울)?({_PEOPLE}|[가-힣]*친구|남친|여친|이웃|옆집|앞집|윗집|아랫집|시댁|처가|사촌|조카|회사|가게|식당|카페)(?:네|의|네집)?$")
_BEAST = re.compile(rf"^(?:우리|내|제|울)?({'|'.join(ANIMALS)}|댕댕이|냥이)(?:가|이|는|은|도)$")


def _beast(case: Case, before: list[str]) -> str:
    """Whose pet it is, where that is said right before it (친구 강아지), or the pet that likes, hates, or ails what the value names."""
    if case.family == "pet":
        at = min(case.hits)
        owner = _KEEPER.match(case.said[at - 1].text) if at and case.said[at - 1].clause in case.clauses else None
        return owner[1] if owner and "입양" not in case.message else ""
    found = [m[1] for word in before if (m := _BEAST.match(word))] if case.family in ("like", "dislike", "health", "leisure") else []
    return next((animal for animal in found if animal not in case.value), "")


def _subject(case: Case, before: list[str]) -> str:
    """Somebody else whom the clause is about and the value does not name, "" if nobody."""
    for i, word in enumerate(before):
        found = _OTHER.match(word)
        if not found or found[1] in case.value or case.key.endswith(found[1]) or case.key == "연인":
            continue
        following = before[i + 1] if i + 1 < len(before) else ""
        owned = i > 0 and before[i - 1] in ("내", "제", "우리", "울")
        told = case.clause[-1].text.endswith(("대", "댔어", "대요", "더라"))
        nominative = (
            found[2] is not None or owned or told or re.match(r"(직업|이름|생일|나이|집|전공|학교|취미|특기|꿈|회사)", following)
        )
        if nominative and not any(SELF.match(w) and w not in ("우리", "내", "제", "울") for w in before):
            return found[1]
    behind = case.after
    if case.family in ("identity", "like", "dislike") and len(behind) > 1 and case.key != "연인":
        at = 2 if re.search(r"(는|던|은|인)$", behind[1]) and len(behind) > 2 else 1
        person = _OTHER.match(behind[at]) or re.match(r"(사람|분|애)(이|가|은|는|을|를|들|도|$)", behind[at])
        if person and person[1] not in case.value:
            return person[1]
    if case.key in ("직업", "나이", "MBTI", "전공", "사는 곳", "이름", "생일", "학교") and not any(SELF.match(w) for w in before):
        for word in before:
            named = _NAMED.match(word)
            if named and named[1] not in _TOPICS and word not in case.value and named[1] not in case.value:
                return named[1]
    return ""


_NEGATION = re.compile(r"^(안|못)$|않|못하|못해|못했|아니|아님|아닌|없|말기로|^말고|싫")
_NEGATIVE = re.compile(r"(?:^|\s)(안|못)|않|없|아니|아님|싫|취소|실패|파기|말기|빠짐|어려움|못함|끊")
_PLAIN = frozenset(("identity", "like", "leisure", "plan", "own", "been", "cook", "weather"))


def _negated(case: Case) -> str:
    if _NEGATIVE.search(case.value) or not case.hits:
        return ""
    reason = "아니라고 한 말이라 기억하지 않아요."
    said = case.said
    for i in case.hits:  # the verb itself is negated: 안 붙었어, 붙지 못했어
        if i and said[i - 1].text in ("안", "못") and said[i - 1].clause == said[i].clause:
            return reason
    behind = case.after
    if case.key.startswith("싫어하는"):
        return reason if re.search(r"안 싫|싫(어하|)지 않|싫은 (건|게|거) 아니", " ".join(behind)) else ""
    if case.family in _PLAIN:
        if case.family == "plan" and re.search(r"취소|파토|무산|없던 일", " ".join(behind)):
            return "없던 일이 된 일정이라 기억하지 않아요."
        bad = [w for w in behind[1:] if _NEGATION.search(w) and not (w.startswith("싫") and case.family == "plan")]
        return (
            reason if (bad and not _excused(case, behind)) or re.search(r"(이|가)?(아니[야고었지]|아님|않|없)", behind[0]) else ""
        )
    if case.family == "pet":
        return reason if re.search(r"(안|못) ?키|없[어다음]|키우지", " ".join(behind)) else ""
    if case.family in ("state", "health", "kin") and len(behind) > 1:
        close = behind[1]
        if case.family == "health" and re.search(r"없어졌|사라졌", " ".join(behind)):
            return reason
        return (
            reason
            if re.match(r"(안$|못$|없[어다음네]|않|아니)", close) or (re.search(r"지는?$", behind[0]) and close.startswith("않"))
            else ""
        )
    return ""


def _excused(case: Case, behind: list[str]) -> bool:
    """A negation that says the fact all the same: 커피 없으면 못 살아; 학교 가기 싫어."""
    text = " ".join(behind[1:])
    return bool(
        re.search(
            r"장난 ?아|없으면|없인|없이는|밖에 (못|안|없)|수밖에|못 참|못 끊|지 않으면|안 하면|안 가면|안 되|안 돼|없나", text
        )
    )


_AHEAD = re.compile(
    r"기로|예정|약속|예약|일정|계획|스케줄|(?:[갈할볼올살탈될]|을) ?(?:거|건데|게|예정|듯)|려고|려는|야 ?(?:돼|해|되|하|지|겠)|잡[혔았]|있[어다음는]|간다|[가-힣]가(?:요|서|는|$)|(?:^| )가(?:요|서|는|$)"
    r"|날(?:이|인|$)|까지|마감|앞두|곧|이따|나중|다가|오[는늘]|시작|신청|등록|보러|하러|먹으러|만나|본다|한다|온다|와$|가야|해야|[가-힣]해(?:요|$)|어제|그제|그저께|지난|내일|모레|글피|오늘|다음|이번|담 ?주|주말|요일|올해|내년|\d ?[월일시]|[한두세네] ?시|아침|점심|저녁|밤|새벽|오전|오후"
)
"""A word that looks ahead; a plan without any is no plan ("지은이? 할 얘기도 없어" is not [향후 일정: 지은이])."""


def _no_plan(case: Case) -> str:
    if case.family == "plan" and not _AHEAD.search(case.text):
        return "앞으로의 일이라는 말이 없어서 일정으로 두지 않아요."
    return ""


CHECKS: tuple[Callable[[Case], str], ...] = (
    _injection, _secrets, _no_fact, _ungrounded, _question, _other_person, _negated, _hypothetical, _no_plan, past_self, vocative, unsaid,
)  # fmt: skip
"""In this order; the first reason counts."""


def doubt(case: Case) -> str:
    """The first reason against keeping the candidate, "" if none."""
    return next((reason for check in CHECKS if (reason := check(case))), "")

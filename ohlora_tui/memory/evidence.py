"""Whether the message says what the key says, and says it of today: the last checks of a candidate. Pure."""

from __future__ import annotations

import re

from ohlora_tui.memory import keys
from ohlora_tui.memory.case import SELF, Case
from ohlora_tui.memory.lexicon import PLACES

_BEFORE = re.compile(r"예전|옛날|어릴|어렸을|한때|전에는|작년까지|원래는|였었|이었었|살았었|다녔었|그만두|그만뒀|퇴사|관뒀|관두")
_WAS = re.compile(r"(살았|였어|이었어|였는데|이었는데|였음|다녔|였지|이었지)")


def past_self(case: Case) -> str:
    if (
        not keys.kind(case.key).single
        or case.family != "identity"
        or case.key in ("이름", "생일", "연인", "고향", "별명", "호칭")
    ):
        return ""
    text = " ".join(t.text for t in case.clause)
    if re.search(r"이제|지금|요즘|현재|(했|왔|갔)어.{0,4}$|됐", text) and not _WAS.search(text):
        return ""
    if _WAS.search(text) or (_BEFORE.search(text)):
        return "예전 이야기라 지금의 사실로 기억하지 않아요."
    return ""


_INTRODUCED = re.compile(r"이름|나는|난|저는|전 |제가|내가|라고|입니다|이에요|예요|인데|^나 |^난 |^저 ")


def vocative(case: Case) -> str:
    """A name that only calls somebody: "지수야 미안"."""
    called = case.key == "이름" and not _INTRODUCED.search(case.message) and len(case.said) > 1
    return "부르는 말이라 이름으로 기억하지 않아요." if called else ""


_EVIDENCE: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(key), re.compile(words))
    for key, words in (
        (r"^산 것$", r"샀|산 |산거|질렀|지름|구매|주문|장만|삼$|삼 |바꿨|바꿈|맞췄|득템|결제|업어 ?왔|뽑았|임!|이야"),
        (r"^자격증$", r"땄|딴|합격|취득|붙|따려|따고|[1-9]급|넘|자격증|보유"),
        (r"^먹고 싶은 음식$", r"먹고 ?싶|땡|당겨|당기|먹을|시킬|시키|먹으러|ㄱㄱ|고프|그립|생각나|없나|먹자|거요|걸로"),
        (r"^싫어하는 ", r"싫|극혐|못|별로|안 좋|혐오|빡|질색|참|노답|최악|짜증"),
        (r"^나이$", r"살|년생|나이|스물|스무|서른|마흔|쉰|예순|일흔|여든|열[가-힣]|대(야|임|인데|초|후)|세(야|임|$)"),
        (r"^호칭$", r"불러|부르|호칭|불리"),
        (r"^(생일)$", r"생일|\d월 ?\d{1,2}일|태어|날이야"),
        (r"^별명$", r"별명|불러|불리"),
    )
)  # fmt: skip
"""Words without which a longer message does not say what the key says; a bare noun may answer her question."""
_COUNTER = re.compile(r"(부르지 ?마|불러 ?줄까|떨어졌|떨어짐|따고 싶|되려|되려고|사 ?줘|사줄)")


def _unsupported(case: Case) -> bool:
    """Whether nothing in the message speaks for the key: "신발 사 줘" is nothing bought."""
    needed = next((words for key, words in _EVIDENCE if key.search(case.key)), None)
    if needed is not None and len(case.said) > 2 and not needed.search(case.message):
        return True
    against = case.key in ("호칭", "자격증", "직업", "산 것") and _COUNTER.search(case.text)
    return bool(against) or bool(case.key == "나이" and re.search(r"\d+ ?(분|시|개|명|일|번|층|월)", case.text))


_HOME = re.compile(r"살|사는|이사|집|거주|동네|자취|본가|산다|삽니다|삶|기숙사")
_STRAY = re.compile(r"길고양이|길냥이|들고양이|들개|유튜브|영상|동물원|고양이 ?카페|강아지 ?카페|친구네|[가-힣]이네 (?:강아지|고양이|개)|키우고 ?싶|아직 없|없다니까|남의|사진 ?(봤|본|보)")
_NO_PLAN = re.compile(r"(?:탈락|불합격|합격)(?:함|됨)?$|^[가-힣]{1,2}야 (?:함|됨|해|돼)$")
"""A result, or a verb without its matter (내야 함): nothing that lies ahead on a day."""


_BODY = re.compile(
    r"아프|아픔|픔|살이|가위|체력|환청|콧물|커피|당이|가슴|이가|통|염|감기|독감|몸|코로나|약|병|증|암|수술|입원|깁스|다[침쳐친]|부[음었]|부러|삐|열|기침|혈|당뇨|골절|디스크|알레르기|천식|불면|시[림려큰]|저[림려]|쑤|뻐근|뻣뻣|뭉|결림|찌[름르]"
    r"|어지|토|체[함했하한]|설사|변비|눈|귀|이명|이빨|치아|잇몸|사랑니|어금니|임플란트|틀니|충치|목|허리|무릎|어깨|발|손|팔|다리|머리|배|속|간|심장|피부|두드러기|여드름|탈모|임신|만삭|출산|시험관|생리|시력|라식"
    r"|잠|깸|피[로곤]|과로|지침|검[사진]|재검|진료|치료|교정|재활|상처|화상|데[임었]|멍|흉|관절|뼈|근육|거북|무지외반|오십견|숙취|호르몬|갱년기|갑상선|콜레스테롤|우울|공황|불안|ADHD|금[연주]|다이어트|폭식|숨|가래|코|입|혀|턱"
    r"|쥐|경련|마비|장애|휠체어|보청기|안경|렌즈|난청|근시|노안|내장|다래끼|멀미|쓰러|깜빡|넘어|물림|쏘임|나음|비타민|꽃가루|집중|못 |\d도|죽고"
)
"""What a health memory speaks of; the bundled head kept "제육볶음" and "옛날 얘기" as health. All but 15 of 445 written ones hold one of these."""
_PIECE = re.compile(r"(?:그렇게|이렇게|저렇게|너무|진짜|제일)$")
"""A value that stops before what it says: "딸기를 그렇게"."""
_TALK = re.compile(r"암튼|아무튼|방금|근데|어떡해|어쩌지|없고 |(?:는|은) ?(?:건|것은|거는) ")
"""Words of the talk around a fact ("애가 방금 톡 옴 시험"), or of what is said about a thing rather than its name ("맡게 해 주는 건 콩이")."""
_NO_NAME = re.compile(r"(?:강아지|고양이|개|멍멍이|아기|아이|학생|엄마|아빠|사람|남자|여자)(?:들)?")
"""What somebody is, not what they are called: "아 강아지예요"."""
_NO_PET = re.compile(r"(?:학원|학교|회사|유치원)$")
_BESIDE = r" ?(?:옆|위|앞|뒤|밑|아래)(?:에|으로|쪽)"
"""What stands behind a place, not behind a thing bought: "카운터 옆에 붙여야지"."""
_CALLED_OFF = re.compile(r"기로 ?했었|취소(?:됐|했|해야|할|하려|하게)|방금[^.!?]{0,12} 끝")
"""What was planned and may not be, and what is just over."""


def unsaid(case: Case) -> str:
    """A word that stands there, but not as what the key says: "의사가 쉬래" is no job, "강릉 여행 왔어" no home."""
    word = case.said[max(case.hits)].text if case.hits else ""
    mine = any(SELF.match(t.text) for t in case.clause)
    wrong = (
        (
            case.key == "직업"
            and re.search(r"(가|이|한테|에게|를|을|랑|님|님이|님은)$", word)
            and not word.endswith(case.value.split()[-1])
        )
        or (case.key == "사는 곳" and not _HOME.search(case.message) and not (mine and len(case.said) < 4))
        or _unsupported(case)
        or (case.family == "like" and re.search(r"[이가] (나|나를|날) 좋아", case.text))
        or (case.key == "직업" and re.fullmatch(PLACES, case.value))
        or (case.family == "plan" and (_NO_PLAN.search(case.value) or ("취소" not in case.value and _CALLED_OFF.search(case.message))))
        or (case.key == "오늘 일정" and re.search(rf"{re.escape(case.value.split()[-1])}(?:을|를)? ?(?:결과|끝났)", case.message))
        or _PIECE.search(case.value)
        or _TALK.search(f"{case.value} ")
        or (case.key == "이름" and _NO_NAME.fullmatch(case.value))
        or (case.family == "pet" and _NO_PET.search(case.value))
        or (case.key == "산 것" and re.search(re.escape(case.value) + _BESIDE, case.message))
        or (case.key == "건강" and not _BODY.search(case.value))
        or (case.family == "pet" and _STRAY.search(case.message) and "입양" not in case.message)
    )
    return f"'{case.key}'에 대한 말인지 분명하지 않아서 기억하지 않아요." if wrong else ""

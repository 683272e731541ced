"""May a row written for one message answer another? Same event, polarity, number and person, or not at all. Pure text.

`conflict(said, written, answer, near)` -> why the row must not answer, "" if it may. It looks for what a near message must share:
events (with their opposites), beings, negation, numbers, days, mood (did, wants to, asks), who is spoken of, and that her answer
speaks of nothing that only the other message said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from ohlora_tui.words import alike, content

Near = Callable[[str, str], float]
"""Cosine of two words."""
SAME_NOUN, SAME_VERB = 0.5, 0.33
"""Cosines above which a word is held to be said in other words (무서워 ~ 불안해 .34, 운동 ~ 헬스 .39, 열쇠 ~ 우산 .3)."""

STRONG: tuple[tuple[str, ...], ...] = (
    # events that change the whole talk: a row must stand on exactly the poles of the message (patterns on text without spaces)
    (r"돌아가[셨시신]|장례|세상을?떠|하늘나라|무지개다리|죽었어|죽었다|부고|별이됐",),
    (r"죽고싶|죽을래|살고싶지않|그만살|살기싫|사라지고싶|자해|자살|뛰어내리|끝내고싶|손목을?그",),
    (r"편찮|입원|수술|응급실", r"퇴원|다나았|회복",),
    (r"(?<!불)합격|시험붙|붙었|붙어서|통과했|취업했|취업됐|취직했|취직됐|취뽀|입사|첫출근", r"불합격|^(?!.*(?:주식|코인|기온|온도|머리|배터리|성적|점수|폰|입맛|체력|의욕|값)).*떨어[졌짐]|탈락|낙방|광탈", r"그만두|그만둘|그만뒀|퇴사|퇴직|짤렸|잘렸|해고|관두|때려치"),
    (r"사귀기로|사귀게|생겼|생김|받아줬|커플됐", r"헤어[졌지진짐]|이별|차였|차임|이혼|바람피", r"싸웠|싸움|싸운|다퉜|다툼|삐졌|냉전", r"화해", r"결혼|청혼|프로포즈"),
    (r"데려왔|입양", r"잃어버|없어졌|실종|분실", r"찾았|되찾"),
    (r"임신|태어났|낳았|출산",),
    (r"사고(?:났|나서|가났|당)|다쳤|다쳐|다침", r"부러졌|골절|금갔", r"베었|베임|베였", r"데었|데임|데였|화상", r"삐었|삐끗|접질",),
    (r"승진했|승진됐|승진함|승진이야", r"승진에서|승진못|승진안|먼저승진"),
    (r"생일|생신",), (r"이사[가와했해]|이사를?(?:가|했|해)",), (r"면접",), (r"100일|백일|기념일|1주년",),
)  # fmt: skip
MILD: tuple[tuple[str, ...], ...] = (
    # opposites: a row may say less or more than the message, but not stand on another pole of the same axis
    (r"성공|해냈|득템", r"실패|놓쳤|못구|못했"),
    (r"이겼|우승|연승|승리", r"졌어$|졌다$|졌음|패배|연패|져서|졌네|역전패"),
    (r"올랐|올라서|상승|떡상", r"떨어졌|떨어져|하락|떡락|물렸|내려갔"),
    (r"그쳤|그침|갰|개었", r"쏟아|퍼붓|비[와온]다?|비오|비가[와온오]|소나기|젖었"),
    (r"눈[와온]다?$|눈이[와온]|눈온|첫눈|함박눈", r"(?<![가-힣])비[와온]다?|비가[와온오]"),
    (r"배고|출출|허기|꼬르륵", r"배불|과식|체했|배터|소화", r"배가?아[프파픔픈]|배탈|설사|복통"),
    (r"더워|더운|더웠|덥|폭염|찜통|녹을|무더", r"추워|추운|추웠|춥|얼어|한파|쌀쌀|시려|시린|영하"),
    (r"살이?빠|빠졌", r"살이?쪘|살쪄|찐것|살쪘|찌는", r"살을?빼|빼고싶|다이어트"),
    (r"일어났|깼어|기상|늦잠", r"자려고|잘게|자러|잔다|잘자|굿나잇|굿밤|잘래|잘거", r"못자|못잤|잠이안|잠안|불면|뜬눈|설쳤|시간밖에", r"졸려|졸리|졸음"),
    (r"좋은꿈|행복한꿈|재밌는꿈|돼지꿈", r"이상한꿈|개꿈|희한한꿈|신기한꿈", r"악몽|무서운꿈|나쁜꿈|가위눌"),
    (r"쉬는날|휴무|연차|휴가|쉰다|쉬어", r"출근|등교|야근|근무", r"퇴근|하교"),
    (r"사고싶|살까|지를까|갖고싶", r"샀|질렀|구매|구입|질러버", r"팔았|팔려|당근", r"환불|반품|교환"),
    (r"새로샀|바꿨", r"고장|깨졌|깨먹|박살|부서|망가|먹통"),
    (r"칭찬", r"혼났|혼나|야단|꾸중|욕먹|갈궈|갈구"),
    (r"재밌|재미있|꿀잼", r"재미없|노잼|지루"),
    (r"맛있|존맛", r"맛없|맛이없"),
    (r"빌려줬|빌려준|빌려주", r"빌렸|빌린"),
    (r"시작했|시작한|시작해|입문|시작", r"끊고|끊었|끊을|끊어야|그만|끝났|끝나서|끝남"),
    (r"마음에들|맘에들|예쁘게|잘됐", r"마음에안|맘에안|망했|망쳤|망한|이상하게|조졌"),
    (r"여행가고싶|놀러가고싶", r"취소|못가", r"다녀왔|갔다왔|돌아왔"),
    (r"보고싶|그리워|그립", r"보기싫|꼴보기|만나기싫"),
    (r"설레|두근|기대|신나|신난", r"떨려|떨린|긴장|불안|무서|걱정|겁나|두려|초조"),
    (r"행복|기뻐|기쁘|기분[이은]?(?:너무|진짜|정말)?(?:좋|최고)|신나|신난|즐거", r"우울|슬퍼|슬프|슬펐|속상|울었|울고|눈물|서러|외로|쓸쓸|기분[이은]?(?:별로|안|꿀꿀|나쁘|더러|다운)|별로", r"짜증|화가|화나|열받|빡[치쳐침]|킹받|억울"),
    (r"고마워|고맙|감사|땡큐", r"미안|죄송", r"사랑해|좋아해"),
    (r"좋아[해하]|좋더라|최애", r"싫어|싫다|싫더라"),
    (r"시험(?:을)?잘|잘봤|잘나왔|잘했|잘됐|잘쳤", r"못봤|망쳤|망했|망한|못했"),
    (r"도착|택배왔|받았어", r"안와$|안왔|안온|늦어|지연"),
    (r"받았|줬어", r"한테선물줬|선물했|해줬어"),
)  # fmt: skip
AXES = STRONG + MILD
"""Event axes, a tuple of opposite poles each."""
_AXES = tuple(tuple(re.compile(p) for p in axis) for axis in AXES)

BEINGS: tuple[tuple[str, ...], ...] = (
    # kin by group: within one group a row may answer for another being if her answer does not name it
    (r"엄마|어머니", r"아빠|아버지", r"부모님"),
    (r"할머니", r"할아버지"),
    (r"남?동생", r"언니|누나", r"오빠(?!라)", r"(?<![가-힣])형(?=[이은한 ]|$|님)"),
    (r"이모|고모", r"삼촌", r"사촌"),
    (r"조카", r"아들", r"(?<![가-힣])딸(?![기꾹])", r"애기|아기"),
    (r"남편|신랑", r"아내|와이프|부인"),
    (r"전\s?(?:남친|남자친구|여친|여자친구|애인)|옛날?\s?애인",),
    (r"(?<!전)(?<!전 )(?:남친|남자친구|애인)", r"(?<!전)(?<!전 )(?:여친|여자친구)"),
    (r"썸남|썸녀|썸", r"짝사랑|좋아하는 (?:사람|애|여자|남자)"),
    (r"(?<![자남녀여])(?<!남자)(?<!여자)친구|절친|베프|동창",),
    (r"상사|부장|팀장|사장|선임",), (r"후배",), (r"선배",), (r"손님|진상|고객",), (r"선생|교수|쌤",), (r"동료|동기(?!부)",), (r"룸메",),
    (r"강아지|멍멍이|댕댕", r"고양이|냥이", r"햄스터|토끼|앵무|거북이"),
)  # fmt: skip
_BEINGS = tuple(tuple(re.compile(p) for p in group) for group in BEINGS)

_UNDONE = re.compile(
    r"(?:^|(?<=\s))(?:안|못)\s?([가-힣]+)|([가-힣]+)지(?:를|도)?\s?(?:않|못|마|말)[가-힣]*|([가-힣]+)\s?(?:이|가|은|는|도)?\s?(?:아니|아닌)[가-힣]*"
)
"""안 X, 못 X, X지 않-, X 아니-: the word that is denied."""
_LACKING = re.compile(r"([가-힣]{1,6}?)(?:이|가|은|는|도|을|를)?\s?없(?!나|을까|니|냐|지\?)")
_HAVING = r"(?:이|가|은|는|도|을|를)?\s?(?:있|생겼|생김|많|구했|찾았)"
_NO_DENIAL = re.compile(
    r"안녕|안경|안내|안방|안주|안심|어쩔 수 없|끝없|쓸데없|재미\s?없|못생|안 그래|지 ?않[아냐니나](?=\?|$)|까 말까|지 말까|[을ㄹ]지 말지|알지도"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_COUNT = re.compile(
    r"(?<![가-힣])(한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|백|천|만)\s?(?=시간|시(?![가-힣])|번|개|마리|살|명|잔|병|달|주|년|판|권|끼|그릇|키로|킬로|연패|연승)"
)
_ARITHMETIC = re.compile(r"더하기|빼기|곱하기|나누기|제곱|[+×÷*]|\d\s*-\s*\d")
DAYS = {"past": r"어제|그저께|지난|저번", "today": r"오늘", "future": r"내일|모레|다음 ?주|다음 ?달|담 ?주"}
MOODS = {
    "wish": r"고\s?(?:싶|파)|면 좋겠|[었았했였]으면\.?$|땡기|땡겨|당겨",
    "did": r"[가-힣]*[았었했갔왔났됐켰졌쳤렸셨꿨봤줬샀섰겼녔웠였랐폈잤쨌찼컸](?:어|다|음|네|지|는데|거든|대|더라|잖아|습니다|어요|엉|당|$|\s)",
    "loath": r"기\s?싫|귀찮",
    "plan": r"려고|야지$|야지 |야겠|을게|할게|갈게|잘게|기로|할 ?거|갈 ?거|예정|러 가",
    "should": r"까\s?말까|[없있]나\??$|[가-힣]까\??$|지\s?\?$|고민",
    "ask": r"추천|[아어해려워봐춰러려르]\s?(?:줘|줄래|주라|달라|주세요)|알려|가르쳐|골라|하자(?=$|[\s!~ㅋㅎ])|놀자$",
}
APART = frozenset({frozenset(p) for p in (("wish", "did"), ("plan", "did"), ("should", "did"), ("ask", "did"), ("loath", "did"))})
"""Moods that cannot stand for each other: wanting a cat is not having got one."""
_AIMED = re.compile(r"([가-힣]+?)(?:[고기]\s?(?:싶|싫|귀찮)|\s?줄\s?(?:알|모|몰))")
"""What one wants, is loath or knows to do."""
_CAUSE = re.compile(
    r"[가-힣]서$(?<!에서)(?<!한테서)(?<!께서)(?<!혼자서)(?<!면서)(?<!가서)(?<!따라서)(?<!그래서)(?<!이라서)(?<!독서)(?<!순서)(?<!용서)(?<!비서)"
)
_ROLES = (
    ("cause", r" ?때문"),
    ("receives", r"(?:한테|에게|께)(?!서)"),
    ("with", r"(?:이랑|랑|하고|과|와)(?![가-힣])"),
    ("acts", r"(?:이|가|은|는|께서)(?![가-힣])"),
)
_I = re.compile(r"(?:^|\s)(?:내가|나는|난|제가|저는)(?=\s)")
_KNOWN = re.compile(r"기억|알아|뭐게|뭐야|뭐였|뭐지|뭐더라|했지|했더라|말했|맞혀|누구|언제|어디|몇|였지|이지\?|라고")
STATES = re.compile(
    r"망했|망함|떨려|무서|졸려|졸리|피곤|아파|아프|샀어|합격|짜증|스트레스|힘들|답답|걱정|후회|맛없|맛있|덥|더워|춥|추워|지쳐|지친|우울|외로|심심|행복|"
    r"슬퍼|속상|설레|신나|귀찮|배고|배불|긴장|불안|화나|빡|놀랐|부러|안녕|고마|반가|지각|바빠|바쁘|허전|서운|억울|창피|싸웠"
)
"""Rows of one such word may answer for a message that adds the cause (발표 때문에 떨려); of any other word they may not (입 안이 헐었어, 헐)."""
_DAYS = {name: re.compile(p) for name, p in DAYS.items()}
_MOODS = {name: re.compile(p) for name, p in MOODS.items()}
_YOU = re.compile(r"(?:^|\s)(?:너|넌|니|네|너[도는랑네를]|널|너한테|[니네]가|당신|(?:오)?로라(?:는|도|가|의|랑)?)(?=\s|$)")
_ME = re.compile(r"(?:^|\s)(?:나|난|내|나[는도를랑]|내가|날|나한테|제가|저는|저|전|우리)(?=\s|$)")
_QUESTION = re.compile(
    r"\?|(?:까|니|냐|나요|가요|래|은가|는가|죠|뭐야|누구야|어때|얼마야|어디야|언제야|뭐해|살이야|있어요)$|(?:^|\s)(?:왜|뭐|뭘|무슨|어떤|어디|언제|누가|누구|몇|얼마|어떻게)"
)


def conflict(said: str, written: str, answer: str, near: Near) -> str:
    """Why an answer written for `written` must not be given to `said` (both without calls and laughter); "" if it may."""
    if said == written:
        return ""
    for name, check in CHECKS:
        if check(said, written, answer, near):
            return name
    return ""


def asks_back(said: str) -> bool:
    """The user asks about themselves (내 이름 뭐게?, 나 뭐 좋아한다고 했지?): only what is remembered can answer."""
    return bool(_ME.search(said)) and bool(_QUESTION.search(said)) and bool(_KNOWN.search(said))


def poles(axis: int, text: str) -> frozenset[int]:
    """Which ends of an event axis `text` stands on; spaces do not count (잠이 안 와 = 잠이안와)."""
    run = text.replace(" ", "")
    return frozenset(i for i, pattern in enumerate(_AXES[axis]) if pattern.search(run))


def moods(text: str) -> frozenset[str]:
    return frozenset(name for name, pattern in _MOODS.items() if pattern.search(text))


def beings(text: str) -> frozenset[tuple[int, int]]:
    """(group, being) of everyone `text` names."""
    return frozenset((g, i) for g, group in enumerate(_BEINGS) for i, pattern in enumerate(group) if pattern.search(text))


def numbers(text: str) -> frozenset[str]:
    return frozenset(_NUMBER.findall(text)) | frozenset(_COUNT.findall(text))


def denied(text: str) -> tuple[list[str], str]:
    """(the words that are denied, the text without them)."""
    clean = _NO_DENIAL.sub(" ", text)
    found = [next(g for g in m.groups() if g) for m in _UNDONE.finditer(clean)]
    return found, _UNDONE.sub(" ", clean)


def _told(word: str, rest: str) -> bool:
    """`rest` says what `word` (a denied verb: 와, 했어) names: its first letters without the closing consonant."""
    opened = unicodedata.normalize("NFD", word)[: (2, 3, 4)[min(len(word), 3) - 1]]
    light = word[0] in "해했하돼됐되"
    return any(
        unicodedata.normalize("NFD", w[i:]).startswith(opened) for w in rest.split() for i in (range(len(w)) if light else (0,))
    )


def _events(said: str, written: str, answer: str, near: Near) -> bool:
    for axis in range(len(AXES)):
        mine, theirs = poles(axis, said), poles(axis, written)
        if axis < len(STRONG):
            if mine != theirs:
                return True
        elif (mine and theirs and not mine & theirs) or (theirs - mine and theirs & poles(axis, answer)):
            return True
    return False


_WHO = re.compile(r"누구|누가|누굴")


def _beings(said: str, written: str, answer: str, near: Near) -> bool:
    """The row names someone else: of another group, or taken up in her answer; or she asks who it was though it was said."""
    mine, theirs = beings(said), beings(written)
    extra = theirs - mine
    if extra & beings(answer) or {g for g, _ in extra} - {g for g, _ in mine}:
        return True
    return bool(mine and not theirs and (_WHO.search(answer) or beings(answer) - mine or _YOU.search(written)))


def _negation(said: str, written: str, answer: str, near: Near) -> bool:
    """One denies what the other tells: 밥 못 먹었어 and 밥 먹었어, 돈이 없어 and 돈이 생겼어."""
    (mine, my_rest), (theirs, their_rest) = denied(said), denied(written)
    if any(_told(w, their_rest) for w in mine) or any(_told(w, my_rest) for w in theirs):
        return True
    if mine and theirs and not any(a[0] == b[0] or near(a, b) >= SAME_NOUN for a in mine for b in theirs):
        return True  # each denies something else
    lacking = [set(_LACKING.findall(_NO_DENIAL.sub(" ", t))) for t in (said, written)]
    return any(re.search(re.escape(w) + _HAVING, t) for words, t in zip(lacking, (written, said), strict=True) for w in words)


def _numbers(said: str, written: str, answer: str, near: Near) -> bool:
    mine, theirs = numbers(said), numbers(written)
    if _ARITHMETIC.search(said + " " + written):
        return mine != theirs or bool(_ARITHMETIC.search(said)) != bool(_ARITHMETIC.search(written))
    return bool((theirs - mine) & numbers(answer)) or bool(mine and theirs and mine != theirs and numbers(answer))


def _days(said: str, written: str, answer: str, near: Near) -> bool:
    mine, theirs, spoken = ({n for n, p in _DAYS.items() if p.search(t)} for t in (said, written, answer))
    ahead = ("future" in mine and "did" in moods(written) - moods(said)) or ("future" in theirs and "did" in moods(said) - moods(written))
    if ahead or (mine and theirs and not mine & theirs) or (mine and spoken and not mine & spoken):
        return True
    return bool((theirs | spoken) - mine - {"today"})


def _moods(said: str, written: str, answer: str, near: Near) -> bool:
    mine, theirs = moods(said), moods(written)
    if ("wish" in mine) != ("wish" in theirs):
        return True
    if "ask" in theirs - mine and not ("should" in mine or _QUESTION.search(said)):
        return True
    verbs = [_AIMED.findall(t) for t in (said, written)]
    if all(verbs) and not any(a == b or alike(a, b) >= 0.85 or near(a, b) >= SAME_NOUN for a in verbs[0] for b in verbs[1]):
        return True  # 끊고 싶다 is not 피우고 싶다
    if mine & theirs or not mine or not theirs:
        return False
    return all(frozenset((a, b)) in APART for a in mine for b in theirs)


def _person(said: str, written: str, answer: str, near: Near) -> bool:
    you, me = (bool(_YOU.search(said)), bool(_YOU.search(written))), (bool(_ME.search(said)), bool(_ME.search(written)))
    if you[0] and not me[0] and me[1] and not you[1]:
        return True
    if you[1] and not me[1] and me[0] and not you[0]:
        return True
    asked = tuple(bool(_QUESTION.search(t) or _MOODS["ask"].search(t) or _MOODS["should"].search(t)) for t in (said, written))
    if asked[0] != asked[1] and (said.endswith(("?", "까")) or written.endswith(("?", "까"))):
        return True  # asking is not telling: "나 사랑해?" and "사랑해"
    return you[0] != you[1] and asked[0] != asked[1]


_VERB = re.compile(r"[어아다해네지요음함까고냐니게데서려면자래줘돼봐와워져쳐려여웠였왔갔됨임듯중]$|싶|있|없|했|같")


def _missing(words: Sequence[str], other: str, near: Near) -> list[str]:
    """Words (two letters and more) that `other` does not say, not even by a near word: nouns must be nearer than verbs."""
    theirs = [w for w in content(other) if w not in words]  # what both say cannot stand for something else as well
    run = other.replace(" ", "")
    lost = []
    for word in words:
        if word in run if len(word) > 1 else any(w.startswith(word) for w in other.split()):
            continue
        enough, letters = (SAME_VERB, 0.5) if _VERB.search(word) else (SAME_NOUN, 0.85)
        if not any(near(word, w) >= enough or alike(word, w) >= letters for w in theirs):
            lost.append(word)
    return lost


def _unsaid(said: str, written: str, answer: str, near: Near) -> bool:
    """Her answer takes up a word that only the other message has."""
    return any(word[:2] in answer for word in _missing(content(written), said, near))


def _other(said: str, written: str, answer: str, near: Near) -> bool:
    """Each names a thing that the other does not: 열쇠 두고 왔어 and 우산 두고 왔어. Beings have their own check."""
    mine, theirs = (
        [w for w in _missing(content(a), b, near) if not _VERB.search(w) and not beings(w)]
        for a, b in ((said, written), (written, said))
    )
    someone = (
        said.endswith("?") and bool(_ME.search(written) or _YOU.search(written)) and not (_ME.search(said) or _YOU.search(said))
    )
    return bool(mine and (theirs or someone))  # 마라탕 좋아해? is not 나 좋아해?


def _causes(said: str, written: str, answer: str, near: Near) -> bool:
    """The row tells a cause (설레서 …) that the message does not tell, or another one."""
    mine, theirs = ([w for w in t.split() if _CAUSE.search(w)] for t in (said, written))
    return bool(theirs) and not any(a == b or alike(a, b) >= 0.7 or near(a, b) >= 0.6 for a in mine for b in theirs)


def roles(text: str) -> dict[tuple[int, int], str]:
    """What each being does in `text`: acts, receives, is with one, is the cause; only where a particle says so."""
    found = {}
    for group, patterns in enumerate(BEINGS):
        for number, pattern in enumerate(patterns):
            for role, particle in _ROLES:
                if re.search(f"(?:{pattern}){particle}", text):
                    found[group, number] = role
                    break
    return found


def _roles(said: str, written: str, answer: str, near: Near) -> bool:
    """Who does it to whom: 친구가 울어 is not 친구 때문에 울었어; 친구가 늦었어 is not 내가 늦었어."""
    mine, theirs = roles(said), roles(written)
    if any(mine[b] != theirs[b] for b in mine.keys() & theirs.keys()):
        return True
    for one, roled, other in ((said, mine, written), (written, theirs, said)):
        if "acts" in roled.values() and _I.search(other) and not _I.search(one) and not beings(other):
            return True
    return False


def _less(said: str, written: str, answer: str, near: Near) -> bool:
    """A row of a single word that is no state of mind answers only for itself."""
    row = content(written)
    return len(row) <= 1 and not STATES.search(written) and bool(_missing(content(said), written, near))


CHECKS: tuple[tuple[str, Callable[[str, str, str, Near], bool]], ...] = (
    ("number", _numbers), ("event", _events), ("being", _beings), ("negation", _negation),
    ("day", _days), ("mood", _moods), ("person", _person), ("unsaid", _unsaid), ("other", _other), ("less", _less), ("cause", _causes), ("role", _roles),
)  # fmt: skip

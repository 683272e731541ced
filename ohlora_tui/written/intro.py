"""A user who tells who they are: "안녕하세요 저는 부산에서 용접 일 하는 사람이에요" -> "부산에서 용접 일 하는 사람이구나". Pure text.

No row can name every age and work, and a greeting that hears them is the better answer.
"""

from __future__ import annotations

import re

from ohlora_tui.words import uncalled
from ohlora_tui.written import echo

_GREETING = re.compile(r"^(?:(?:안녕(?:하세요|하십니까|하신가요)?|안뇽|하이(?:하이|루)?|ㅎㅇ|처음 ?뵙겠습니다|처음 ?봬요|반가워요?|반갑습니다|오로라|로라야?)[\s,.!~ㅎㅋ]+)+")
_SELF = re.compile(r"^(?:나는|저는|난|전|나|저|내가|제가)\s")
_TAIL = re.compile(r"[\s,.!~ㅎㅋㅠㅜ]+(?:반가워|반갑습니다|잘 ?부탁|친하게|처음 ?(?:써|왔|해)|만나서)[^?]*$")
_AGE = r"(?:열|스물|서른|마흔|쉰|예순|일흔|여든|아흔)(?:한|하나|둘|두|셋|세|넷|네|다섯|여섯|일곱|여덟|아홉)?(?: ?살)?|스무 ?살|(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉) ?살|\d{1,2} ?(?:살|세)|\d0대|[이삼사오육칠팔]십 ?대"
_SCHOOL = r"[초중고] ?[1-6]|(?:[1-6]|일|이|삼|사|오|육) ?학년|\d{2} ?학번|[초중고]딩|직딩|초등학생|중학생|고등학생|대학생|대학원생|학부생|새내기|신입생|복학생|휴학생|재수생|삼수생|N수생|수험생|고시생|공시생|취준생|유학생|졸업반|예비역|군인|백수"
_WORK = (
    r"직장인|회사원|신입사원|공무원|소방관|경찰|경찰관|선생님?|교사|강사|교수|간호사|의사|약사|한의사|수의사|치위생사|물리치료사|요양보호사|사회복지사|간호조무사|조무사|임상병리사|방사선사|영양사|조리사|요리사|셰프|바리스타|제빵사|미용사|디자이너|개발자|"
    r"프로그래머|기획자|마케터|작가|기자|편집자|피디|PD|영화배우|연극배우|가수|모델|유튜버|크리에이터|웹툰 작가|작가 지망생|지망생|연습생|운동선수|선수|트레이너|코치|설계사|회계사|세무사|변호사|법무사|은행원|상담사|상담원|승무원|기관사|기사|기사님|운전사|운전기사|배달원|라이더|"
    r"택배기사|경비원|미화원|환경미화원|목수|용접공|전기공|기술자|정비사|엔지니어|연구원|농부|농사꾼|어부|해녀|사장|사장님|자영업자|프리랜서|알바생|아르바이트생|인턴|막내|팀장|과장|대리|주임|부장|점장|점주|매니저|스태프|사서|통역사|번역가|화가|사진작가|음악가|"
    r"작곡가|뮤지션|디제이|사육사|훈련사|주부|전업주부|워킹맘|워킹대디|육아맘|집사|은퇴자"
)
_WHO = r"사람|남자|여자|남학생|여학생|청년|총각|아가씨|아줌마|아주머니|아저씨|노인|할머니|할아버지|영감|엄마|아빠|애엄마|애아빠|부부|신혼|새댁|예비 ?신부|예비 ?신랑|솔로|외동|첫째|둘째|막내|쌍둥이|덕후|집순이|집돌이|토박이"
_BE = r"(?:이야|야|이에요|예요|에요|입니다|임|일세|이지|인데요?|이라|라|요)?"
_NOUN = re.compile(rf"((?:|.*[\s가-힣])(?:{_AGE}|{_SCHOOL}|{_WORK}|{_WHO})){_BE}")
_BOTH = re.compile(rf"(?:|.*[\s가-힣])(?:{_AGE}|{_SCHOOL}|{_WORK})(?:이고|고) .+")
"""One thing and another: 마흔둘이고 택배 일 해."""
_OTHERS = re.compile(r"(?:엄마|아빠|언니|오빠|누나|형|동생|남편|아내|와이프|신랑|아들|딸|애|친구|할머니|할아버지|애인|남친|여친|직업)[이가은는]\s|(?<![가-힣])(?:너|네|니|우리)\s")
_LIVES = re.compile(r".*(?:(?:으?로|에서|하며|하면서) (?:일하고|일해|일합니다|지내|살|장사|농사|자취|알바)|(?:에|도|시|산|구|주|천|울|원|포|양|해|동|남) ?(?:살아|살고|삽니다|사는)|다니고 있|다녀요?$|키우고 있|키워요?$|준비하고 있).*")
LONGEST = 36
"""Letters of a self-introduction; a longer message is a story."""
_FEELS = re.compile(r"[.!?~…] |[요다]\s|싶|힘들|외로|우울|슬프|아프|아파|무서|걱정|후회|그만|싫|미치|죽|이혼|보내고|입원|잘렸|잘려|떨어|실패|헤어|못|안 |없|미움|버림|무시|차별|당하|까(?:\s|$)|왜|이름|불러|모르")
"""Who says more than who they are wants that heard, and a name is a row's matter."""


def introduced(message: str) -> str:
    """Who the user says to be, in her mouth, ending in 구나; "" where the message is no self-introduction, or is more than one."""
    plain = uncalled(message).strip()
    said = _GREETING.sub("", plain)
    mine = bool(_SELF.match(said)) or said != plain or bool(re.search(r"(?:입니다|이에요|예요)[\s.!~ㅎ]*$", said))
    said = _TAIL.sub("", said)
    core = _SELF.sub("", said).strip(" .,!~ㅎㅋ")
    if not mine or len(core) > LONGEST or any(p.search(core) for p in (_FEELS, _OTHERS, echo.QUESTION)):
        return ""
    if found := _NOUN.fullmatch(core):
        return "" if _judged(found[1]) else echo.copula(found[1])
    return echo.said_back(core) if _BOTH.fullmatch(core) or _LIVES.fullmatch(core) else ""


_JUDGES_NOT = re.compile(r"(?:는|된|둔|중인|부산|울산|대전|수원|인천|천안|순천|춘천|제천|강원|경산|군산|익산|안산|일산|오산|아산|서산|양산|마산)$")


def _judged(who: str) -> bool:
    """Somebody of a kind, not of a trade or a place (나쁜 사람, 부족한 엄마, 아픈 사람): no introduction to be glad of."""
    before = who.split()[-2:-1]
    return bool(before) and (ord(before[0][-1]) - 0xAC00) % 28 == 4 and not _JUDGES_NOT.search(before[0])


_NO_NAME = r"(?!(?:뭐|아니|바보|천재|멍청|최고|누구|비밀|거짓|없|몰라|별로|엄마|아빠|안녕)\S*\s?)"
_NAMED = re.compile(
    r"^(?:(?:내|제) ?이름은?|나는?|난|저는|전|그냥)\s" + _NO_NAME + r"(?P<name>[가-힣]{2,4}?)(?:이라고|라고) ?(?:해|해요|합니다|불러|불러 ?줘|불러요|불러 ?주세요|부르면 돼)(?:[\s.!~ㅎㅋ]+.*)?$"
    r"|^(?:내|제) ?이름은? " + _NO_NAME + r"(?P<told>[가-힣]{2,4}?)(?:이야|야|이에요|예요|에요|입니다|임|이고|인데)(?:[\s,.!~ㅎㅋ]+(?:잘 ?부탁.*|반가워.*|기억해.*|(?:너는?|넌|니 ?이름은?|네 ?이름은?)(?: ?뭐야| ?이름.*)?[?.!~]*))?$"
)


def named(message: str) -> str:
    """The name the user tells (내 이름은 서연이야 넌?), "" where none is told or something else is said too."""
    found = _NAMED.match(_GREETING.sub("", uncalled(message).strip()))
    return (found["name"] or found["told"]) if found else ""

"""What the user said, said back as something she took in: "발표가 모레인데 저 혼자 다 만들었어요ㅠ" -> "혼자 다 만들었구나".

message -> its last statement -> the ending turned into -구나, I into you; "" where no rule is sure. Pure text.
"""

from __future__ import annotations

import re

from ohlora_tui.words import ends_in_consonant, uncalled
from ohlora_tui.written.clauses import clauses

LONGEST = 30
"""Letters that are said back; a longer statement is cut to its last clause, and left alone if that is longer still."""
_NOISE = re.compile(r"[ㅋㅎㅠㅜㅡ]+|[.!~…,;:)(^]+|[^\w\s가-힣?%]")
CLOSED_N = "".join(chr(code) for code in range(0xAC04, 0xD7A4, 28))
"""Syllables that end in ㄴ: 괜찮은가요 asks, 내려가요 does not."""
CLOSED = "".join(chr(code) for code in range(ord("갈"), ord("힣") + 1) if (code - ord("가")) % 28 == 8)
"""Syllables that close with ㄹ: "할래" asks or wills, "하래" tells what somebody else wants."""
QUESTION = re.compile(
    rf"\?|(?<![가-힣])(?:물어[본봤]|왜|뭐(?!라(?:고)? ?(?:할 수|하는데|하길래|해서|했|그[래랬러]))|뭘|뭔|무슨|무엇|어디|언제|누구|누가|어느|몇|얼마|어떡|어때|어떨)|(?:까|까요|나요|는가|냐|겠나|(?<![머언])니|(?<=[{CLOSED}])래|을지|ㄹ지|줘|주라|세요|십시오|하자|보자|먹자|가자)$"
)
_STOP = re.compile(r"^(?:아니|응|어|네|예|음|흠|글쎄|그래|맞아|그치|오|와|헐|아|엥|에이|아이고|근데|그런데|그래서|그리고|그냥|뭐|걍|하여튼|아무튼|암튼|무튼|그런지|보통은|어차피|사실|솔직히|일단|그럼|그러면|그니까|그러니까|오늘은 그냥)\s+")
_ME = re.compile(r"(?<![가-힣])(?:나는|저는|난|전(?= )|나도|저도|내가|제가|나|저)\s+")
_MINE = ((re.compile(r"(?<![가-힣])(?:내|제) (?=[가-힣])"), "네 "), (re.compile(r"(?<![가-힣])(?:나한테|저한테)"), "너한테"), (re.compile(r"(?<![가-힣])(?:나만|저만)(?= )"), "너만"), (re.compile(r"(?<![가-힣])(?:나를|저를|날)(?= )"), "너를"), (re.compile(r"(?<![가-힣])(?:나랑|저랑)"), "너랑"), (re.compile(r"(?<![가-힣])(?:우리|저희) (?=엄마|아빠|부모|할|언니|누나|오빠|형|동생|남편|아내|아들|딸|손)"), ""), (re.compile(r"(?<![가-힣])(?:우리|저희) (?=[가-힣])"), "너희 "))
_HERS = re.compile(r"(?<![가-힣])(?:그런가|너(?!무)|네가|니가|넌|너는|너도|로라|당신|그쪽|거기|걔|그거|그건|그게|이거|이건|이게|저거|그렇|이렇|그래|그랬|이래)")
"""Said of her, or of something that only the words before name."""
_TALK = re.compile(r"(?:나 ?[봐보]다?$|까 ?[봐보]다?$|나 ?[봐봄]요?$|[가-힣]이야 [가-힣]+이야$|말이[지야]$|(?:고|라고) ?한 거야$|고마웠|고마워|감사|미안|죄송|안녕|반가워|잘 ?자|바이|사랑|말귀|소리야|말했잖|라니까|다니까|라고[요]?$|다고[요]?$)")
GRAVE = re.compile(r"돌아가[셨시신]|죽|장례|사망|유산|시한부|말기|암 ?(?:이|에|진단|수술)|성폭|추행|성희롱|학대|맞았|때렸|때려|폭행|협박|자해|자살|유서")
"""What must not be said back lightly: a row was written for it, or she only listens."""
_AFTER = re.compile(r"(?:(?<=이지)|(?<=하지)|(?<=그렇지)|(?<=먹었지)|(?<=했지)|(?<=속상해)|(?<=됐어)|(?<=모르겠다)|(?<=그게 다야)|(?<=[아어여해예에네죠]요))\s+(?=\S+\s\S)")
"""A statement that ends without a sign."""
_LAST = re.compile(r"(?:은데|는데|ㄴ데|인데|한데|던데|지만|거든|길래|고|더니|서|니까|면서)\s+(?=\S)")
_TWO = re.compile(r"(?:싶다|[았었했됐갔왔]다|[하는인]다|습니다|[았었했됐]음|[구더]나|네) (?=[가-힣])")
"""Another sentence's end within it: "퇴근하고 싶다 아직 두 시인데"."""
_SIGH = re.compile(r"\s(?:하|하아|휴|에휴|아|헐|와|오)\s")
"""Between two sentences that no sign parts: "재시험 금요일이래 하 싫다"."""
_HELPING = re.compile(r"(?:있|없|싶|보[니이]|말[았아]|나서|나니|주[었고]|줬)")
"""A verb that helps the one it is cut off from: 쓰고 / 있더라."""
_PAST = re.compile(r"(.*[았었했갔왔났됐켰졌쳤렸셨꿨봤줬샀섰겼녔웠였팠빴썼컸떴랐렀혔볐펐탔깼겠췄뒀뗐캤폈])(?:어|음|네|는데|거든|지|다|고|더라|던데|습니다|죠|지만|으니까|어서|는데도)?(?:요)?")
_STATE = re.compile(r"(.*(?:있|없|싶|같))(?:어|음|네|는데|은데|거든|지|다|고|더라|습니다|죠|아|지만|으니까)?(?:요)?")
_GOING = re.compile(r"(.*[가-힣])는(?:데|다|중|대|거 같아|것 같아)(?:요)?")
_WILL = re.compile(r"(.*[가-힣] ?거)(?:야|예요|에요|임|거든|인데)(?:요)?")
_DOING = re.compile(r"(.*(?:는|하는|가는|오는) ?중)(?:이야|이에요|임|인데|입니다)?(?:요)?")
_TO = re.compile(r"(.*려)(?:고|고 해|고 하는데|구|고요)(?:요)?")
_FOR = re.compile(r"(.*[가-힣])거든(?:요)?")
_PLAIN = re.compile(r"(.*[가-힣])다")
_NOUN = re.compile(r"(.*[가-힣A-Za-z0-9])(?:이야|이에요|예요|에요|입니다|인데요?|이거든요?|이라서요?|라서요?|이지요?|이죠)")
_HATE = re.compile(r"(.*)(싫|좋|많|적|높|낮|늦|괜찮|귀찮|작|짧|넓|좁|깊|얕|밝|맑|젊|멀쩡하|어이없|재미없|맛없|멋있|맛있|재밌|재미있)(?:어|아|음|네|은데|거든|지|다|고|더라|습니다|죠|지만|아서|어서)(?:요)?")
_ALSO = re.compile(r"(.*[가-힣](?:기도|긴|기는) 하?)(?:해|하고|하네|하다|하지|고|네|다|지)(?:요)?")
_POLITE = re.compile(r"(.*(?:^|[가-힣]| ))(됩|합|갑|옵|봅|삽|잡|먹습|모릅|듣습|지냅|다닙|보냅|기다립|울립|걸립)니다")
_POLITE_STEMS = {"됩": "되", "합": "하", "갑": "가", "옵": "오", "봅": "보", "삽": "사", "잡": "자", "먹습": "먹", "모릅": "모르", "듣습": "듣", "지냅": "지내", "다닙": "다니", "보냅": "보내", "기다립": "기다리", "울립": "울리", "걸립": "걸리"}
_ADJECTIVES = {
    "바빠": "바쁘", "바쁜데": "바쁘", "바쁘네": "바쁘", "아파": "아프", "아픈데": "아프", "아프네": "아프", "슬퍼": "슬프", "슬프네": "슬프", "기뻐": "기쁘",
    "나빠": "나쁘", "힘들어": "힘들", "힘드네": "힘들", "힘든데": "힘들", "힘들다": "힘들", "추워": "춥", "춥다": "춥", "춥네": "춥", "추운데": "춥", "더워": "덥", "덥다": "덥", "덥네": "덥",
    "외로워": "외롭", "외롭다": "외롭", "외롭네": "외롭", "무서워": "무섭", "무섭다": "무섭", "무섭네": "무섭", "무거워": "무겁", "가벼워": "가볍", "어려워": "어렵", "어렵다": "어렵",
    "어렵네": "어렵", "쉬워": "쉽", "아쉬워": "아쉽", "아쉽다": "아쉽", "아쉽네": "아쉽", "귀여워": "귀엽", "귀엽다": "귀엽", "매워": "맵", "시끄러워": "시끄럽", "시끄럽다": "시끄럽",
    "부러워": "부럽", "부럽다": "부럽", "부담스러워": "부담스럽", "억울해": "억울하", "예뻐": "예쁘", "예쁘다": "예쁘", "예쁘네": "예쁘", "배고파": "배고프", "배고프다": "배고프", "배고프네": "배고프",
    "졸려": "졸리", "졸리다": "졸리", "졸리네": "졸리", "심심해": "심심하", "심심하다": "심심하", "심심하네": "심심하", "비싸": "비싸", "비싸다": "비싸", "비싸네": "비싸", "커": "크", "길어": "길",
    "달라": "다르", "모르겠다": "모르겠", "그리워": "그립", "그립다": "그립", "서운해": "서운하", "서운하네": "서운하",
}
"""Adjectives as they end a sentence -> their stem."""
_FEELING = "난처|곤란|피곤|우울|행복|답답|불안|초조|속상|허무|허전|막막|심란|민망|창피|뿌듯|따뜻|조용|편안|편|불편|궁금|지루|심심|억울|서운|섭섭|미안|고단|한심|대단|신기|이상|복잡|필요|중요|당황|황당|간절|건조|쌀쌀|깨끗|완벽|특이|친절|착|똑똑|멍|나른|막연|뻔|급|비슷|부족|충분|가능|불가능|어색|뻘쭘|애매|쓸쓸|공허|무기력|예민|빠듯|넉넉|촉박|빡빡|허탈|씁쓸|찝찝|찜찜|뭉클|먹먹|얼떨떨|든든|후련|홀가분|적적|뻐근|뻣뻣|가득|싱숭생숭|두근두근|서먹|난감|곤란|짠"
_FEELS = re.compile(rf"(.*(?:{_FEELING})하?)(?:해|하네|한데|하다|함|하거든|하지)(?:요)?")
_VERBS = {
    "해": "하", "가": "가", "와": "오", "먹어": "먹", "자": "자", "봐": "보", "써": "쓰", "놀아": "놀", "살아": "살", "알아": "알", "몰라": "모르", "울어": "울", "웃어": "웃", "배워": "배우",
    "키워": "키우", "싸워": "싸우", "다녀": "다니", "기다려": "기다리", "걸려": "걸리", "떨려": "떨리", "틀려": "틀리", "밀려": "밀리", "헤어져": "헤어지", "떨어져": "떨어지", "안 돼": "안 되", "안 나와": "안 나오",
    "안 와": "안 오", "안 해": "안 하", "못 해": "못 하", "못해": "못하", "안 먹어": "안 먹", "못 자": "못 자", "안 자": "안 자", "안 맞아": "안 맞", "안 가": "안 가", "좋아해": "좋아하", "싫어해": "싫어하", "걱정돼": "걱정되",
    "기대돼": "기대되", "생각나": "생각나", "짜증나": "짜증나", "화나": "화나", "눈물나": "눈물나", "신경 쓰여": "신경 쓰이", "설레": "설레", "지쳐": "지치", "마셔": "마시", "끝나": "끝나", "시작해": "시작하", "준비해": "준비하",
}
"""Verbs as they end a sentence in the present -> their stem; only those that are no noun's last letters."""
_PRESENT = re.compile(r"(.*?)(?:(?<=\s)|^)(" + "|".join(sorted(map(re.escape, _VERBS), key=len, reverse=True)) + r")(?:요)?")


def echo(message: str) -> str:
    """The last statement of `message` in her mouth, ending in 구나; "" for a question, thanks, a word about her, or an ending no rule knows."""
    if asks(message):
        return ""  # what is asked wants an answer, not what was said before it
    return said_back(clauses(uncalled(message))[-1])


def asks(message: str) -> bool:
    """Whether something in `message` is asked or asked for: by its ending, a word like 무슨, or because it says so (물어본 건데)."""
    return bool(QUESTION.search(" ".join(_NOISE.sub(" ", message).split())))


def told(said: str) -> str:
    """What `echo` gave, as what the user is told to have said: 통보받았구나 -> 통보받았다고 함, 걱정이구나 -> 걱정이라고 함, 가는구나 -> 간다고 함."""
    stem = said.removesuffix("구나")
    if stem.endswith("는") and not stem.endswith((" 는", "있는", "없는")):
        verb = stem[:-1]
        return f"{verb}는다고 함" if ends_in_consonant(verb) else f"{verb[:-1]}{chr(ord(verb[-1]) + 4)}다고 함"
    return f"{stem}라고 함" if stem.endswith(("이", "거")) else f"{stem}다고 함"


def said_back(clause: str) -> str:
    """One statement in her mouth, ending in 구나; "" for one too long, about her, or with an ending no rule knows."""
    said = " ".join(_NOISE.sub(" ", clause).split())
    said = _AFTER.split(said)[-1]
    if len(said) > LONGEST:
        said = _LAST.split(said)[-1]
        said = "" if _HELPING.match(said) else said
    while (cut := _STOP.sub("", said)) != said:
        said = cut
    if len(said) > LONGEST or len(said.split()) < 2 or any(p.search(said) for p in (QUESTION, _HERS, _TALK, GRAVE, _SIGH)):
        return ""
    if _TWO.search(said):
        return ""
    mended = _ME.sub("", said)
    for pattern, hers in _MINE:
        mended = pattern.sub(hers, mended)
    return _guna(mended) if len(mended) >= 4 else ""


def _guna(said: str) -> str:
    """The statement with its ending turned into -구나; "" if none of the rules knows the ending."""
    head, _, last = said.rpartition(" ")
    plain = last.removesuffix("요")
    if stem := _ADJECTIVES.get(plain, ""):
        return f"{head} {stem}구나".strip()
    return next((mine for pattern, make in _RULES if (found := pattern.fullmatch(said)) and (mine := make(found))), "")


_DESCRIBING = ("아니", "싫", "좋", "많", "적", "같", "없", "있", *dict.fromkeys(_ADJECTIVES.values()))
"""Stems before which no 는 stands."""


def _before_neun(stem: str) -> str:
    """A stem as it stands before 는: 살 -> 사, 먹 stays."""
    return stem[:-1] + chr(ord(stem[-1]) - 8) if (ord(stem[-1]) - 0xAC00) % 28 == 8 else stem


def _plain(stem: str) -> str:
    """진동을 한(다) -> 진동을 하는구나, 먹는(다) -> 먹는구나; "" for a stem that closes otherwise."""
    opened = stem[:-1] + chr(ord(stem[-1]) - 4)  # ㄴ taken off
    return f"{stem if stem[-1] == '는' else opened + '는'}구나" if (ord(stem[-1]) - 0xAC00) % 28 == 4 else ""


def copula(noun: str) -> str:
    """`noun` in her mouth: 간호사구나, 학생이구나."""
    return f"{noun}이구나" if ends_in_consonant(noun) else f"{noun}구나"


_RULES = (
    (_PAST, lambda m: f"{m[1]}구나"),
    (_STATE, lambda m: f"{m[1]}구나"),
    (_HATE, lambda m: f"{m[1]}{m[2]}구나"),
    (_FEELS, lambda m: f"{m[1].removesuffix('하')}하구나"),
    (_ALSO, lambda m: f"{m[1].removesuffix('하')}하구나"),
    (_WILL, lambda m: f"{m[1]}구나"),
    (_DOING, lambda m: f"{m[1]}이구나"),
    (_TO, lambda m: f"{m[1]}는구나"),
    (_PLAIN, lambda m: _plain(m[1])),
    (_GOING, lambda m: f"{m[1]}는구나"),
    (_PRESENT, lambda m: f"{m[1]}{_before_neun(_VERBS[m[2]])}는구나"),
    (_POLITE, lambda m: f"{m[1]}하구나" if m[2] == "합" and _FEELS.fullmatch(f"{m[1]}하다") else f"{m[1]}{_POLITE_STEMS[m[2]]}는구나"),
    (_NOUN, lambda m: copula(m[1])),
    (_FOR, lambda m: f"{m[1]}구나" if m[1].endswith(_DESCRIBING) else f"{m[1][:-1]}{_before_neun(m[1][-1])}는구나"),
)
"""(ending, how it is said back), the first that fits."""

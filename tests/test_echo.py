"""What she says back and what she picks: the user's own words in her mouth, and one of two things, without a model."""

from __future__ import annotations

import time

import pytest

from ohlora_tui.bases import BUNDLED
from ohlora_tui.records import Turn
from ohlora_tui.written import askback, cue, echo, told
from ohlora_tui.written.choice import Pick, pick, weighs
from ohlora_tui.written.clauses import clauses, heart
from ohlora_tui.written.intro import introduced, named
from ohlora_tui.written.remarks import Remarks
from ohlora_tui.written.voice import Voice

BANK = BUNDLED / "mini" / "rows"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("카톡으로 통보받았어", "카톡으로 통보받았구나"),
        ("머리를 너무 짧게 잘라서 내일 학교 가기 싫어", "머리를 너무 짧게 잘라서 내일 학교 가기 싫구나"),
        ("치킨 냄새가 복도에 진동을 한다", "치킨 냄새가 복도에 진동을 하는구나"),
        ("나 요즘 혼자 산다", "요즘 혼자 사는구나"),
        ("너는 예쁘다", ""),
        ("네 명 중에 두 명이 잠수탔어요.. 발표가 모레인데 ppt 제가 다 만들고 있음ㅠ", "발표가 모레인데 ppt 다 만들고 있구나"),
        ("고마워요 근데 배고파서 잠이 안 와요", "배고파서 잠이 안 오는구나"),
        ("라면 없인 못 살아", "라면 없인 못 사는구나"),
        ("민지가 내 말을 오해했거든", "민지가 네 말을 오해했구나"),
        ("우리 팀 정글이 계속 던졌어", "너희 팀 정글이 계속 던졌구나"),
        ("우리 엄마가 많이 바빠", "엄마가 많이 바쁘구나"),
        ("저녁 장사가 영 안됩니다", "저녁 장사가 영 안되는구나"),
        ("월세 내기도 빠듯해요", "월세 내기도 빠듯하구나"),
        ("다음 달에 제주도 출장이 잡혀서 걱정이에요", "다음 달에 제주도 출장이 잡혀서 걱정이구나"),
        ("내일 사진 동아리 설명회에 가 보려고", "내일 사진 동아리 설명회에 가 보려는구나"),
        ("남편은 맨날 야근이라 혼자 다 하거든요", "남편은 맨날 야근이라 혼자 다 하는구나"),
        ("맨날 자기 엄마 편만 들거든요", "맨날 자기 엄마 편만 드는구나"),
        ("우리 아기 이름은 서윤이에요 8개월 됐어요", "8개월 됐구나"),
        ("점심도 맨날 혼자 먹어", "점심도 맨날 혼자 먹는구나"),
        ("실장님이 저만 빼고 밥 먹으러 가시거든요", "실장님이 너만 빼고 밥 먹으러 가시는구나"),
    ],
)
def test_the_last_statement_is_said_back_in_her_mouth(message: str, said: str) -> None:
    assert echo.echo(message) == said


@pytest.mark.parametrize(
    "message",
    ["저녁 뭐 먹지?", "고마워", "너 몇 살이야?", "ㅋㅋㅋㅋ", "응", "그건 아니야", "아까 말했잖아", "밥 먹자", "강아지!", "나 이제 잘게 잘 자", "지난주에 할머니가 돌아가셨어", "형한테 또 맞았어", "퇴직하고 집에만 있으니 심심해서 말이지", "내가 사달라고 한 거야", "오늘 뭐 했는지 물어봤잖아"],
)
def test_questions_thanks_and_words_about_her_are_not_said_back(message: str) -> None:
    assert echo.echo(message) == ""


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("카톡으로 통보받았구나", "카톡으로 통보받았다고 함"),
        ("배고파서 잠이 안 오는구나", "배고파서 잠이 안 온다고 함"),
        ("점심도 맨날 혼자 먹는구나", "점심도 맨날 혼자 먹는다고 함"),
        ("걱정이구나", "걱정이라고 함"),
        ("드라마 볼 거구나", "드라마 볼 거라고 함"),
        ("재미있구나", "재미있다고 함"),
    ],
)
def test_the_summary_carries_what_was_said(said: str, told: str) -> None:
    assert echo.told(said) == told


@pytest.mark.parametrize(
    ("message", "kind", "things"),
    [
        ("초코랑 딸기 중에 뭐가 나아?", "choice", {"초코", "딸기"}),
        ("광안리가 나아 해운대가 나아?", "choice", {"광안리", "해운대"}),
        ("기차 타고 갈까 버스 타고 갈까?", "choice", {"기차 타고 가는 쪽", "버스 타고 가는 쪽"}),
        ("돈 더 주는 데로 갈지 사람 좋은 데 남을지", "choice_big", {"돈 더 주는 데로 가는 쪽", "사람 좋은 데 남는 쪽"}),
        ("펫시터를 쓸까 친구한테 맡길까 고민 중인데 뭐가 나을까요?", "choice", {"펫시터를 쓰는 쪽", "친구한테 맡기는 쪽"}),
        ("주말엔 쉬는 게 나을까 나가는 게 나을까", "choice", {"주말엔 쉬는 쪽", "나가는 쪽"}),
        ("내가 먼저 전화해볼까?", "shall", {""}),
        ("동호회라도 나가 볼까요", "shall", {""}),
        ("조각 케이크 하나 먹을까 고민", "shall", {""}),
        ("25일까지 버티다가 걍 새로 살까 너라면 어떡할래", "shall", {""}),
        ("회식 가야되나 고민이라고", "shall", {""}),
        ("오 그럼 립밤 vs 산리오 키링! 지유는 쿠로미 좋아해 너는 뭐가 나은거같아?", "choice", {"립밤", "산리오 키링"}),
        ("내일 학교에서 놀릴텐데 모자쓰고갈까", "shall", {""}),
        ("배달 더 할까 집갈까 물어본거", "choice_big", {"하는 쪽", "집가는 쪽"}),
        ("제가 연락을 끊은거거든요. 답장 하는 게 맞을까요", "shall", {""}),
        ("마지막 집이 언덕이라 좀 기다렸다 갈까요 그냥 갈까요", "choice", {"그냥 가는 쪽", "좀 기다렸다 가는 쪽", "기다렸다 가는 쪽"}),
    ],
)
def test_she_picks_one_of_what_she_is_given(message: str, kind: str, things: set[str]) -> None:
    found = pick(message)
    assert found and found.kind == kind and found.thing in things and found == pick(message)


@pytest.mark.parametrize("message", ["헤어질까 말까", "저녁 뭐 먹을까", "친구들이랑 여행 중에 싸웠어", "풀긴 뭘 풀어 혼자 사니까 말할 사람이 없어서 그러지", "술 마실까?", "맥주 한 캔 더 마실까", "엄마 지갑에서 몰래 가져갈까", "죽을까", "코인 살까 주식 살까",
     "제가 없어지면 가족이 편할까요", "전 남친한테 고백하는 게 맞을까", "집을 살까", "갈까 말까", "나 합격할까", "그 사람도 저를 좋아할까요", "반찬 싸주면 싫어할까", "언젠가 AI가 인간을 지배할까?", "군대 간부로 갈까 고민돼", "훈련소에서 밥은 잘 먹을까", "회사 그만둘까", "금새랑 금세 중에 뭐가 맞아", "찬물이랑 뜨거운물 중에 뭐가 먼저 얼어요"])
def test_what_is_no_choice_or_not_hers_to_make_is_not_picked(message: str) -> None:
    assert pick(message) is None


def test_a_decision_is_told_from_a_question_that_wants_knowledge() -> None:
    assert weighs("배달이라도 시작해야 하나") and weighs("그만둘지 말지 모르겠어")
    assert not weighs("이차방정식 어떻게 공부해?") and not weighs("오늘 날씨 좋다")


@pytest.mark.parametrize(
    ("message", "matter"),
    [
        ("ㅎㅎ 고마워요. 펫시터를 쓸까 고민이에요", "펫시터를 쓸까 고민이에요"),
        ("됐어 ㅋㅋ 이번 주말에 강릉 가", "이번 주말에 강릉 가"),
        ("괜찮아. 배는 고픈데 입맛이 없네", "배는 고픈데 입맛이 없네"),
        ("고마워", "고마워"),
        ("배고파 ㅋㅋ 고마워", "배고파 ㅋㅋ 고마워"),
    ],
)
def test_what_only_nods_to_her_is_left_off_before_the_matter(message: str, matter: str) -> None:
    assert heart(message) == matter


def test_bad_news_that_neither_row_nor_remark_answers_is_said_back(voice: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "_remarks", Remarks([]))
    turn = Turn("어제 트롬본 악보를 통째로 잃어버렸어 ㅠㅠ", last_summary="사용자는 악보를 베낌")
    found = voice.ask_back(turn, frozenset({"그랬구나."}))
    assert found.turn.answer.count("악보를 통째로 잃어버렸구나") == 1 and "악보를 통째로 잃어버렸다고 함" in (found.turn.summary or "")


@pytest.mark.parametrize(
    "message", ["오 고마워 ㅎㅎ 남은 육수는 얼려도 되려나", "꽃이 먼저 떠올랐어! 무슨 꽃이 좋을까?", "자랑이 아니라 육수 얼려도 되냐고 물어본 건데", "아니 무슨 꽃 살지 추천 좀 해 달라고 ㅠ", "다음 휴가는 또 언제 나오려나"]
)
def test_what_is_asked_is_never_taken_for_what_is_told(voice: Voice, message: str) -> None:
    """ "얼려도 되려나" was answered "조금 더 자랑해도 돼", "무슨 꽃이 좋을까?" "그게 어떤 느낌이었어?". """
    assert askback.kind_of(message) != "told" and echo.echo(message) == ""
    answer = voice.ask_back(Turn(message, last_summary="사용자는 국숫집을 함"), frozenset(["처음 한 말"])).turn.answer
    told = {line for kind, lines in askback.load(BANK / "asks.tsv").items() if kind == "more" or kind.startswith(("on_", "echo_")) for line, _ in lines}
    assert answer not in told


@pytest.mark.parametrize(("message", "asks"), [("팀장이 자료를 다시 하래", False), ("나보고 이기적이래", False), ("같이 갈래?", True), ("뭐 먹을래", True)])
def test_what_somebody_else_wants_is_no_question(message: str, asks: bool) -> None:
    assert echo.asks(message) is asks


@pytest.mark.parametrize(
    ("message", "picked"),
    [
        ("3만원 더 내면 창문방인데 옮길까요?", "shall"),
        ("오늘부터 연락 안 해 볼까요? 근데 금요일에 어차피 봐요 ㅋㅋ", "shall"),
        ("낼 말해야 됨? ㅠㅠ", "shall"),
        ("풀고 다시 뜰까요 그냥 갈까요?", "choice"),
        ("공룡 피규어vs킥보드 뭐가 나음?", "choice"),
        ("목걸이랑 마사지기 중에 뭐가 낫냐고", "choice"),
        ("그냥 툭 말하는 게 낫나 아님 케이크라도 사 갈까", "choice"),
        ("동생이 화낼까", ""),
        ("올해는 눈이 올까", ""),
        ("살까 말까 고민 중 대여가 삼천 원이래", ""),
    ],
)
def test_a_deed_to_come_is_picked_in_the_clause_that_asks(message: str, picked: str) -> None:
    found = pick(message) or pick(message, cue.question(message))
    assert (found.kind if found else "") == picked and "목걸," not in (found.thing + "," if found else "")


def test_one_who_laughs_is_not_comforted() -> None:
    assert not askback.fits("bad", "귀여워서 사진 찍어 놨어 ㅋㅋ") and not askback.fits("worry", "자막 켜고 보면 돼 ㅋㅋ")
    assert askback.fits("bad", "오늘 또 혼났어 ㅠㅠ") and askback.fits("bad", "지갑 잃어버렸어!!") and askback.fits("good", "붙었어!! ㅋㅋ")


def test_a_question_between_two_is_answered_by_a_pick(voice: Voice) -> None:
    found = voice.answer(Turn("크림브륄레랑 까눌레 중에 뭐가 나아?"), frozenset(), ("디저트 고르는 중이야",))
    assert found and ("크림브륄레" in found.turn.answer or "까눌레" in found.turn.answer)


def test_a_later_message_is_read_with_what_was_told_before(voice: Voice) -> None:
    told = voice.answer(Turn("네 명 중에 두 명이 잠수탔어요", last_summary="사용자는 조별과제 때문에 화남"), frozenset(), ("저 오늘 조별과제 때문에 너무 열받았거든요",))
    assert told and any(word in told.turn.answer for word in ("조", "잠수", "물속", "교수"))


def test_the_same_words_of_hers_never_stand_twice_behind_an_echo(voice: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "_remarks", Remarks([]))
    said: set[str] = set()
    for number in range(3):
        answer = voice.ask_back(Turn(f"{number}번 버스를 놓쳐서 시험에 늦었어 ㅠㅠ", last_summary="버스"), frozenset(said)).turn.answer
        assert not any(answer.split("구나", 1)[1] == s.split("구나", 1)[1] for s in said)
        said.add(answer)


def test_every_pick_is_of_a_written_kind() -> None:
    from ohlora_tui.written.askback import PICKS

    found = [pick(m) for m in ("사과랑 배 중에 골라 줘?", "이직할까 남을까 고민이야", "해 볼까?")]
    assert {p.kind for p in found if isinstance(p, Pick)} <= PICKS


@pytest.mark.parametrize("message", ["ㅋ" * 60 + "b 배고파", "아" * 40 + "b. 배고파", "아니" * 30 + "라고. 배고파", "가" * 2000, "나랑 " * 400 + "중에?"], ids=["laughter", "sigh", "no", "one letter", "and"])
def test_what_is_read_by_rule_is_read_at_once_whatever_is_typed(message: str) -> None:
    began = time.perf_counter()
    for read in (heart, pick, weighs, echo.echo, told.missed):
        read(message)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(("message", "kind"), [
    ("휴가 때 집에만 있었는데 왜 이렇게 행복하냐", "told"), ("왜 이렇게 덥지 ㅋㅋ", "told"), ("왜 이렇게 더운 거야?", "asked"), ("왜 그러냐", "asked"),
    ("아침은 못 일어나는데.. 나 맨날 여섯 시에 겨우 일어나", "told"), ("음 기타? 예전에 사놓고 안 친 거 있어", "told"), ("뭐가 문제인지 모르겠어", "told"), ("원래 그렇지 뭐", "told"),
    ("저녁에 만나", "told"), ("이거 먹어도 되나", "asked"), ("비 오는데 우산 챙겨야 하나", "asked"), ("저녁 뭐 먹지", "asked"),
])  # fmt: skip
def test_only_what_the_last_clause_asks_is_a_question(message: str, kind: str) -> None:
    assert askback.kind_of(message) == kind


def test_joy_is_not_for_one_who_cries() -> None:
    assert not askback.fits("good", "장조림이 오늘 다 남았어 ㅠ") and askback.fits("good", "장조림이 다 팔렸어")
    assert not askback.fits("good", "폰 받았다 오늘 제초작업해서 죽는줄")


@pytest.mark.parametrize("message", ["그건 생각 못했네. 혼자 하는게 나을까 학원을 다닐까", "못했네 이거 할까 저거 할까"])
def test_another_sentences_end_is_no_option(message: str) -> None:
    picked = pick(message)
    assert picked is None or "못했네" not in picked.thing


@pytest.mark.parametrize(
    ("message", "who"),
    [
        ("안녕 오로라, 나는 부산에서 용접 일 하는 사람이야", "부산에서 용접 일 하는 사람이구나"),
        ("나는 서른여덟이고 애 둘 키우는 아빠야, 반가워", "서른여덟이고 애 둘 키우는 아빠구나"),
        ("저는 마흔둘이고 택배 일 하고 있습니다", "마흔둘이고 택배 일 하고 있구나"),
        ("ㅎㅇ 나 중2임", "중2구나"),
        ("나 김해 살아", "김해 사는구나"),
        ("내 동생은 간호사야", ""),
        ("나 대구 사람인데 사투리 써도 알아듣나", ""),
        ("저는 일흔둘이고 영감 먼저 보내고 혼자 삽니다", ""),
        ("나 너무 늦은 걸까 스물일곱인데", ""),
        ("저 요즘 코딩 배우고 있어요", ""),
        ("늦게 시작한 한글 공부가 참 재미나요. 일흔넷입니다", ""),
        ("나는 바보야", ""),
        ("나 나쁜 사람이야", ""),
        ("나는 부족한 엄마야", ""),
        ("나 부산 사람이야", "부산 사람이구나"),
    ],
)
def test_who_tells_who_they_are_is_heard(message: str, who: str) -> None:
    assert introduced(message) == who


def test_a_self_introduction_is_welcomed_by_its_own_words(voice: Voice) -> None:
    found = voice.answer(Turn("안녕하세요 저는 강릉에서 등대 지키는 사람입니다"), frozenset())
    assert found and "강릉에서 등대 지키는 사람이구나" in found.turn.answer


@pytest.mark.parametrize("message", ["개가 양파 먹었는데 괜찮은 거야?", "고양이가 양파 먹었는데 괜찮아?"])
def test_what_is_asked_of_a_dog_is_not_asked_of_her(voice: Voice, message: str) -> None:
    found = voice.answer(Turn(message), frozenset())
    assert found is None or "나는 멀쩡해" not in found.turn.answer


def test_a_name_told_with_rago_hae_is_not_another_ones(voice: Voice) -> None:
    found = voice.answer(Turn("하이하이 나 민지라고 해"), frozenset())
    assert found is None or "민수" not in found.turn.answer


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("내 이름은 서연이야 넌?", "서연"),
        ("하이하이 나 민지라고 해", "민지"),
        ("제 이름은 준호예요. 잘 부탁드려요", "준호"),
        ("내 이름은 뭐야", ""),
        ("나는 뭐라고 해", ""),
        ("내 이름은 비밀이야", ""),
        ("나는 네가 좋다고 해", ""),
        ("내 이름은 서연이야 근데 바꾸고 싶어", ""),
    ],
)
def test_a_name_is_heard(message: str, name: str) -> None:
    assert named(message) == name


def test_a_name_no_row_knows_is_welcomed_by_name(voice: Voice) -> None:
    found = voice.answer(Turn("내 이름은 슬찬이야 넌?"), frozenset())
    assert found and "슬찬" in found.turn.answer and "슬찬이라고 함" in (found.turn.summary or "")


def test_a_name_is_welcomed_later_too(voice: Voice) -> None:
    found = voice.answer(Turn("내 이름은 슬찬이야 넌?"), frozenset(), ("안녕하세요",), "반가워!")
    assert found and "슬찬" in found.turn.answer


def test_one_country_is_not_another(voice: Voice) -> None:
    found = voice.answer(Turn("나 다음 주에 일본 가!"), frozenset())
    assert found is None or "오름" not in found.turn.answer


def test_hi_in_english_is_a_greeting(voice: Voice) -> None:
    found = voice.answer(Turn("hi aurora"), frozenset())
    assert found and "미안" not in found.turn.answer


@pytest.mark.parametrize("message", ["택시비로 한 달에 이십만 원을 쓰고 있더라 나 미쳤나 봐", "말하면 눈치 없다고 할까 봐"])
def test_what_is_guessed_is_not_said_back(message: str) -> None:
    assert echo.echo(message) == ""


@pytest.mark.parametrize(
    ("message", "thing"),
    [("방금 다 말했잖아ㅋㅋ 복학이냐 트레이너냐. 골라봐", {"복학", "트레이너"}), ("짜장이냐 짬뽕이냐", {"짜장", "짬뽕"}), ("남색 정장이랑 회색 있는데 골라줘", {"정장", "회색"})],
)
def test_either_is_picked(message: str, thing: set[str]) -> None:
    found = pick(message)
    assert found and found.thing in thing


@pytest.mark.parametrize("message", ["강아지랑 고양이 있는데 둘 다 귀여워", "왜 그러냐 뭐 하냐", "친구랑 약속 있는데 뭐 입을까?", "민주당이냐 국민의힘이냐",
     "열이 39도인데 지금 응급실 가야 할까 지켜봐도 될까", "약 먹을까 참을까", "허리 삐끗했는데 운동 갈까 쉴까"])
def test_what_is_not_asked_is_not_picked(message: str) -> None:
    assert pick(message) is None


def test_a_choice_is_made_though_she_missed_it_before(voice: Voice) -> None:
    past = ("부모님은 복학하라 하시고 나는 트레이너가 하고 싶어", "돈 못 벌까봐지 뭐. 넌 어떻게 생각해?")
    found = voice.answer(Turn("방금 다 말했잖아ㅋㅋ 복학이냐 트레이너냐. 골라봐"), frozenset(), past, "무슨 일인지 두 줄로 말해 줘.")
    assert found and ("복학" in found.turn.answer or "트레이너" in found.turn.answer)


@pytest.mark.parametrize("message", ["옆집이 자꾸 새벽에 쿵쿵거려서 더 그래", "오늘은 놀이터를 세 번이나 갔어. 미끄럼틀을 안 내려올라 그래"])
def test_a_story_that_ends_in_geurae_asks_nothing(message: str) -> None:
    assert askback.kind_of(message) == "told"


@pytest.mark.parametrize(("message", "parts"), [("전교 3등 했어!! 칭찬해줘", ("전교 3등 했어!!",)), ("칭찬해줘", ("칭찬해줘",)), ("오로라 생일이네! 축하해", ("오로라 생일이네!", "축하해"))])
def test_who_asks_for_cheer_tells_what_it_is_for(message: str, parts: tuple[str, ...]) -> None:
    assert clauses(message) == parts

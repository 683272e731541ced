"""Written rows: the nearest one answers, never one of another event, polarity, number or person."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from ohlora_tui import embedder, nearness
from ohlora_tui.bases import BUNDLED
from ohlora_tui.dataset import read_rows
from ohlora_tui.errors import ModelError
from ohlora_tui.records import Expression, Memory, Recall, Row, Turn
from ohlora_tui.written.agree import conflicts
from ohlora_tui.written.voice import Voice
from ohlora_tui.written.weave import core, family, woven
from tests import banks

ROOT = Path(__file__).parents[1]
BANK = BUNDLED / "mini" / "rows"


def recall(key: str, value: str) -> Recall:
    memory = Memory(key, value)
    return Recall(memory, 1.0, True, memory.text)


def row(message: str, answer: str, split: str = "train", **more: object) -> Row:
    turn = Turn(message, answer=answer, summary="요약", expression=Expression(), **more)  # type: ignore[arg-type]
    return Row(turn, split, message, "", 1)


ROWS = [
    row("배고파", "꼬르륵 소리가 여기까지 들려!"),
    row("배고파 로라야", "냉장고에 뭐 있어?"),
    row("시험 떨어졌어", "많이 속상하겠다."),
    row("엄마가 돌아가셨어", "마음이 무너졌겠다."),
    row("1 더하기 1은?", "2!"),
    row("비밀 문장", "시험 줄의 답", split="test"),
    row("내일 뭐 입지", "병원 가는 날이니까 편한 옷이 좋아!", recalls=(recall("내일 일정", "병원"),)),
    row("내 이름 뭐게", "하준이지!", recalls=(recall("이름", "하준"),)),
    row("2단계", "혀가 얼얼하겠다!", last_summary="사용자는 마라탕을 먹음, 매운 단계 물음"),
    row("응", "밥부터 먹자!", last_summary="사용자는 배고픔, 밥 먹었는지 물음"),
    row("무조건 꼬들", "그럼 30초 먼저 불을 꺼.", last_summary="사용자는 라면을 먹음, 로라는 면 익힘을 물음"),
    row("오늘 뭐해", "일요일 저녁이니까 쉬어야지.", clock="2026년 11월 22일 일요일 저녁"),
]

WORDINGS = {("배고파", "배고파"): ("뱃가죽이 등에 붙겠다",)}


@pytest.fixture(scope="module")
def model() -> embedder.Embedder:
    return embedder.load(BUNDLED / "retriever")


@pytest.fixture(scope="module")
def rows(model: embedder.Embedder, tmp_path_factory: pytest.TempPathFactory) -> Voice:
    return banks.load(ROWS, model, tmp_path_factory.mktemp("rows"), WORDINGS)

@pytest.fixture
def bundled(voice: Voice) -> Voice:
    return voice


def answer(rows: Voice, message: str, said: frozenset[str] = frozenset(), **more: object) -> str:
    found = rows.answer(Turn(message, **more), said)  # type: ignore[arg-type]
    return found.turn.answer if found else ""


def test_the_nearest_row_answers_and_never_twice(rows: Voice) -> None:
    first = answer(rows, "로라야 나 배고파ㅋㅋ")
    second = answer(rows, "배고파!!", frozenset({first}))
    assert {first, second} == {"꼬르륵 소리가 여기까지 들려!", "냉장고에 뭐 있어?"}
    assert answer(rows, "배고파", frozenset({first, second})) == ""


def test_a_row_answers_its_other_wordings(rows: Voice) -> None:
    assert answer(rows, "뱃가죽이 등에 붙겠다 ㅠㅠ") == "꼬르륵 소리가 여기까지 들려!"


def test_where_no_row_is_near_an_answer_of_the_kind_speaks_once(rows: Voice) -> None:
    rows.threshold, kept = 0.01, rows.threshold
    first = answer(rows, "오늘 점심에 김밥 먹었어")
    assert first.startswith("배가 든든하면")
    assert answer(rows, "오늘 점심에 김밥 먹었어", frozenset({first})) != first
    rows.threshold = kept


def test_a_far_message_is_left_to_the_model(rows: Voice) -> None:
    assert answer(rows, "양자역학의 불확정성 원리가 궁금해") == ""


def test_only_training_rows_are_in_the_bank(rows: Voice, bundled: Voice) -> None:
    assert answer(rows, "비밀 문장") == ""
    assert {r.split for r in read_rows(BANK / "rows.csv.gz")} == {"train"}


@pytest.mark.parametrize("message", ["시험 붙었어", "엄마가 편찮으셔", "12 더하기 19는?", "배불러", "배 아파"])
def test_another_event_or_number_is_no_answer(rows: Voice, message: str) -> None:
    assert answer(rows, message) == ""


def test_a_memory_row_speaks_only_of_what_she_recalls(rows: Voice) -> None:
    assert answer(rows, "내일 뭐 입지") == ""
    assert answer(rows, "내일 뭐 입지", recalls=(recall("내일 일정", "치과 가기로 함"),)) == "치과 가는 날이니까 편한 옷이 좋아!"
    assert answer(rows, "내 이름 뭐게", recalls=(recall("이름", "민수"),)) == "민수지!"


def test_a_follow_up_needs_its_story(rows: Voice) -> None:
    assert answer(rows, "2단계") != "혀가 얼얼하겠다!"
    assert answer(rows, "2단계", last_summary="사용자는 마라탕이 먹고 싶음, 매운 단계를 물음") == "혀가 얼얼하겠다!"
    assert answer(rows, "응", last_summary="사용자는 주말에 이사함") == ""


def test_a_row_that_goes_on_from_this_very_turn_is_weighed_whatever_is_nearer(rows: Voice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ohlora_tui.written.rows.CANDIDATES", 1)
    weighed = {c.row.turn.answer for c in rows._rows.weigh(Turn("시험 떨어졌어 근데", last_summary="사용자는 라면을 먹음, 로라는 면 익힘을 물음"))}
    assert {"많이 속상하겠다.", "그럼 30초 먼저 불을 꺼."} <= weighed
    weighed = {c.row.turn.answer for c in rows._rows.weigh(Turn("시험 떨어졌어 근데", last_summary="사용자는 라면을 먹음, 로라는 국물을 물음"))}
    assert "그럼 30초 먼저 불을 꺼." not in weighed


def test_a_new_matter_ignores_the_story(rows: Voice) -> None:
    assert answer(rows, "시험 떨어졌어", last_summary="사용자는 마라탕을 먹음, 매운 단계 물음") == "많이 속상하겠다."


def test_a_row_that_knows_the_time_stays_silent_without_it(rows: Voice) -> None:
    assert answer(rows, "오늘 뭐해") == ""


def test_examples_come_nearest_last_and_plain(rows: Voice) -> None:
    found = rows.nearest("시험 떨어졌다", 3)
    assert found[-1].message == "시험 떨어졌어"
    assert all(not t.recalls and not t.last_summary for t in found)


def test_another_embedder_brings_its_own_vectors(rows: Voice, model: embedder.Embedder, tmp_path: Path) -> None:
    banks.write(ROWS, model, tmp_path)
    known = (tmp_path / "rows.json").read_text(encoding="utf-8").replace(model.fingerprint, "0" * 16)
    (tmp_path / "rows.json").write_text(known, encoding="utf-8")
    assert answer(Voice.load(tmp_path, model), "시험 떨어졌어") == "많이 속상하겠다."


def test_a_damaged_bank_is_one_sentence(model: embedder.Embedder, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="글 모음"):
        Voice.load(tmp_path, model)


@pytest.mark.slow
def test_the_bundled_bank_loads_fast_and_without_torch(model: embedder.Embedder, tmp_path: Path) -> None:
    import subprocess
    import sys

    Voice.load(BANK, model, tmp_path)  # the first start makes what the next ones read
    start = time.process_time()  # what else the machine does is not our cost
    Voice.load(BANK, model, tmp_path)
    spent = time.process_time() - start
    assert spent < 1.0, spent  # 0.8 s, most of it reading 45,807 rows
    code = (
        "import sys; from ohlora_tui import embedder; from ohlora_tui.bases import BUNDLED; from ohlora_tui.written.voice import Voice;"
        "Voice.load(BUNDLED / 'mini' / 'rows', embedder.load(BUNDLED / 'retriever'));"
        "print([m for m in ('torch', 'sklearn', 'sentence_transformers', 'transformers') if m in sys.modules])"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True).stdout.strip() == "[]"
    )


@pytest.mark.parametrize("message", ["안녕", "오로라 안녕!", "나 배고파", "고마워", "심심해", "잘자 로라야", "너 누구야?"])
def test_the_bundled_bank_answers_what_people_say_first(bundled: Voice, message: str) -> None:
    assert answer(bundled, message)


@pytest.mark.parametrize("message", ["살 빼고 싶어", "잘 살고 싶어"])
def test_a_crisis_row_answers_only_a_crisis(bundled: Voice, message: str) -> None:
    assert "109" not in answer(bundled, message)
    assert "109" in answer(bundled, "죽고 싶어")


def opposites() -> list[tuple[str, str]]:
    lines = (ROOT / "evaluate" / "data" / "opposites.tsv").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if line.count("\t") == 1]  # type: ignore[misc]


@pytest.mark.parametrize(("one", "other"), opposites())
def test_opposites_never_answer_each_other(model: embedder.Embedder, tmp_path: Path, one: str, other: str) -> None:
    for said, written in ((one, other), (other, one)):
        assert answer(banks.load([row(written, "그랬구나.")], model, tmp_path), said) != "그랬구나."


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("마라탕 먹고 싶어", "마라탕 먹었어"),
        ("친구가 울어", "친구 때문에 울었어"),
        ("내가 늦었어", "친구가 늦었어"),
        ("담배 피우고 싶어", "담배 끊고 싶어"),
        ("나 사랑해?", "사랑해"),
        ("퇴근 언제 하지", "퇴근!"),
        ("고백 거절당했어", "고백 거절했어"),
        ("소개팅 했어", "소개팅 나가"),
        ("이직했어", "이직 실패했어"),
        ("컨디션 안 좋아", "컨디션 최고야"),
        ("마음이 불편해", "마음이 편해"),
        ("2시간 잤어", "12시간 잤어"),
        ("친구한테 고마워", "고마워"),
        ("너 짜증나", "짜증나"),
        ("고민 있어", "고민 있어?"),
        ("약 먹어야 돼", "약 먹었어"),
        ("실수했어", "말실수했어"),
    ],
)
def test_mood_role_and_aim_must_agree(said: str, written: str) -> None:
    assert conflicts(said, written, "", lambda a, b: 0.0)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("발표 때문에 떨려", "떨려"),
        ("남자친구랑 싸웠어", "남자친구랑 싸움"),
        ("오늘 기분 좋아", "기분 좋아"),
        ("시험 공부하기 싫어", "공부하기 싫어"),
        ("친구가 약속 깼어", "친구가 약속을 깼어"),
        ("눈물이 멈추지 않아", "눈물이 안 멈춰"),
    ],
)
def test_the_same_matter_in_other_words_agrees(said: str, written: str) -> None:
    assert not conflicts(said, written, "그랬구나.", lambda a, b: 0.0)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("너무 외로워", "외롭다"),
        ("진짜 힘들었어", "힘들어 ㅠㅠ"),
        ("지쳤어", "지친다"),
        ("킹받네", "빡쳐"),
        ("안아 줘", "안아줘"),
        ("취업했어", "취직했어"),
    ],
)
def test_endings_fillers_and_synonyms_change_nothing(model: embedder.Embedder, tmp_path: Path, said: str, written: str) -> None:
    assert answer(banks.load([row(written, "그랬구나.")], model, tmp_path), said) == "그랬구나."


def test_an_answer_that_counts_letters_is_for_its_own_words(model: embedder.Embedder, tmp_path: Path) -> None:
    rows = banks.load([row("고마워", "세 글자 받았는데 밝아졌어.")], model, tmp_path)
    assert answer(rows, "고마워ㅋㅋ") and answer(rows, "감사합니다") == ""


def test_a_noun_is_no_form_of_a_denied_verb() -> None:
    assert "negation" not in conflicts("나 요즘 잠을 잘 못 자", "잠을 못 잤어", "푹 자야 할 텐데.", lambda a, b: 0.0)


def test_a_plan_is_cut_to_its_noun() -> None:
    assert core("친구랑 카페 가기로 함") == "카페"
    assert core("떡볶이") == "떡볶이"
    assert family("내일 일정") == family("이번 주 일정") == family("다음 주 금요일 일정") == "일정"


def test_a_row_without_a_slot_is_not_woven() -> None:
    written = Turn("뭐 먹지", recalls=(recall("알레르기", "새우"),), answer="해물은 조심하자!")
    assert woven(written, [recall("알레르기", "땅콩")]) is None
    same = woven(written, [recall("알레르기", "새우")])
    assert same is not None and same.answer == "해물은 조심하자!"


def test_letters_alone_find_the_same_text() -> None:
    index = nearness.build(["배고파", "오늘 날씨 좋다"])
    assert index.similarities("배고파").tolist() == pytest.approx([1.0, 0.0], abs=0.01)
    assert index.similarities("오늘날씨 좋다")[1] > 0.6


@pytest.mark.parametrize(("message", "row"), [("내일 소풍 가!", "내일 소풍 가"), ("로라야 안녕?", "안녕"), ("안녕~!", "안녕")])
def test_marks_at_the_end_change_nothing(message: str, row: str) -> None:
    assert not conflicts(message.removeprefix("로라야 "), row, "오늘 밤은 설레서 잠이 늦겠다.", lambda a, b: 0.0)


def test_a_row_that_says_less_answers_when_no_other_does(bundled: Voice) -> None:
    found = bundled.answer(Turn("여자친구한테 차였어"), frozenset())
    assert found and found.turn.message == "나 차엿다"


def test_the_index_says_what_counting_the_grams_of_each_text_says() -> None:
    import numpy as np

    texts = ["배고파", "배 고파", "오늘 날씨 좋다", "오늘은 날씨가 좋다 좋다", "", "👱‍♀️ 안녕", "ㅋㅋ", "배고파"]
    index, found = nearness.build(texts), [nearness.hashed(t) for t in texts]
    df = Counter(g for f in found for g in f)
    long = {nearness._hash(g) for t in texts for g in nearness.grams(t) if g >= nearness.ONCE}
    kept = sorted(g for g, n in df.items() if n > 1 or g not in long)
    assert index.grams.tolist() == kept and np.diff(index.ends, prepend=0).tolist() == [df[g] for g in kept]
    for gram, start, end in zip(kept, [0, *index.ends], index.ends, strict=False):
        assert index.texts[start:end].tolist() == [i for i, f in enumerate(found) if gram in f]
    weight = {g: (1 + np.log((1 + len(texts)) / (1 + df[g]))) ** 2 for g in kept}
    assert index.norms == pytest.approx([sum(weight.get(g, 0) for g in f) ** 0.5 or 1 for f in found], rel=1e-5)
    assert index.similarities("배고파")[[0, 7]] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("said", "written", "answer", "wrong"),
    [
        ("아들이 이거 깔아줬어", "자식이 이거 깔아줬어", "따님 덕에 우리가 만났네!", True),
        ("딸이 이거 깔아줬어", "자식이 이거 깔아줬어", "따님 덕에 우리가 만났네!", False),
        ("강아지 이름 지어줘", "이름 지어줘", "사뿐사뿐 걷는 고양이니까 구름이 어때?", True),
    ],
)
def test_a_son_is_never_taken_for_a_daughter_nor_a_dog_for_a_cat(said: str, written: str, answer: str, wrong: bool) -> None:
    assert ("being" in conflicts(said, written, answer, lambda a, b: 0.0)) == wrong


@pytest.mark.parametrize(("said", "wrong"), [("내 이름은 민준이야 기억해 줘", True), ("내 이름은 민지야 기억해 줘", False)])
def test_she_never_calls_the_user_by_a_rows_own_name(said: str, wrong: bool) -> None:
    found = conflicts(said, "내 이름은 민지야", "민지, 만나서 반가워!", lambda one, other: 0.0)
    assert ("name" in found) == wrong

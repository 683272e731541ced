"""What she says with a memory in mind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ohlora_tui.bases import BUNDLED
from ohlora_tui.dataset import packed, unpacked
from ohlora_tui.errors import ModelError
from ohlora_tui.records import ASKED, DUE, Memory, Recall
from ohlora_tui.written.recollect import FAMILIES, FILE, Recollections, family, slots
from ohlora_tui.written.remarks import Remark, Remarks

SHIPPED = BUNDLED / "mini" / "rows" / FILE


def recall(key: str, value: str, score: float = 1.0, text: str = "", used: bool = True) -> Recall:
    return Recall(Memory(key, value), score, used, text or f"[{key}: {value}]")


def line(family: str, verb: str, beside: str, mode: str, answer: str, who: str = "any") -> Remark:
    return Remark(verb, tuple(filter(None, beside.split("|"))), mode, who, "", answer, "요약", family)


STOMACH = line("ill", "마시다", "커피|맥주", "want", "{무엇:은} 참자, {값} 있다며.")


@pytest.mark.parametrize(
    ("key", "value", "held"),
    [
        ("고민", "잠이 안 옴", {"값다": "잠이 안 온다"}),
        ("고민", "엄마랑 자주 싸움", {"값다": "엄마랑 자주 싸운다"}),
        ("고민", "발표할 때 너무 떪", {"값다": "발표할 때 너무 떤다"}),
        ("고민", "층간 소음", {"값": "층간 소음", "값다": "층간 소음이라"}),
        ("상태", "면접 떨어짐", {"값다": "면접 떨어졌다"}),
        ("상태", "승진했음", {"값다": "승진했다"}),
        ("건강", "생리통 심함", {"값다": "생리통 심하다"}),
        ("내일 일정", "친구랑 카페 가기로 함", {"값": "카페", "값다": "친구랑 카페 가기로 했다"}),
        ("내일 일정", "친구 만나기", {"값": "친구 만나기", "값다": "친구 만나기라"}),
        ("오늘 일정", "공연 보러 감", {"값": "공연", "값다": "공연이라"}),
        ("오늘 일정", "원고 마감", {"값": "원고 마감", "값다": "원고 마감이라"}),
        ("향후 일정", "10월 31일 결혼식", {"값": "결혼식", "값다": "결혼식이라"}),
        ("반려동물", "고양이 모모", {"값": "고양이 모모", "값다": "고양이 모모라", "이름": "모모"}),
        ("반려동물", "고양이 두 마리", {"값": "고양이 두 마리", "값다": "고양이 두 마리라"}),
        ("연인", "남자친구 준호", {"값": "남자친구 준호", "값다": "남자친구 준호라", "이름": "준호"}),
        ("할머니", "작년에 돌아가심", {"누구": "할머니", "값다": "작년에 돌아가셨다"}),
        ("연인", "헤어짐", {"값다": "헤어졌다"}),
        ("반려동물", "강아지를 떠나보냄", {}),
        ("엄마", "허리 수술 받음", {"누구": "엄마", "값다": "허리 수술 받았다"}),
    ],
)
def test_a_value_fills_the_slots_it_can(key: str, value: str, held: dict[str, str]) -> None:
    assert slots(recall(key, value)) == held


def test_a_plan_belongs_to_the_day_it_is_read_on() -> None:
    assert [family(key) for key in ("오늘 일정", "내일 일정", "어제 일정", "다음주 일정")] == ["today", "ahead", "over", "ahead"]


def test_what_was_said_of_tomorrow_is_todays_plan_on_the_day() -> None:
    lines = Recollections(Remarks([line("today", "떨리다", "", "does", "오늘 {값} 때문이지?")]))
    assert lines.fitting("떨려", [recall("내일 일정", "면접")]) is None
    found = lines.fitting("떨려", [recall("내일 일정", "면접", text="[오늘 일정: 면접]")])
    assert found is not None and found.lines[0][0] == "오늘 면접 때문이지?"


def test_what_is_wanted_is_answered_by_the_illness_she_remembers() -> None:
    found = Recollections(Remarks([STOMACH])).fitting("아 커피 마시고 싶다", [recall("건강", "위염")])
    assert found is not None and found.lines[0][0] == "{무엇:은} 참자, 위염 있다며." and found.thing == "커피"


@pytest.mark.parametrize(("message", "key", "score"), [("커피 마셨어", "건강", 1.0), ("커피 마시고 싶다", "취미", 1.0), ("커피 마시고 싶다", "건강", 0.1), ("주스 마시고 싶다", "건강", 1.0)])
def test_another_act_another_memory_a_faint_one_or_another_word_has_no_line(message: str, key: str, score: float) -> None:
    assert Recollections(Remarks([STOMACH])).fitting(message, [recall(key, "위염", score, used=score == 1)]) is None


def test_a_memory_that_is_not_read_needs_a_telling_line() -> None:
    near = recall("직업", "바리스타", 0.2, used=False)
    lines = Recollections(Remarks([line("job", "마시다", "", "want", "무엇이든 한 잔 하자."), line("job", "마시다", "커피", "want", "{값}의 커피네.")]))
    assert lines.fitting("물 마시고 싶다", [near]) is None
    found = lines.fitting("커피 마시고 싶다", [near])
    assert found is not None and found.recall.used


def test_an_illness_comes_before_what_is_as_near_and_needs_only_the_verb() -> None:
    lines = Recollections(Remarks([line("job", "마시다", "커피", "want", "{값}의 커피네."), line("ill", "마시다", "", "want", "{값} 있으니까 참자.")]))
    found = lines.fitting("커피 마시고 싶다", [recall("직업", "바리스타", 0.3, used=False), recall("건강", "위염", 0.15, used=False)])
    assert found is not None and found.lines[0][0] == "위염 있으니까 참자."


def test_a_plan_of_the_day_is_asked_after_once() -> None:
    lines = Recollections(Remarks([line("over", "-", "나 왔어", "any", "{값:은} 어땠어?"), line("over", "이기다", "", "did", "{값} 이겼구나!")]))
    due = recall("내일 일정", "동창회", DUE, "[어제 일정: 동창회]", used=False)
    found = lines.fitting("나 왔어", [due])
    assert found is not None and found.lines[0][0] == "동창회는 어땠어?"
    assert lines.fitting("나 왔어", [due], {"동창회는 어땠어?"}) is None
    assert lines.fitting("야구 이겼어", [due]) is None  # a verb alone speaks of no plan that the words do not touch


def test_a_line_of_kin_is_not_said_where_another_of_the_family_is_named() -> None:
    lines = Recollections(Remarks([line("kin", "은퇴하다", "", "did", "{누구:가} 은퇴했구나!")]))
    assert lines.fitting("아빠가 은퇴했어", [recall("언니", "간호사")]) is None
    assert all(lines.fitting(message, [recall("아빠", "택시 기사")]) for message in ("아빠가 은퇴했어", "아버지 은퇴하셨어", "드디어 은퇴했어"))


def test_kin_are_told_by_the_value_of_a_memory_of_the_family() -> None:
    lines = Recollections(Remarks([line("kin", "조용하다", "방이", "does", "{누구:가} 없는 방이라 그렇지.")]))
    found = lines.fitting("동생 방이 조용하다", [recall("가족", "남동생이 해병대 입대")])
    assert found is not None and found.lines[0][0] == "남동생이 없는 방이라 그렇지."
    assert lines.fitting("동생 방이 조용하다", [recall("가족", "형이랑 같이 자취")]) is None
    assert lines.fitting("방이 조용하다", [recall("가족", "네 식구")]) is None  # nobody to name


def test_a_plan_she_has_asked_after_is_still_what_makes_one_nervous() -> None:
    lines = Recollections(Remarks([line("today", "-", "안녕", "any", "{값} 있다며?"), line("today", "떨리다", "", "does", "{값} 때문이지?")]))
    spoken = recall("오늘 일정", "면접", ASKED, used=False)
    assert lines.fitting("안녕", [spoken]) is None
    found = lines.fitting("떨린다", [spoken], {"면접 있다며?"})
    assert found is not None and found.lines[0][0] == "면접 때문이지?"


def test_another_thing_that_was_found_is_not_the_lost_one() -> None:
    lines = Recollections(Remarks([line("lost", "찾다", "", "did", "{값} 찾았구나!")]))
    assert lines.fitting("안경 쓰고 안경 찾았어", [recall("잃어버린 것", "지갑")]) is None
    assert all(lines.fitting(message, [recall("잃어버린 것", "지갑")]) for message in ("찾았어!", "드디어 찾았다", "지갑 찾았어", "소파 밑에서 찾았어", "뭐 찾았게"))


def test_a_verb_alone_is_enough_where_a_memory_is_known_and_a_word_beside_it_tells_more() -> None:
    lines = Recollections(Remarks([line("today", "떨리다", "", "does", "{값} 때문이지?"), line("today", "떨리다", "손", "does", "손까지 떨리는구나, {값} 앞이라 그래.")]))
    said = [lines.fitting(message, [recall("오늘 일정", "면접")]) for message in ("너무 떨려", "손이 떨려")]
    assert [found.lines[0][0] for found in said if found] == ["면접 때문이지?", "손까지 떨리는구나, 면접 앞이라 그래."]


def test_a_line_whose_slot_the_memory_cannot_fill_is_left_out() -> None:
    lines = Recollections(Remarks([line("worry", "피곤하다", "", "does", "{값} 때문이지?"), line("worry", "피곤하다", "", "does", "{값다}고 했잖아.")]))
    found = lines.fitting("피곤해", [recall("고민", "잠이 안 옴")])
    assert found is not None and [answer for answer, _ in found.lines] == ["잠이 안 온다고 했잖아."]


def test_a_line_without_a_memory_answers_nothing_here_and_one_with_a_memory_nothing_without_it() -> None:
    assert Recollections(Remarks([replace(STOMACH, family="")])).fitting("커피 마시고 싶다", [recall("건강", "위염")]) is None
    assert Remarks([STOMACH]).fitting("커피 마시고 싶다") is None


def test_a_file_with_a_family_or_a_phrase_that_cannot_be_is_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_bytes(packed("family\tverb\twith\tmode\twho\ttone\tanswer\tsummary\nill\t-\t\tany\tany\t\t말\t요약\n"))
    with pytest.raises(ModelError, match=r"recalls\.tsv"):
        Recollections.load(path)


def test_the_shipped_lines_are_of_known_families_and_stand_as_they_were_written() -> None:
    written = Path(__file__).parents[1] / "finetune" / "data" / "ask_back" / "recalls.tsv"
    assert written.read_text(encoding="utf-8") == unpacked(SHIPPED)
    rows = [row.split("\t") for row in written.read_text(encoding="utf-8").splitlines()[1:]]
    assert {row[0] for row in rows} <= FAMILIES and len({row[6] for row in rows}) == len(rows)

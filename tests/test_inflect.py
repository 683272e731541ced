"""A verb is known in every form it takes, the irregular ones too; what only looks like one is not."""

from __future__ import annotations

import pytest

from ohlora_tui.written.inflect import BEFORE, DROPPED, LINKED, NAMED, OPEN, PAST, POLITE, STEM, TO_COME, forms


@pytest.mark.parametrize(
    ("verb", "open_", "past", "to_come", "before", "linked"),
    [
        ("먹다", "먹어", "먹었", "먹을", "먹은", "먹으"),
        ("가다", "가", "갔", "갈", "간", "가"),
        ("보다", "봐", "봤", "볼", "본", "보"),
        ("배우다", "배워", "배웠", "배울", "배운", "배우"),
        ("마시다", "마셔", "마셨", "마실", "마신", "마시"),
        ("되다", "돼", "됐", "될", "된", "되"),
        ("쉬다", "쉬어", "쉬었", "쉴", "쉰", "쉬"),
        ("사과하다", "사과해", "사과했", "사과할", "사과한", "사과하"),
        ("듣다", "들어", "들었", "들을", "들은", "들으"),
        ("받다", "받아", "받았", "받을", "받은", "받으"),
        ("춥다", "추워", "추웠", "추울", "추운", "추우"),
        ("돕다", "도와", "도왔", "도울", "도운", "도우"),
        ("입다", "입어", "입었", "입을", "입은", "입으"),
        ("낫다", "나아", "나았", "나을", "나은", "나으"),
        ("웃다", "웃어", "웃었", "웃을", "웃은", "웃으"),
        ("모르다", "몰라", "몰랐", "모를", "모른", "모르"),
        ("따르다", "따라", "따랐", "따를", "따른", "따르"),
        ("아프다", "아파", "아팠", "아플", "아픈", "아프"),
        ("끄다", "꺼", "껐", "끌", "끈", "끄"),
        ("그렇다", "그래", "그랬", "그럴", "그런", "그러"),
        ("좋다", "좋아", "좋았", "좋을", "좋은", "좋으"),
        ("없다", "없어", "없었", "없을", "없은", "없으"),
        ("힘들다", "힘들어", "힘들었", "힘들", "힘든", "힘들"),
    ],
)
def test_a_verb_has_its_forms(verb: str, open_: str, past: str, to_come: str, before: str, linked: str) -> None:
    found = forms(verb)
    for form, shape in ((open_, OPEN), (past, PAST), (to_come, TO_COME), (before, BEFORE), (linked, LINKED), (verb[:-1], STEM)):
        assert shape in found[form], (form, shape)


def test_a_stem_in_rieul_loses_it_and_keeps_it() -> None:
    found = forms("살다")
    assert DROPPED in found["사"] and NAMED in found["삶"] and NAMED in found["삼"] and POLITE in found["삽"]


@pytest.mark.parametrize("word", ["다", "", "먹", "abc다", "감기"])
def test_what_is_no_dictionary_form_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="dictionary form"):
        forms(word)

"""Letters beside the expression's head: what they learn, what they weigh, what a damaged file says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from finetune import face_meaning
from finetune import faces as fitting
from ohlora_tui import faces
from ohlora_tui.errors import ModelError
from ohlora_tui.heads import EXPRESSION_TEXTS
from ohlora_tui.records import Expression, Row, Turn

SAD, GLAD = Expression("작게", "보통", "없음"), Expression("크게", "크게", "없음")
FLAT = np.zeros(len(EXPRESSION_TEXTS), np.float32)


def row(split: str, message: str, answer: str, face: Expression, at: int = 0) -> Row:
    return Row(Turn(message, answer=answer, expression=face), split, f"{split}-{at}", "일상", at, "p1.csv")


TRAIN = [row("train", f"너무 슬퍼 {n}", "그랬구나.", SAD) for n in range(8)] + [row("train", f"진짜 신나 {n}", "그랬구나.", GLAD) for n in range(8)]
VALID = [row("valid", "오늘 슬퍼", "그랬구나.", SAD), row("valid", "오늘 신나", "그랬구나.", GLAD)]


def likeliest(scores: np.ndarray) -> Expression:
    return Expression.parse(EXPRESSION_TEXTS[int(scores.argmax())])


@pytest.fixture(scope="module")
def fitted() -> faces.Faces:
    return fitting.fit([*TRAIN, *VALID], lambda turn: FLAT)


def test_the_message_tells_the_face_where_the_answer_does_not(fitted: faces.Faces) -> None:
    assert likeliest(fitted.weighed(FLAT, "나 슬퍼", "그랬구나.")) == SAD
    assert likeliest(fitted.weighed(FLAT, "나 신나", "그랬구나.")) == GLAD


def test_letters_alone_are_a_distribution(fitted: faces.Faces) -> None:
    assert np.exp(fitted.letters("아무 말", "글쎄")).sum() == pytest.approx(1.0, abs=1e-4)
    assert np.isfinite(fitted.letters("", "")).all()


def test_a_head_that_knows_is_trusted_and_one_that_misleads_is_not() -> None:
    def knows(turn: Turn) -> np.ndarray:
        assert turn.expression
        return np.where(np.array(EXPRESSION_TEXTS) == turn.expression.text, 0.0, -3.0).astype(np.float32)

    own, letters = fitting.fit([*TRAIN, *VALID], knows).trust
    assert own > 0.5
    own, letters = fitting.fit([*TRAIN, *VALID], lambda turn: -knows(turn)).trust
    assert own == 0 and letters > 0


def test_a_rare_face_is_shown_before_it_is_the_likeliest() -> None:
    many = [row("train", f"진짜 신나 {n}", "그랬구나.", GLAD) for n in range(40)]
    fitted = fitting.fit([*TRAIN, *many, *VALID], lambda turn: FLAT)
    rare, common = (fitted.lift[EXPRESSION_TEXTS.index(face.text)] for face in (SAD, GLAD))
    assert rare > common > 0
    even = np.where(np.array(EXPRESSION_TEXTS) == GLAD.text, 0.05, np.where(np.array(EXPRESSION_TEXTS) == SAD.text, 0.0, -9.0))
    assert likeliest(even + fitted.lift) == SAD


def test_the_lift_is_kept_and_letters_of_before_have_none(fitted: faces.Faces, tmp_path: Path) -> None:
    fitted.save(tmp_path)
    kept = faces.load(tmp_path)
    assert kept and np.array_equal(kept.lift, fitted.lift)
    replace(fitted, lift=np.zeros(3, np.float32)).save(tmp_path)
    with pytest.raises(ModelError):
        faces.load(tmp_path)


def test_without_validation_rows_the_head_speaks_alone() -> None:
    alone = fitting.fit(TRAIN, lambda turn: FLAT)
    own = np.arange(36, dtype=np.float32)
    assert np.array_equal(alone.weighed(own, "나 슬퍼", "응"), own)


def test_what_is_kept_is_what_is_read(fitted: faces.Faces, tmp_path: Path) -> None:
    fitted.save(tmp_path)
    read = faces.load(tmp_path)
    assert read and read.trust == pytest.approx(fitted.trust)
    assert np.array_equal(read.letters("나 슬퍼", "응"), fitted.letters("나 슬퍼", "응"))
    assert faces.load(tmp_path / "nowhere") is None


def _many() -> list[Row]:
    """Enough rows to learn meaning from: what is answered is the same, and no letters of the message tell."""
    sad, glad = ("우울하다", "눈물이 난다", "속상하다", "서럽다"), ("기쁘다", "신난다", "행복하다", "설렌다")
    return [row("train", words[n % 4], "그랬구나.", face, n) for n in range(face_meaning.LEAST) for words, face in ((sad, SAD), (glad, GLAD))]


def test_meaning_is_weighed_in_and_kept(tmp_path: Path) -> None:
    rows = _many()
    fitted = fitting.fit([*rows, *(replace(r, split="valid") for r in rows[:40])], lambda turn: FLAT)
    assert fitted.meaning and fitted.meaning.trust[2] > 0
    assert likeliest(fitted.weighed(FLAT, "서럽다", "그랬구나.")) == SAD
    fitted.save(tmp_path)
    read = faces.load(tmp_path)
    assert read and read.meaning
    assert np.allclose(read.weighed(FLAT, "설렌다", "그랬구나."), fitted.weighed(FLAT, "설렌다", "그랬구나."), atol=0.1)
    assert np.exp(read.meaning("", "")).sum() == pytest.approx(1.0, abs=1e-4)


def test_meaning_of_another_embedder_is_left_out(tmp_path: Path) -> None:
    rows = _many()
    fitted = fitting.fit([*rows, *(replace(r, split="valid") for r in rows[:40])], lambda turn: FLAT)
    assert fitted.meaning
    replace(fitted, meaning=replace(fitted.meaning, fingerprint="of-before")).save(tmp_path)
    read = faces.load(tmp_path)
    assert read and read.meaning is None and read.trust == pytest.approx(fitted.trust)
    replace(fitted, meaning=replace(fitted.meaning, inner=fitted.meaning.inner[:5])).save(tmp_path)
    with pytest.raises(ModelError, match="손상"):
        faces.load(tmp_path)


def test_a_handful_of_rows_teaches_no_meaning(fitted: faces.Faces) -> None:
    assert fitted.meaning is None


def test_a_damaged_file_is_one_sentence(fitted: faces.Faces, tmp_path: Path) -> None:
    replace(fitted, values=fitted.values[:5]).save(tmp_path)
    with pytest.raises(ModelError, match=r"letters.safetensors 파일이 손상됐어요.*finetune --col eyes_mouth_pose"):
        faces.load(tmp_path)
    (tmp_path / faces.FILE).write_bytes(b"no")
    with pytest.raises(ModelError, match="손상"):
        faces.load(tmp_path)

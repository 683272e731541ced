"""A small bank of written rows with what tells kinds beside it, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from finetune import kinds, rowbank
from finetune.kinds import Example
from finetune.wordings import Wordings
from ohlora_tui.embedder import Embedder
from ohlora_tui.records import Row
from ohlora_tui.written.voice import Voice

KINDS = [
    Example(text, topic, act)
    for topic, act, texts in (
        ("음식", "did", ("김밥 먹었어", "점심에 국수 먹음", "라면 끓여 먹었다", "빵 사 먹었어")),
        ("음식", "advice", ("저녁 뭐 먹지?", "점심 메뉴 추천해 줘", "야식 뭐 시킬까?", "뭐 먹을까")),
        ("회사", "bad", ("상사가 나만 갈궈", "회의에서 깨졌어 ㅠㅠ", "야근 또 걸렸어", "회사에서 혼났어")),
        ("회사", "plan", ("내일 출근해야 돼", "다음 주에 연차 쓰려고", "이따 회의 들어가", "월요일에 출장 가")),
    )
    for text in texts
]
ANSWERS = (
    "topic\tact\tanswer\tsummary\teyes_mouth_pose\n"
    "음식\tdid\t배가 든든하면 마음도 한결 낫지. 맛은 어땠어?\t무엇을 먹음, 맛을 물음\t(눈 크게, 입 크게, 고개 돌림 없음)\n"
    "회사\tbad\t일하다 그런 일 겪으면 퇴근길까지 무겁지. 지금은 좀 어때?\t회사에서 힘든 일, 지금을 물음\t(눈 작게, 입 보통, 고개 돌림 없음)\n"
)


def write(rows: Sequence[Row], model: Embedder, folder: Path, wordings: Wordings | None = None) -> Path:
    """The bank of `rows` in `folder`."""
    rowbank.write(rows, model, folder, wordings)
    answers = folder / "answers"
    answers.mkdir(exist_ok=True)
    (answers / "k.tsv").write_text(ANSWERS, encoding="utf-8")
    kinds.write(KINDS, answers, model, folder)
    return folder


def load(rows: Sequence[Row], model: Embedder, folder: Path, wordings: Wordings | None = None) -> Voice:
    return Voice.load(write(rows, model, folder, wordings), model)

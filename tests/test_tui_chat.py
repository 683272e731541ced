"""The chat screen on a fake conversation: what a user does, what they see."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial

import pytest

from ohlora_tui.errors import EngineError, ModelError
from ohlora_tui.events import AnswerChunk
from ohlora_tui.records import Expression, Turn
from ohlora_tui.tui.face.view import FaceView
from ohlora_tui.tui.screens.ask import AskLines, Confirm
from ohlora_tui.tui.talk import merged
from ohlora_tui.tui.widgets.plain import PlainText
from ohlora_tui.tui.widgets.transcript import PAGE
from ohlora_tui.tui.widgets.turn import TurnView
from tests.fake_chat import NOW, FakeConversation, plan
from tests.tui_stage import Stage, stage


def undone(s: Stage, turn_id: int) -> bool:
    return s.fake.undone[-1:] == [turn_id] and "되돌렸어요" in s.text(".extra")


def drawn(face: FaceView) -> bool:
    return bool(face.frames or not face.size.area)


HOSTILE = "[/ㅋ] [b]굵게[/b] *별* _밑줄_ ~~취소~~ 1) 응 \x1b[31m빨강 👱‍♀️"


async def test_a_turn_shows_answer_reasons_memory_face_and_figures() -> None:
    async with stage() as s:
        await s.say("내일 뭐 입고 나가지?")
        assert "카페 가는 날이니까 편한 니트 어때?" in s.text(".hers")
        assert "오후 3:12" in s.text(".me")
        assert s.text(".day") == "11월 22일 일요일"
        assert s.text("#recalled") == ".93 내일 일정: 친구랑 카페\n    같은 말: 카페\n.41 어제 날씨: 흐림 (안 씀)"
        assert "＋ 내일 일정: 친구랑 카페" in s.text("#new-memory")
        assert "(↑ u 되돌리기)" in s.text(".extra")
        assert s.text("#face-caption") == "눈 크게 · 입 크게 · 고개 없음"
        assert s.text("#status").startswith("mini · 140 tok/s · 첫 글자 0.02초 · 모델의 말")


async def test_the_status_says_when_a_written_row_spoke() -> None:
    async with stage(FakeConversation({"안녕": plan("안녕", speaker="row")})) as s:
        await s.say("안녕")
        assert "써 둔 말" in s.text("#status")


async def test_no_text_of_user_or_model_is_markup_or_markdown_or_control() -> None:
    turn = plan(HOSTILE, answer=HOSTILE, notes=("[/x] 탈",))
    async with stage(FakeConversation({HOSTILE.replace("\x1b[31m", ""): turn})) as s:
        await s.say(HOSTILE)
        shown = "[/ㅋ] [b]굵게[/b] *별* _밑줄_ ~~취소~~ 1) 응 빨강 👱‍♀️"
        assert shown in s.text(".me")
        assert shown in s.text(".hers")
        assert "[/x] 탈" in s.text(".extra")
        s.app.notify("[/ㅋ]", markup=True)  # asked for or not, a notice never reads markup
        s.chat.notify("[/ㅋ]\x1b[2J")
        await s.pilot.pause()
        assert s.notices[-2:] == ["[/ㅋ]", "[/ㅋ]"]
        svg = s.app.export_screenshot()
        assert "\x1b" not in svg


async def test_an_emoji_sequence_is_never_broken_over_two_lines() -> None:
    girl = "👱‍♀️"
    async with stage(FakeConversation({"줄": plan("줄", answer=girl * 60)}), size=(80, 24)) as s:
        await s.say("줄")
        hers = s.app.screen.query(".hers").last(PlainText)
        lines = ["".join(seg.text for seg in hers.render_line(y)).strip() for y in range(hers.size.height)]
        assert "".join(lines[1:]) == girl * 60
        assert all(line.replace(girl, "") == "" for line in lines[1:])


async def test_esc_stops_her_and_keeps_what_was_said() -> None:
    fake = FakeConversation()
    fake.hold = threading.Event()
    async with stage(fake) as s:
        await s.say("길게 말해 줘", wait=False)
        await s.until(lambda: "카페 가는" in s.text(".hers"))
        assert "Esc 멈춤" in s.text("#status")
        await s.pilot.press("escape")
        await s.until(lambda: not s.chat.talk.live)
        assert "카페 가는" in s.text(".hers")
        assert "■ 여기서 멈췄어요" in s.text(".extra")
        assert s.fake.stored[1][-1].state == "stopped"
        assert "Esc 멈춤" not in s.text("#status")


async def test_words_of_another_turn_are_dropped() -> None:
    fake = FakeConversation()
    async with stage(fake) as s:
        await s.say("첫 말")
        fake.stale = [AnswerChunk(1, "옛날 말"), AnswerChunk(777, "남의 말")]
        await s.say("둘째 말")
        assert s.text(".hers") == "오로라\n카페 가는 날이니까 편한 니트 어때?"
        assert "옛날 말" not in "".join(s.texts(".hers"))


async def test_typing_is_possible_while_models_load_and_the_message_waits() -> None:
    fake = FakeConversation()
    fake.load_gate = threading.Event()
    async with stage(fake) as s:
        await s.until(lambda: "mini를 읽고 있어요" in s.text("#status"))
        await s.say("로라야 안녕?", wait=False)
        assert "모델이 준비되면" in s.text(".hers")
        assert fake.asked == []
        fake.load_gate.set()
        await s.until(lambda: not s.chat.talk.live)
        assert fake.asked == ["로라야 안녕?"]
        assert "니트" in s.text(".hers")
        assert "모델 여는 중" not in s.text("#status")


async def test_written_rows_may_answer_before_the_base_is_open() -> None:
    fake = FakeConversation()
    fake.rows_first, fake.engine_gate = True, threading.Event()
    async with stage(fake) as s:
        await s.say("안녕")
        assert "니트" in s.text(".hers")
        assert s.chat.talk.loading
        fake.engine_gate.set()
        await s.until(lambda: not s.chat.talk.loading)


async def test_a_waiting_message_that_is_stopped_goes_back_into_the_prompt() -> None:
    fake = FakeConversation()
    fake.load_gate = threading.Event()
    async with stage(fake) as s:
        await s.say("아직이야?", wait=False)
        await s.pilot.press("escape")
        await s.until(lambda: not s.chat.talk.live and not s.chat.transcript.views)
        assert s.chat.prompt.text == "아직이야?"
        assert fake.asked == []
        fake.load_gate.set()


async def test_models_that_cannot_be_opened_are_told_with_the_next_step() -> None:
    fake = FakeConversation()
    fake.load_error = ModelError("mini 어댑터가 [깨졌어요].", "ohlora models info mini로 살펴보세요.")
    async with stage(fake) as s:
        await s.until(lambda: "모델을 열지 못했어요" in s.text("#status"))
        assert "mini 어댑터가 [깨졌어요]. ohlora models info mini로 살펴보세요." in s.notices
        s.chat.prompt.text = "안녕"
        await s.pilot.press("enter")
        await s.until(lambda: len(s.notices) > 1)
        assert s.chat.prompt.text == "안녕"  # nothing written is lost


async def test_a_turn_that_breaks_keeps_its_words_and_says_why() -> None:
    faults = [
        (EngineError("모델이 멈췄어요.", "다시 보내 보세요."), "모델이 멈췄어요. 다시 보내 보세요."),
        (ValueError("x"), "ValueError: x"),
    ]
    fake = FakeConversation()
    async with stage(fake) as s:
        for fault, told in faults:
            fake.reply_error = fault
            await s.say("안녕")
            assert "카페 가는" in s.text(".hers")
            assert told in s.text(".extra")
            assert "■ 대답을 끝내지 못했어요" in s.text(".extra")
        fake.reply_error = None
        await s.say("다시")
        assert "니트 어때?" in s.text(".hers")


async def test_a_side_head_that_failed_leaves_a_note_and_the_answer() -> None:
    turn = plan("안녕", expression=None, change=None, notes=("표정을 정하지 못했어요.",))
    async with stage(FakeConversation({"안녕": turn})) as s:
        await s.say("안녕")
        assert "니트 어때?" in s.text(".hers")
        assert s.text(".extra") == "※ 표정을 정하지 못했어요."


async def test_regenerate_speaks_the_last_turn_again_in_its_place() -> None:
    async with stage() as s:
        await s.say("뭐 입지?")
        await s.pilot.press("ctrl+r")
        await s.until(lambda: "코트" in s.text(".hers") and not s.chat.talk.live)
        assert len(s.chat.transcript.views) == 1
        assert "니트" not in s.text(".hers")
        assert [t.answer for t in s.fake.stored[1]] == ["그럼 코트는 어때?"]


async def test_copy_puts_the_last_answer_on_the_clipboard() -> None:
    async with stage() as s:
        await s.say("뭐 입지?")
        await s.pilot.press("ctrl+y")
        assert s.app.clipboard == "카페 가는 날이니까 편한 니트 어때?"
        assert "대답을 복사했어요." in s.notices


async def test_sending_while_she_speaks_keeps_the_text() -> None:
    fake = FakeConversation()
    fake.hold = threading.Event()
    async with stage(fake) as s:
        await s.say("하나", wait=False)
        s.chat.prompt.text = "둘"
        await s.pilot.press("enter")
        await s.until(lambda: s.notices)
        assert s.chat.prompt.text == "둘"
        assert fake.asked in ([], ["하나"])
        fake.hold.set()
        await s.until(lambda: not s.chat.talk.live)


async def test_undo_has_a_latin_and_a_hangul_key() -> None:
    async with stage() as s:
        for turn_id, key in [(1, "u"), (2, "ㅕ")]:
            await s.say("나 내일 카페 가")
            await s.pilot.press("up")
            await s.until(lambda: s.chat.transcript.has_focus)
            await s.pilot.press(key)
            await s.until(partial(undone, s, turn_id))
        assert "[내일 일정: 친구랑 카페]를 되돌렸어요." in s.notices


async def test_an_older_turn_can_be_chosen_to_see_its_reasons() -> None:
    second = plan("둘", recalls=(), change=None, expression=Expression("작게", "보통", "많이"))
    async with stage(FakeConversation({"둘": second})) as s:
        await s.say("하나")
        await s.say("둘")
        assert s.text("#recalled") == "떠올린 기억이 없어요"
        await s.pilot.press("up")  # from the empty prompt
        await s.until(lambda: s.chat.transcript.has_focus)
        await s.pilot.press("up")
        assert ".93" in s.text("#recalled")
        await s.pilot.press("down", "down")
        await s.until(lambda: s.chat.prompt.has_focus)
        assert s.text("#recalled") == "떠올린 기억이 없어요"
        assert s.chat.prompt.has_focus
        await s.pilot.press("up")
        await s.until(lambda: s.chat.transcript.has_focus)
        await s.pilot.press("응")  # a letter that means nothing there is typed
        await s.until(lambda: s.chat.prompt.text)
        assert s.chat.prompt.has_focus and s.chat.prompt.text == "응"


async def test_sessions_are_listed_resumed_renamed_and_deleted() -> None:
    fake = FakeConversation()
    fake.add_session(1, "면접 [/준비]", [plan("내일 면접이야", answer="떨리겠다!")], NOW - timedelta(days=1))
    fake.add_session(2, "이사 걱정", [plan("이사 가")], NOW - timedelta(days=30))
    async with stage(fake, size=(120, 30)) as s:
        options = s.app.screen.query_one("#session-options")
        assert [o.id for o in options.options] == [None, "1", None, "2"]  # type: ignore[attr-defined]
        options.focus()
        await s.pilot.press("home", "enter")
        await s.until(lambda: s.chat.session_id == 1 and s.chat.transcript.views)
        assert "떨리겠다!" in s.text(".hers")
        assert s.text("#title") == "면접 [/준비]"
        assert fake.current == 1
        s.chat.prompt.text = "/이름 첫 면접"
        await s.pilot.press("enter")
        await s.until(lambda: s.text("#title") == "첫 면접")
        s.chat.action_delete()
        await s.pilot.pause()
        assert isinstance(s.app.screen, Confirm)
        await s.pilot.press("n")
        assert 1 in fake.meta
        s.chat.action_delete()
        await s.pilot.pause()
        await s.pilot.press("ㅛ")
        await s.until(lambda: 1 not in fake.meta and s.chat.session_id is None)
        assert not s.chat.transcript.views


async def test_a_new_session_is_stored_with_its_first_message() -> None:
    fake = FakeConversation()
    fake.add_session(1, "면접", [plan("내일 면접이야")])
    async with stage(fake, session=1) as s:
        await s.until(lambda: s.chat.transcript.views)
        await s.pilot.press("ctrl+n")
        await s.until(lambda: s.chat.session_id is None and not s.chat.transcript.views)
        assert len(fake.meta) == 1
        await s.say("새 이야기")
        await s.until(lambda: s.text("#title") == "새 이야기")
        assert s.chat.session_id == 2


async def test_the_session_chosen_on_the_command_line_is_shown() -> None:
    fake = FakeConversation()
    fake.add_session(1, "면접", [plan("내일 면접이야")])
    fake.open_session(1)
    async with stage(fake) as s:
        await s.until(lambda: s.chat.session_id == 1 and s.chat.transcript.views)


async def test_leaving_a_session_while_she_speaks_stops_and_stores_it_first() -> None:
    fake = FakeConversation()
    fake.hold = threading.Event()
    async with stage(fake) as s:
        await s.say("길게", wait=False)
        await s.until(lambda: "카페" in s.text(".hers"))
        await s.pilot.press("ctrl+n")
        await s.until(lambda: not s.chat.transcript.views and s.chat.session_id is None)
        assert fake.stored[1][0].state == "stopped"


async def test_old_turns_are_mounted_when_someone_scrolls_up() -> None:
    fake = FakeConversation()
    days = [plan(f"말 {i}", answer=f"답 {i}", at=NOW - timedelta(days=(PAGE * 2 + 9 - i) // 10)) for i in range(PAGE * 2 + 5)]
    fake.add_session(1, "긴 대화", days)
    async with stage(fake, session=1) as s:
        await s.until(lambda: len(s.chat.transcript.views) == PAGE)
        assert f"{PAGE + 5}개" in s.text("#older")
        assert s.chat.transcript.last is not None and s.chat.transcript.last.turn.answer == f"답 {PAGE * 2 + 4}"
        s.chat.transcript.scroll_home(animate=False)
        await s.until(lambda: len(s.chat.transcript.views) >= PAGE * 2)
        answers = [v.turn.answer for v in s.chat.transcript.views]
        assert answers == [f"답 {i}" for i in range(PAGE * 2 + 5)][-len(answers) :]
        headings = s.texts(".day")
        assert len(headings) == len(set(headings))


async def test_slash_names_run_commands_and_unknown_ones_help() -> None:
    async with stage() as s:
        s.chat.prompt.text = "/기"
        await s.pilot.pause()
        assert "/기억" in s.text("#slash-hint")
        s.chat.prompt.text = "/helpp"
        await s.pilot.press("enter")
        await s.until(lambda: s.notices)
        assert s.notices[-1].startswith("/helpp 명령은 없어요. /help")
        s.chat.prompt.text = "/도움말"
        await s.pilot.press("enter")
        await s.until(lambda: s.app.screen is not s.chat)
        assert "/새대화 /new" in "".join(s.texts("PlainText"))
        await s.pilot.press("escape")
        assert s.fake.asked == []


async def test_the_palette_finds_a_command_by_its_korean_name() -> None:
    async with stage() as s:
        await s.pilot.press("ctrl+p")
        await s.pilot.pause()
        await s.pilot.press("이", "름")
        await s.until(lambda: "이름" in str(s.app.screen.query_one("CommandList").get_option_at_index(0).prompt))  # type: ignore[attr-defined]
        await s.pilot.press("escape")


async def test_find_opens_the_session_of_a_message() -> None:
    fake = FakeConversation()
    fake.add_session(1, "면접", [plan("내일 면접이야")])
    async with stage(fake) as s:
        s.chat.prompt.text = "/찾기 면접"
        await s.pilot.press("enter")
        await s.until(lambda: s.app.screen.query("#hits") and s.app.screen.query_one("#hits").has_focus)
        await s.pilot.press("enter")
        await s.until(lambda: s.chat.session_id == 1 and s.chat.transcript.views)


async def test_rename_asks_and_refuses_an_empty_name() -> None:
    fake = FakeConversation()
    fake.add_session(1, "면접", [plan("내일 면접이야")])
    async with stage(fake, session=1) as s:
        await s.until(lambda: s.chat.current_session)
        s.chat.action_rename()
        await s.pilot.pause()
        assert isinstance(s.app.screen, AskLines)
        box = s.app.screen.query_one("Input")
        box.value = " "  # type: ignore[attr-defined]
        await s.pilot.press("enter")
        assert isinstance(s.app.screen, AskLines)
        box.value = "둘째 면접"  # type: ignore[attr-defined]
        await s.pilot.press("enter")
        await s.until(lambda: fake.meta[1].title == "둘째 면접")


async def test_a_missing_session_is_told_and_the_app_goes_on() -> None:
    async with stage(session=99) as s:
        await s.until(lambda: s.notices)
        assert s.notices[-1].startswith("99번 대화가 없어요.")
        await s.say("안녕")
        assert "니트" in s.text(".hers")


async def test_panes_fit_the_terminal_and_flip() -> None:
    async with stage() as s:

        def panes() -> tuple[bool, ...]:
            return tuple(s.chat.query_one(q).display for q in ("#sessions", "#side", "#mini-face"))

        for size, shown in [
            ((80, 24), (False, False, True)),
            ((100, 30), (False, True, False)),
            ((160, 48), (True, True, False)),
        ]:
            await s.pilot.resize_terminal(*size)
            await s.until(partial(lambda want: panes() == want, shown))
            await s.pilot.press("f2", "f3")
            assert panes()[:2] == (not shown[0], not shown[1])
            face = s.chat.query_one(FaceView)
            await s.until(partial(drawn, face))  # also when it is first shown later
            await s.pilot.press("f2", "f3")


async def test_models_and_words_never_run_on_the_screens_thread() -> None:
    async with stage() as s:
        await s.say("안녕")
        assert s.fake.threads == {"ohlora-load", "ohlora-talk"}


async def test_pieces_are_joined_before_they_reach_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    updates: list[str] = []
    add = TurnView.add

    def counted(self: TurnView, text: str) -> None:
        updates.append(text)
        add(self, text)

    monkeypatch.setattr(TurnView, "add", counted)
    answer = "가나다 " * 200  # 267 pieces, 1 ms apart
    async with stage(FakeConversation({"길게": plan("길게", answer=answer)}, pace_s=0.001)) as s:
        await s.say("길게")
        assert "".join(updates) == answer
        assert len(updates) < 60


def test_joining_keeps_order_and_turns_apart() -> None:
    news = merged([AnswerChunk(1, "가"), AnswerChunk(1, "나"), AnswerChunk(2, "다")])
    assert news == [AnswerChunk(1, "가나"), AnswerChunk(2, "다")]


async def test_english_lines_by_setting() -> None:
    async with stage(lang="en") as s:
        await s.say("안녕")
        assert "first token 0.02 s" in s.text("#status")
        assert s.text(".day") == "Sun 22 Nov"


async def test_the_notices_of_the_engine_are_read_between_the_turns() -> None:
    fake = FakeConversation()
    fake.notices = ("[mini]는 작은 모델이에요.",)
    async with stage(fake) as s:
        await s.until(lambda: s.texts(".notice") == ["※ [mini]는 작은 모델이에요."])


def test_a_turn_without_time_does_not_break_the_view() -> None:
    view = TurnView(Turn(message="안녕"), lambda key, **_: key, NOW)
    assert view.at == NOW

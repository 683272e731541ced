"""F4: all she remembers about the user; pin, edit, forget, find."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import DataTable, Input

from ohlora_tui.records import Memory
from ohlora_tui.tui.port import Conversation
from ohlora_tui.tui.screens.ask import AskLines, Confirm
from ohlora_tui.tui.strings import Say
from ohlora_tui.tui.text import clean, day_text, one_line
from ohlora_tui.tui.widgets.plain import Part, PlainText
from ohlora_tui.tui.work import told, under


def matches(memory: Memory, wanted: str) -> bool:
    """Does key, value or quote hold what is looked for? Spaces do not count: 카페약속 finds 카페 약속."""
    squeezed = "".join(f"{memory.key} {memory.value} {memory.quote}".lower().split())
    return "".join(clean(wanted).lower().split()) in squeezed


class MemoriesScreen(Screen[None]):
    """A table of memories, and below it where the marked one comes from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f4", "back", show=False),
        Binding("p,ㅔ", "pin", show=False),
        Binding("e,ㄷ,enter", "edit", show=False),
        Binding("d,ㅇ,delete", "forget", show=False),
        Binding("slash", "find", show=False),
    ]

    def __init__(self, conversation: Conversation, say: Say, now: Callable[[], datetime], lang: str) -> None:
        super().__init__()
        self._conversation = conversation
        self._say = say
        self._now = now
        self._lang = lang
        self.memories: list[Memory] = []

    def compose(self) -> ComposeResult:
        yield PlainText(self._say("memories"), id="memories-title")
        yield Input(placeholder=self._say("memory_filter"), id="memory-filter")
        yield DataTable(cursor_type="row", id="memory-table")
        yield PlainText("", id="memory-detail")
        yield PlainText([(self._say("memories_keys"), "dim")], id="memories-keys")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for name, width in (("pin", 2), ("key", 20), ("value", None), ("said", 18)):
            table.add_column(Text(self._say(f"col_{name}")), width=width, key=name)
        table.focus()
        self.run_worker(self._reload())

    @told
    async def _reload(self) -> None:
        self.memories = await under(self._conversation.memories)
        self._fill()

    @property
    def shown(self) -> list[Memory]:
        """Memories that match the filter, in table order."""
        wanted = self.query_one(Input).value
        return [m for m in self.memories if matches(m, wanted)]

    @property
    def marked(self) -> Memory | None:
        shown, row = self.shown, self.query_one(DataTable).cursor_row
        return shown[row] if 0 <= row < len(shown) else None

    def _fill(self) -> None:
        table = self.query_one(DataTable)
        row = table.cursor_row
        table.clear()
        for m in self.shown:
            pin = Text("★" if m.pinned else "", style="bold")
            table.add_row(pin, Text(one_line(m.key, 20)), Text(one_line(m.value, 80)), Text(self._day(m.said_at)))
        table.move_cursor(row=min(row, max(table.row_count - 1, 0)))
        self.query_one("#memories-title", PlainText).say(self._say("memories_count", n=len(self.memories)))
        self._explain()

    def _day(self, at: datetime | None) -> str:
        now = self._now()
        return day_text(at.astimezone(now.tzinfo).date(), now.date(), self._lang) if at else ""

    def _explain(self) -> None:
        memory = self.marked
        self.query_one("#memory-detail", PlainText).say(self._detail(memory) if memory else [(self._none(), "dim")])

    def _none(self) -> str:
        wanted = self.query_one(Input).value
        return self._say("memories_no_match", text=one_line(wanted, 30)) if self.memories else self._say("memories_none")

    def _detail(self, m: Memory) -> list[Part]:
        where = self._say("memory_said", when=self._day(m.said_at)) if m.said_at else self._say("memory_by_hand")
        lines: list[Part] = [(f"{m.key}: ", "bold $accent"), m.value, (f"\n{where}", "dim")]
        start, end = self._day(m.valid_from), self._day(m.valid_until)
        if start:
            one = end in ("", start)
            span = self._say("memory_day", start=start) if one else self._say("memory_span", start=start, end=end)
            lines.append((f" · {span}", "dim"))
        if m.quote:
            lines.append((f"\n{self._say('memory_quote', quote=m.quote)}", "italic"))
        return lines

    def on_data_table_row_highlighted(self) -> None:
        self._explain()

    def on_data_table_row_selected(self) -> None:
        self.action_edit()

    def on_input_changed(self) -> None:
        self._fill()

    def on_input_submitted(self) -> None:
        self.query_one(DataTable).focus()

    def action_find(self) -> None:
        self.query_one(Input).focus()

    def action_back(self) -> None:
        """Esc leaves the filter first, then the screen."""
        box = self.query_one(Input)
        if box.has_focus:
            box.value = ""
            self.query_one(DataTable).focus()
        else:
            self.dismiss(None)

    def action_pin(self) -> None:
        if memory := self.marked:
            done = "unpinned" if memory.pinned else "pinned"
            self._do(done, self._conversation.pin_memory, memory.id, not memory.pinned)

    def action_edit(self) -> None:
        memory = self.marked
        if memory is None:
            return

        def save(lines: tuple[str, ...] | None) -> None:
            if lines and lines != (memory.key, memory.value):
                self._do("edited", self._conversation.edit_memory, memory.id, *lines)

        fields = [(self._say("memory_key"), memory.key), (self._say("memory_value"), memory.value)]
        self.app.push_screen(AskLines(self._say("memory_edit"), fields, self._say("memory_empty")), save)

    def action_forget(self) -> None:
        memory = self.marked
        if memory is None:
            return

        def forget(yes: bool | None) -> None:
            if yes:
                self._do("forgotten", self._conversation.forget_memory, memory.id)

        body = self._say("forget_body", key=memory.key, value=memory.value)
        self.app.push_screen(Confirm(self._say("forget_title"), body, self._say), forget)

    def _do(self, done: str, work: Callable[..., None], *args: object) -> None:
        self.run_worker(self._change(done, work, *args))

    @told
    async def _change(self, done: str, work: Callable[..., None], *args: object) -> None:
        await under(work, *args)
        self.memories = await under(self._conversation.memories)
        self._fill()
        self.app.notify(self._say(done), timeout=2, markup=False)

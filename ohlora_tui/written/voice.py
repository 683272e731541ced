"""What she says without a model: a written row, an answer of the message's kind, her memory of what was told, or a question back.

message -> asked for what was told? said again? -> the likeliest of rows and kinds, whole or by its clauses -> Written, or None
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ohlora_tui.embedder import Embedder
from ohlora_tui.records import Turn
from ohlora_tui.written import askback, bearing, cue, recollect, remarks, told, wordchain
from ohlora_tui.written.apology import OOPS, after_apology, owned_up
from ohlora_tui.written.bank import Bank, all_stay
from ohlora_tui.written.choice import pick
from ohlora_tui.written.clauses import clauses, heart, links
from ohlora_tui.written.crisis import harmless, in_danger
from ohlora_tui.written.echo import echo
from ohlora_tui.written.gladness import mistaken
from ohlora_tui.written.gravity import grave, plain
from ohlora_tui.written.intro import introduced, named
from ohlora_tui.written.kinds import Kinds
from ohlora_tui.written.protocol import Written
from ohlora_tui.written.ranking import PART, Ranking, shortlist
from ohlora_tui.written.recollect import Recollections
from ohlora_tui.written.remarks import Remarks
from ohlora_tui.written.rows import WrittenRows

FIRST, LATER = 0.2, 0.4
"""Probability from which a row answers a first message (400 fresh ones: of 44 rows below .4 24 good, 10 bad) and a later one (26 rows below .4: 8 good, 8 bad)."""
GENERAL = 0.56
"""What the probability of an answer of the kind counts beside a ranked row's, which is that it is good: half right ones are in the former (.22 good of .40)."""
PICKED = 0.6
"""What her pick between two things counts, and her welcome to one who tells who they are: below it no row that was found answers."""
ALONE = 0.6
"""Probability from which a row answers the question at the end of a later message by itself: of 11 such, judged blind, 7 were good (.37 of 38 from .3)."""
HERS = 0.4
"""The same where it is asked about her: the rows say who she is, what could be said instead is half right at best."""
CALLED = 0.45
"""What lines count that answer what the last words of a later message call for."""
MINDED, WOVEN = 0.8, 0.5
"""What a line counts that has a recalled memory in mind, and the probability from which a row with the memory woven in goes before it."""
TOLD = 2
"""The user's last messages that a later one is read with."""
SURE = 0.8
"""A row above it answers the whole message; below it the message's clauses are looked up as well."""
PARTS = 3
"""Clauses looked up, the last ones: each costs 0.1 s, and a message of eighty sentences took 18 s."""
HALF, MENDED = 0.55, 0.6
"""Probability from which the row of one of two joined clauses answers a message that no row suits, and from which one follows her apology for having missed it."""
PLAIN_ACT = 0.75
"""Probability from which what a message does is held to be known; "잘됐다!" to a sad story is worse than "그렇구나"."""
LONGEST = 120
"""Letters of an apology with a row's answer behind it."""


class Voice:
    """`threshold`: probability (0..1) from which a written answer is given to a first message."""

    def __init__(
        self, rows: WrittenRows, kinds: Kinds, asks: askback.Asks, nouns: wordchain.Words, embedder: Embedder, ranking: Ranking, remarks: Remarks, recollections: Recollections
    ) -> None:
        self._remarks, self._recollections = remarks, recollections
        self._rows, self._kinds, self._asks, self._nouns, self._embedder, self._ranking = rows, kinds, asks, nouns, embedder, ranking
        self._named = frozenset(noun for starting in nouns.values() for noun in starting)
        self.threshold = FIRST

    @classmethod
    @all_stay()
    def load(cls, folder: Path | str, embedder: Embedder, home: Path | None = None) -> Voice:
        """Rows, kinds and questions back in `folder`, with the retriever's embedder; `home`: the data folder. ModelError if a file is missing or damaged."""
        folder = Path(folder)
        bank, kinds = Bank.load(folder, embedder, home), Kinds.load(folder, embedder)
        asks, nouns = askback.load(folder / "asks.tsv"), wordchain.load(folder / wordchain.FILE)
        return cls(WrittenRows(bank, kinds), kinds, asks, nouns, embedder, Ranking.load(folder, len(bank.rows)), Remarks.load(folder / remarks.FILE), Recollections.load(folder / recollect.FILE))

    def warm_up(self) -> None:
        """What is made once (vectors, word lists) is made now, not while the first message waits."""
        self._rows.weigh(Turn("안녕", last_summary="인사"))
        for lines in (self._remarks, self._recollections.lines):
            lines.warm_up()

    def answer(self, turn: Turn, said: frozenset[str], past: Sequence[str] = (), last: str = "") -> Written | None:
        """The written answer likeliest to suit, not in `said`; `past`: the user's earlier messages of the session, oldest first; `last`: her last answer."""
        said = said | {answer for line in said if (answer := after_apology(line))}
        if in_danger(turn.message):
            return self._careful(turn, said)
        if played := wordchain.move(turn.message, last, (*past, *sorted(said)), self._nouns):
            return Written(replace(turn, answer=played.answer, summary=played.summary, expression=askback.PLAYING, change=None), 1.0)
        if (asked := told.question(turn.message)) and (found := self._reminded(turn, asked, past, said)):
            return found
        if past and (missed := told.missed(turn.message)):
            return self._mended(turn, missed, past, said, last)
        if past and (odd := told.puzzled(turn.message, last)):
            return self._answered(turn, odd, past, said, last) or (self._suiting(turn, said, past, last) if odd.rest else self._sorry(turn, odd, past, said))
        return self._suiting(turn, said, past, last)

    def ask_back(self, turn: Turn, said: frozenset[str]) -> Written:
        """Where no row answers: a bare reply is taken up, a question gets what can be said to every such question, what is told is said
        back, or taken up by what it does if that is plain."""
        return Written(self._back(turn, said), 0.0)

    def _back(self, turn: Turn, said: frozenset[str]) -> Turn:
        does = askback.kind_of(turn.message)
        if askback.reply_of(turn.message):
            return askback.ask_back(self._asks, turn, said, self._named)
        if grave(turn.message):
            return askback.framed(self._asks, plain(turn.message), turn, said)
        if remark := self._remarked(turn, turn.message, said):
            return remark
        if does == "wanted":
            return askback.ask_back(self._asks, turn, said, self._named)
        if asked := cue.wondering(turn.message):
            return askback.framed(self._asks, asked, turn, said)
        if taken := self._taken_up(turn, said):
            return taken
        return askback.framed(self._asks, "more", turn, said) if said else askback.ask_back(self._asks, turn, said, self._named)

    def _remarked(self, turn: Turn, message: str, said: frozenset[str]) -> Turn | None:
        """What can be said to the verb and the words of `message`, None if they have no line that was not said."""
        fitting = self._remarks.fitting(message)
        spoken = askback.spoken(fitting.lines, turn, said, fitting.thing) if fitting else None
        return spoken if spoken and not any(spoken.answer in line for line in said) else None

    def _taken_up(self, turn: Turn, said: frozenset[str]) -> Turn | None:
        """News, a plan or a wish said back, or answered by what it is; None if that is not plain, or good news that cannot be said back:
        of four cheers to 400 blind first messages three were to a sorrow."""
        kind = self._kinds.guess([turn.message])[0]
        if kind.acts.max() < PLAIN_ACT or kind.act not in askback.TAKEN_UP or not askback.fits(kind.act, turn.message):
            return None
        heard = echo(turn.message) if f"echo_{kind.act}" in askback.ECHOES else ""
        return None if kind.act == "good" and not heard else askback.framed(self._asks, f"echo_{kind.act}" if heard else f"on_{kind.act}", turn, said, heard)

    def nearest(self, message: str, count: int) -> list[Turn]:
        """The `count` nearest plain written turns, nearest last."""
        return self._rows.nearest(message, count)

    # -- what suits

    def _suiting(self, turn: Turn, said: frozenset[str], past: Sequence[str], last: str) -> Written | None:
        """With a memory in mind, if one is recalled and has a line; else the likeliest to suit."""
        return self._minding(turn, said) or self._likeliest(turn, said, past, last)

    def _minding(self, turn: Turn, said: frozenset[str]) -> Written | None:
        """What she says with a recalled memory in mind: a row that uses it, or a line of its family for what the message says."""
        weighed = bearing.speakable(turn)
        if not weighed:
            return None
        row = self._best(replace(turn, message=heart(turn.message)), said, True) if turn.recalled and not grave(turn.message) else None
        own = replace(row, turn=replace(row.turn, message=turn.message)) if row and row.turn.recalls and row.score >= self._rows.threshold else None
        if own and own.score >= WOVEN:
            return own
        found = self._recollections.fitting(turn.message, weighed, said)
        spoken = askback.spoken(found.lines, turn, said, found.thing) if found else None
        if not found or not spoken or any(spoken.answer in line for line in said):
            return own
        return Written(replace(spoken, recalls=(found.recall,)), MINDED)

    def _likeliest(self, turn: Turn, said: frozenset[str], past: Sequence[str], last: str) -> Written | None:
        """The likeliest to suit: of the whole message, or of one of its clauses if nothing suits the whole; her pick where she is asked for one."""
        later, story = bool(past), " ".join(past[-TOLD:])
        core = replace(turn, message=heart(turn.message)) if later else turn
        found = [self._best(core, said, later, story)]
        if found[0] and found[0].care and found[0].score >= self._rows.threshold:
            return found[0]  # help is not weighed against what suits better
        if found[0] is None or found[0].score < SURE:
            general = None if later else self._general(core, said)
            found = [self._ranked(core, said, story, last), general and replace(general, score=general.score * GENERAL)]
            found.append(self._by_itself(core, said) if later else None)
        least = LATER if later else self.threshold
        best = max((w for w in found if w and w.score >= (self._rows.threshold if w.care else bearing.need(w, core.message, least))), key=lambda w: w.score, default=None)
        kind, thing, worth = self._called_for(core.message, later, bearing.frail(turn))
        if kind and (best is None or best.score < worth):
            return Written(askback.framed(self._asks, kind, turn, said, thing), worth)
        return best or self._half(core, said)

    def _ranked(self, turn: Turn, said: frozenset[str], story: str, last: str) -> Written | None:
        """The likeliest row of the shortlist, weighed beside the others, None if there is none."""
        parts = clauses(turn.message)[-PARTS:]
        near = shortlist(self._rows, turn, parts, story, said, harmless(turn.message))
        found = [entry for entry in near if not (story and told.asks_what(entry.candidate.row.turn.answer, turn.message))]
        if not found:
            return None
        chance, entry = self._ranking.likeliest(self._rows, turn, parts, story, last, found)
        c, whole = entry.candidate, entry.part == turn.message
        filled = bearing.summarised(c.row.turn, turn)
        return Written(filled if whole else replace(filled, message=turn.message), chance, c.care, c.same and whole)

    def _by_itself(self, turn: Turn, said: frozenset[str]) -> Written | None:
        """The row for the question at the end of a later message as if it were a first one: what is asked of her seldom hangs on the story."""
        asked = cue.question(turn.message)
        found = self._ranked(replace(turn, message=asked, last_summary=""), said, "", "") if asked and asked != turn.message else None
        if not found or told.asks_what(found.turn.answer, turn.message) or found.score < (HERS if cue.wondering(asked) == "ask_her" else ALONE):
            return None
        return replace(found, turn=replace(found.turn, message=turn.message, last_summary=turn.last_summary), same=False)

    @staticmethod
    def _called_for(message: str, later: bool, frail: bool) -> tuple[str, str, float]:
        """Lines that answer what no row can name, what stands in them, and what they count: her pick, a name, who they are in a first
        message, or what the last words call for in a later one; ("", "", 0) if there are none. `frail`: no yes by chance to one who is ill."""
        if (grave(message) or (frail and cue.question(message))) and cue.asking(message) != "doctor":
            return "", "", 0.0
        if picked := pick(message) or pick(message, cue.question(message)):
            return picked.kind, picked.thing, PICKED
        found = (("named", named(message)), ("intro", "" if later else introduced(message)))
        kind, thing = next(((kind, thing) for kind, thing in found if thing), ("", ""))
        if kind or not later:
            return kind, thing, PICKED
        if leave := cue.leaving(message):
            return leave, "", SURE
        called = cue.asking(message) or cue.telling(message)
        return called, "", CALLED if called else 0.0

    def _careful(self, turn: Turn, said: frozenset[str]) -> Written:
        """Help for a crisis: the row written for it, whatever else is near, else the line that always stands."""
        rows = (c for c in self._rows.weigh(turn) if c.care and not c.why and c.score >= self._rows.threshold and c.row.turn.answer not in said)
        row = next((Written(bearing.summarised(c.row.turn, turn), c.score, care=True, same=c.same) for c in rows), None)
        return row or Written(askback.framed(self._asks, "crisis", turn, said), 1.0, care=True)

    def _half(self, turn: Turn, said: frozenset[str]) -> Written | None:
        """Where nothing suits the message: a row that surely suits one of its two joined clauses; "개가 양파 먹었는데 괜찮은 거야?" does not ask how she is."""
        free = (half for half in links(turn.message)[: 1 if askback.kind_of(turn.message) == "asked" else 2])
        halves = [self._part(turn, half, said) for half in free]
        return max((w for w in halves if w and w.score >= HALF), key=lambda w: w.score, default=None)

    def _part(self, turn: Turn, part: str, said: frozenset[str]) -> Written | None:
        """The best row for one clause, worth less for what it leaves unanswered."""
        found = self._best(replace(turn, message=part), said, True, whole=False)
        if not found or mistaken(turn.message, found.turn.message, found.turn):
            return None
        return replace(found, turn=replace(found.turn, message=turn.message), score=found.score * PART, same=False)

    def _best(self, turn: Turn, said: frozenset[str], later: bool, story: str = "", whole: bool = True) -> Written | None:
        """The best row, memory woven in, or an answer of the kind if that is likelier: of a first message, for later ones lean on the story."""
        spared = harmless(turn.message)
        good = (c for c in self._rows.weigh(turn, story, whole) if not c.why and c.row.turn.answer not in said and not (spared and c.care))
        row = next((Written(bearing.summarised(c.row.turn, turn), c.score, c.care, c.same) for c in good), None)
        found = [row, None if later else self._general(turn, said)]
        return max((w for w in found if w), key=lambda w: w.score, default=None)

    def _general(self, turn: Turn, said: frozenset[str]) -> Written | None:
        """An answer that suits every message of its kind, as likely as the kind is sure."""
        if askback.follow_of(turn):
            return None  # "응" is of no kind, "새벽 세 시쯤" of the story's
        kind = self._kinds.guess([turn.message])[0]
        general = self._kinds.answer(kind, turn, said)
        return Written(general, self._rows.general(kind)) if general else None

    # -- what was told

    def _reminded(self, turn: Turn, asked: str, past: Sequence[str], said: frozenset[str]) -> Written | None:
        """What the user asks her to remember: a row on a memory, a memory by its key, else their own words, else that she was not told."""
        row = self._best(turn, said, True) if turn.recalled else None
        if row and row.turn.recalls and row.score >= self._rows.threshold:
            return row
        if value := told.known(asked, turn.recalls) or told.recalled(asked, turn.recalled):
            return Written(askback.framed(self._asks, "known", turn, said, value), 1.0)
        if quote := told.heard(asked, past, self._embedder.encode):
            return Written(askback.framed(self._asks, "quoted", turn, said, quote), 1.0)
        return Written(askback.framed(self._asks, "untold", turn, said), 1.0) if past and not turn.recalled else None

    def _mended(self, turn: Turn, missed: told.Missed, past: Sequence[str], said: frozenset[str], last: str) -> Written:
        """She owns up, says back what was meant, and answers it, or what the user says besides, if she can."""
        return self._answered(turn, missed, past, said, last) or self._sorry(turn, missed, past, said)

    def _sorry(self, turn: Turn, missed: told.Missed, past: Sequence[str], said: frozenset[str]) -> Written:
        if missed.rest and not missed.said:
            return owned_up(askback.framed(self._asks, "heard", turn, said), turn)
        frame, words = ("mended", missed.said) if missed.said else ("sorry", told.quoted(past))
        return Written(askback.framed(self._asks, frame, turn, said, words), 1.0)

    def _answered(self, turn: Turn, missed: told.Missed, past: Sequence[str], said: frozenset[str], last: str) -> Written | None:
        """Her pick, a row, or what the words call for, behind an apology; None if she knows no answer."""
        meant = [heart(message) for message in (missed.rest, missed.plain) if message]
        if grave(turn.message):
            return self._suiting(turn, said, past, last) or Written(askback.framed(self._asks, plain(turn.message), turn, said), 1.0)
        if leave := next((leave for message in meant if (leave := cue.leaving(message))), ""):
            return owned_up(askback.framed(self._asks, leave, turn, said), turn)
        frail = bearing.frail(turn)
        if not frail and (picked := next((picked for message in meant if (picked := pick(message) or pick(message, cue.question(message)))), None)):
            return Written(askback.framed(self._asks, picked.kind, turn, said, picked.thing), 1.0)
        story, sorry = " ".join(past[-TOLD:]), f"아 맞다, {missed.said}고 했지. " if missed.said else OOPS
        for message in (*meant, *([] if missed.said else [past[-1]])):
            found = self._ranked(replace(turn, message=message), said, story, last)
            if found and found.score >= MENDED:
                answer = found.turn.answer if found.care else sorry + found.turn.answer
                if len(answer) <= LONGEST:
                    return replace(found, turn=replace(found.turn, message=turn.message, answer=answer), same=False)
        called = next(((kind, thing) for message in meant for kind, thing, _ in [self._called_for(message, True, frail)] if kind), None)
        if called:
            return owned_up(askback.framed(self._asks, called[0], turn, said, called[1]), turn)
        if remark := next((remark for message in meant if (remark := self._remarked(turn, message, said))), None):
            return owned_up(remark, turn, sorry if len(sorry + remark.answer) <= LONGEST else OOPS)
        if asked := next((asked for message in meant if (asked := cue.wondering(message))), ""):
            return owned_up(askback.framed(self._asks, asked, turn, said), turn)
        taken = next((taken for message in meant if (taken := self._taken_up(replace(turn, message=message), said))), None)
        return owned_up(taken, turn) if taken else None

"""Reading a line: each word goes to one thing that a search can say; what is unsure, against itself or unknown is asked."""

import re
from typing import Final

from agent_tui.domain.asking.finishing import finished
from agent_tui.domain.asking.kinds import Said
from agent_tui.domain.asking.model import Parse
from agent_tui.domain.asking.notes import Notes
from agent_tui.domain.asking.site_words import SHORTEST_MISSPELT, SiteWords
from agent_tui.domain.asking.when import Days, Trouble
from agent_tui.domain.asking.words import (
    CLIENT_WORDS,
    COACH_WORDS,
    FILLER_PHRASES,
    FILLERS,
    KNOWN,
    LONGEST_SAID,
    NEGATIONS,
    PAST,
    SAID,
    TITLES,
    TYPE_PHRASES,
)
from agent_tui.domain.cleaning import clean
from agent_tui.domain.clients import CLIENT_ID, name_key, phone_key
from agent_tui.domain.request_text import FieldProblem, Times, read_tick
from agent_tui.domain.requests import AFTERNOON, MORNING

LONGEST: Final = 200
"""Characters of a line."""
_TOKEN = re.compile(r'["\u201c][^"\u201c\u201d]*["\u201d]|[^\s,;"\u201c\u201d]+')
_REFERENCE = re.compile(r"[a-z]{2}\d{6}[a-d]?", re.ASCII)
_PHONE = re.compile(r"\+?[\d()]+", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})", re.ASCII)
_MINUTES: Final = frozenset({"min", "mins", "minute", "minutes"})
_LONG = re.compile(r"(\d{1,3})(?:m|min|mins|minutes)", re.ASCII)
_LONGEST_NAME: Final = 4
_LONG_WORD: Final = 6
_DASHES: Final = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------")
_EDGES: Final = ".,;:!?()[]{}<>'\u2018\u2019\u201c\u201d\"`*_"


def read(line: str, words: SiteWords) -> Parse:
    """Return what a line of words asks for at a site, with what has to be asked before it is sure; nothing is looked up.

    Only the first LONGEST characters are read.
    """
    return _Reading(clean(line, limit=LONGEST), words).parse()


class _Reading:
    """One line, read word by word from the left; the first rule that knows the words here takes them."""

    def __init__(self, line: str, words: SiteWords) -> None:
        self.words = words
        texts = _TOKEN.findall(line)
        self.keys = ["" if text[0] in '"\u201c' else name_key(text).translate(_DASHES).strip(_EDGES) for text in texts]
        self.notes = Notes(texts)
        self._rules = (
            *(self._quoted, self._nothing, self._reference, self._phone, self._claimant, self._negation, self._past),
            *(self._filler_phrase, self._team, self._with_coach, self._length, self._minutes, self._dotted, self._room),
            *(self._need, self._when, self._said, self._named, self._number, self._filler),
        )

    def parse(self) -> Parse:
        """Return what was read."""
        self._correct()
        at = 0
        while at < len(self.keys):
            taken = next((count for rule in self._rules if (count := rule(at))), 0)
            if not taken:
                self.notes.unread.append(at)
            at += taken or 1
        return finished(self.notes, self.keys, self.words)

    # Misspelt words.

    def _correct(self) -> None:
        """Read a word of which no other is but one letter off as that one; a claimant's name only where it can be no name."""
        in_name = False
        for at, key in enumerate(self.keys):
            if key in CLIENT_WORDS or key in TITLES or key == "for":
                in_name = True
                continue
            if len(key) < SHORTEST_MISSPELT or not key.isalpha() or self.words.understands(key):
                in_name = in_name and bool(key) and not self.words.understands(key)
                continue
            near = self.words.one_letter_off(key)
            if len(near) == 1 and (not in_name or (near[0] in KNOWN and len(near[0]) >= _LONG_WORD)):
                self.keys[at] = near[0]
                self.notes.guessed.add(at)

    # Who it is for.

    def _quoted(self, at: int) -> int:
        text = self.notes.texts[at]
        if text[0] not in '"\u201c' or not text[1:-1].strip():
            return 0
        self.notes.mark("client_words", text[1:-1].strip(), at, at + 1)
        return 1

    def _nothing(self, at: int) -> int:
        return int(self.keys[at] in ("", "-", "--", "&", "+", "/", "|"))

    def _reference(self, at: int) -> int:
        if CLIENT_ID.fullmatch(self.keys[at].upper()):
            self.notes.mark("client", self.keys[at].upper(), at, at + 1)
            return 1
        for count in range(min(5, len(self.keys) - at), 0, -1):
            joined = "".join(self.keys[at : at + count])
            if self.keys[at][:2].isalpha() and _REFERENCE.fullmatch(joined):
                self.notes.mark("client_words", joined.upper(), at, at + count)
                return count
        return 0

    def _phone(self, at: int) -> int:
        count = 0
        while at + count < len(self.keys) and count < 5 and _PHONE.fullmatch(self.keys[at + count]):
            count += 1
        while count:
            digits = phone_key("".join(self.keys[at : at + count]))
            if digits.startswith("0") and 9 <= len(digits) <= 12:
                self.notes.mark("client_words", digits, at, at + count)
                return count
            count -= 1
        return 0

    def _claimant(self, at: int) -> int:
        key = self.keys[at]
        sure = key in CLIENT_WORDS
        if (not sure and key != "for" and key not in TITLES) or self._phrase(at, 2) in TYPE_PHRASES:
            return 0
        begin = at + (key not in TITLES)
        while begin < len(self.keys) and (self.keys[begin] in CLIENT_WORDS or self.keys[begin] in TITLES):
            sure, begin = True, begin + 1
        sure = sure or key in TITLES
        begin += sure and key in TITLES and begin == at
        end = begin
        while end < len(self.keys) and end - begin < _LONGEST_NAME and self._may_be_name(end, first=sure and end == begin):
            end += 1
        if end == begin:
            return begin - at
        self.notes.mark("client_words", " ".join(self.notes.texts[begin:end]), at, end)
        return end - at

    def _may_be_name(self, at: int, *, first: bool) -> bool:
        """Return whether a word can be one of a claimant's name: letters, and no word that means something else, unless first."""
        key = self.keys[at]
        if not key or not all(char.isalpha() or char in "'\u2019-." for char in key):
            return False
        if first:
            return True
        means = key in SAID or key in FILLERS or key in COACH_WORDS or key in NEGATIONS or key == "team" or key in CLIENT_WORDS
        return not means and self.words.when.longest(self.keys[at:]) is None and self.words.kinds.phrase(self.keys[at:]) is None

    # What cannot be asked for.

    def _negation(self, at: int) -> int:
        if self.keys[at] not in NEGATIONS or any(self._phrase(at, count) in {*SAID, *FILLER_PHRASES} for count in (2, 3)):
            return 0
        when = self.words.when.longest(self.keys[at + 1 :])
        count = 1 + (when[0] if when is not None else 1)
        end = min(at + count, len(self.keys))
        self.notes.trouble("words", "Only what is wanted can be asked for, not what is not: {words}.", at, end)
        return end - at

    def _past(self, at: int) -> int:
        last = self.keys[at] == "last" and self.words.when.longest(self.keys[at + 1 :])
        if self.keys[at] not in PAST and not last:
            return 0
        count = 1 + (last[0] if last else 0)
        self.notes.trouble("days", "{words} is past.", at, at + count)
        return count

    # Teams, coaches, rooms, types.

    def _phrase(self, at: int, count: int) -> str:
        return " ".join(self.keys[at : at + count])

    def _filler_phrase(self, at: int) -> int:
        return next((count for count in (4, 3, 2) if self._phrase(at, count) in FILLER_PHRASES), 0)

    def _team(self, at: int) -> int:
        if self.keys[at] != "team":
            return 0
        following = self.keys[at + 1] if at + 1 < len(self.keys) else ""
        team = self.words.team(following, after_team=True)
        if team is not None:
            self.notes.mark("team", team, at, at + 2)
            return 2
        if not following or any(one.field == "team" and one.end == at for one in self.notes.marks):
            return 1
        known = ", ".join(sorted(self.words.catalogue.teams))
        self.notes.trouble("team", f"There is no team {{word}}; teams: {known or 'none'}.", at, at + 2)
        return 2

    def _with_coach(self, at: int) -> int:
        key = self.keys[at]
        if key not in COACH_WORDS or any(self._phrase(at, count) in SAID for count in (2, 3)):
            return 0
        whole, named = self.words.coaches(self.keys[at:])
        if whole > 1 and len(named) == 1:
            return 0  # the word itself is part of a name
        rest = self.keys[at + 1 :]
        means = not rest or len(rest[0]) < 2 or rest[0] in FILLERS or rest[0] in SAID
        count, named = (0, []) if means else self.words.coaches(rest)
        if not means and not named:
            count, named = self.words.coaches(rest, begun=True)
        if named:
            self.notes.mark("coach", tuple(named), at, at + 1 + count)
            return 1 + count
        return 0 if whole else 1

    def _room(self, at: int) -> int:
        count, meets = 1, self.words.room(self.keys[at])
        if not meets:
            return 0
        choices = tuple((need, need) for need in meets)
        self.notes.trouble("needs", "A room is not asked for by its code; {words} meets these needs.", at, at + count, choices)
        return count

    def _need(self, at: int) -> int:
        for count in (3, 2, 1):
            phrase = self._phrase(at, count)
            need = next((one for one in self.words.catalogue.needs if name_key(one) in (phrase, phrase.replace(" ", "-"))), None)
            if need is not None and at + count <= len(self.keys):
                self.notes.mark("needs", need, at, at + count)
                return count
        return 0

    def _named(self, at: int) -> int:
        """Read a coach, a team or words of a type."""
        rest = self.keys[at:]
        if self.keys[at] in FILLERS or self.keys[at].isdigit():
            return 0
        count, coaches = self.words.coaches(rest)
        kind = self.words.kinds.phrase(rest)
        if coaches and not self.words.kinds.has(self.keys[at]):
            kind = None  # a whole word of a name before the beginning of another word
        team = self.words.team(self.keys[at], after_team=False)
        if coaches and (kind is not None or team is not None) and count == 1:
            self._ask_which(at, kind, team)
            return 1
        if coaches:
            self.notes.mark("coach", tuple(coaches), at, at + count)
            return count
        if team is not None and kind is None:
            self.notes.mark("team", team, at, at + 1)
            return 1
        if kind is not None:
            self.notes.mark("type", kind[1], at, at + kind[0])
            return kind[0]
        return 0

    def _ask_which(self, at: int, kind: tuple[int, Said] | None, team: str | None) -> None:
        """Ask what a word means that is a coach's name and something else too."""
        key = self.keys[at]
        choices = [("the coach", f"with {key}")]
        if kind is not None:
            found = self.words.kinds.fitting([kind[1]])
            choices += [(one.type.name, one.code) for _left, one in found[:3]]
        elif team is not None:
            choices.append(("the team", f"team {team}"))
        self.notes.trouble("coach", "{words} is a coach and something else too.", at, at + 1, tuple(choices))

    # How long, when.

    def _length(self, at: int) -> int:
        """Read minutes behind the words of a type that takes so many."""
        key, before = self.keys[at], next((one for one in self.notes.marks if one.field == "type" and one.end == at), None)
        if not key.isdigit() or len(key) > 3 or before is None or not self.words.kinds.has_minutes(before.value, int(key)):
            return 0
        half = self.keys[at + 1] if at + 1 < len(self.keys) else ""
        if half in ("am", "pm") and not isinstance(read_tick(f"{key}{half}"), FieldProblem):
            part = "morning" if half == "am" else "afternoon"
            choices = ((f"{key} minutes, in the {part}", f"{key} {part}"), (f"near {key}{half}", f"{key}{half}"))
            self.notes.trouble("time", f"Does {key} say how long it takes, or when it is?", at, at + 2, choices)
            return 2
        self.notes.mark("type", Said((), int(key)), at, at + 1)
        return 1

    def _minutes(self, at: int) -> int:
        long = _LONG.fullmatch(self.keys[at])
        apart = self.keys[at].isdigit() and len(self.keys[at]) <= 3 and self._phrase(at + 1, 1) in _MINUTES
        if long is None and not apart:
            return 0
        count, minutes = (2, int(self.keys[at])) if apart else (1, int(long[1]) if long is not None else 0)
        self.notes.mark("type", Said((), minutes), at, at + count)
        return count

    def _dotted(self, at: int) -> int:
        """Read 9.10 as a time or as a day of a month, and ask where it can be both."""
        found = _DOTTED.fullmatch(self.keys[at])
        if found is None:
            return 0
        day = self.words.when.read(f"{found[1]}/{found[2]}")
        time = self.words.when.read(f"{found[1]}:{found[2]}") if len(found[2]) == 2 else None
        if isinstance(day, Days) and isinstance(time, Times):
            choices = ((f"at {found[1]}:{found[2]}", f"{found[1]}:{found[2]}"), ("the day", f"{found[1]}/{found[2]}"))
            self.notes.trouble("time", "{words} is a time and a day.", at, at + 1, choices)
        elif isinstance(day, Days):
            self.notes.mark("days", day, at, at + 1)
        else:
            return 0
        return 1

    def _when(self, at: int) -> int:
        if self.keys[at] == "mawrth":
            choices = (("Tuesday", "dydd mawrth"), ("March", "march"))
            self.notes.trouble("days", "{words} is a day and a month.", at, at + 1, choices)
            return 1
        if self.keys[at].count("/") == 1 and self.words.kinds.phrase(self.keys[at:]) is not None:
            return 0  # as in the name of a type for those who are 16/17
        found = self.words.when.longest(self.keys[at:])
        if found is None:
            return 0
        count, read = found
        if count == 1 and self.words.coaches(self.keys[at:])[0] == 1:
            choices = (("the coach", f"with {self.keys[at]}"), ("when it is", f"on {self.keys[at]}"))
            self.notes.trouble("days", "{words} is a coach and a time too.", at, at + 1, choices)
        elif isinstance(read, Trouble):
            instead = tuple((shown, phrase) for shown, phrase in read.instead)
            self.notes.trouble(read.field, read.text, at, at + count, instead)
        else:
            self.notes.mark("days" if isinstance(read, Days) else "time", read, at, at + count)
        return count

    def _said(self, at: int) -> int:
        for count in range(min(LONGEST_SAID, len(self.keys) - at), 0, -1):
            what = SAID.get(self._phrase(at, count))
            if what is None:
                continue
            coach, named = self.words.coaches(self.keys[at:])
            if count == 1 and coach > 1:
                return 0  # the first of the words that name a coach
            if count == 1 and named:
                others = [phrase for phrase, meant in SAID.items() if meant == what and " " in phrase][:1]
                choices = (("the coach", f"with {self.keys[at]}"), *((phrase, phrase) for phrase in others))
                self.notes.trouble("coach", "{words} is a coach and something else too.", at, at + 1, choices)
            else:
                self._take(*what, at, at + count)
            return count
        return 0

    def _take(self, field: str, value: str, at: int, end: int) -> None:
        if field == "half":
            self.notes.mark("time", Times(MORNING if value == "am" else AFTERNOON), at, end)
        elif field == "need":
            # A site that has no such room still hears of it from the coach, who reads what was asked for.
            need = next((one for one in self.words.catalogue.needs if one.replace(" ", "-") == value), None)
            if need is not None:
                self.notes.mark("needs", need, at, end)
            elif value == "accessible-room":
                self.notes.mark("access", self._phrase(at, end - at), at, end)
            else:
                known = ", ".join(sorted(self.words.catalogue.needs)) or "none"
                self.notes.trouble("needs", f"Nothing at this site meets the need {{words}}; known are: {known}.", at, end)
        else:
            self.notes.mark(field, value, at, end)

    def _number(self, at: int) -> int:
        if not (self.keys[at].isdigit() and self.keys[at].isascii() and len(self.keys[at]) <= 3):
            return 0
        self.notes.numbers.append(at)
        return 1

    def _filler(self, at: int) -> int:
        return int(self.keys[at] in FILLERS)

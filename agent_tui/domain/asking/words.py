"""The words that people use for what a search can say, apart from those of the site itself; folded as names are."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agent_tui.domain.wall_time import MONTHS, WEEKDAYS

_SAID: Final[Mapping[tuple[str, str], str]] = {
    ("channel", "f2f"): "f2f, face to face, face-to-face, facetoface, in person, in the office, wyneb yn wyneb",
    ("channel", "phone"): "phone, telephone, by phone, by telephone, over the phone, phone call, tel, ffon, dros y ffon",
    ("channel", "video"): "video, video call, by video, vid, fideo, skype",
    ("half", "am"): "am, a.m., a.m, morning, mornings, in the morning, any morning, bore, yn y bore",
    ("half", "pm"): "pm, p.m., p.m, afternoon, afternoons, in the afternoon, any afternoon, prynhawn, yn y prynhawn",
    ("priority", "urgent"): "urgent, urgently, urgent priority, emergency, brys, ar frys",
    ("priority", "high"): "high, high priority, priority high",
    ("priority", "standard"): "standard priority, normal priority, not urgent, no rush",
    ("contact", "walk-in"): "walk-in, walkin, walk in, walked in",
    ("contact", "online"): "online, journal",
    ("contact", "email"): "email, e-mail, by email, emailed",
    ("contact", "phone"): "rang, on the line",
    ("need", "accessible-room"): (
        "wheelchair, wheelchair user, wheelchair access, step free, step-free, accessible, accessible room, ground floor,"
        " cadair olwyn"
    ),
    ("need", "hearing-loop"): "hearing loop, hearing-loop, loop, induction loop",
    ("need", "video-room"): "video room, video-room",
    ("need", "room"): "room, private room, interview room, needs room, quiet room",
    ("access", "interpreter"): "interpreter, translator, needs interpreter, cyfieithydd",
    ("access", "BSL interpreter"): "bsl, bsl interpreter, sign language, british sign language, signer",
    ("access", "large print"): "large print",
    ("access", "braille"): "braille",
    ("access", "lip speaker"): "lip speaker, lipspeaker, lip reader",
    ("access", "with a support worker"): "support worker, with support, carer present, with carer",
}
_LANGUAGES: Final = (
    *("Welsh", "Polish", "Urdu", "Punjabi", "Bengali", "Arabic", "Romanian", "Somali", "Farsi", "Dari", "Pashto", "Kurdish"),
    *("Ukrainian", "Russian", "Portuguese", "Spanish", "Italian", "French", "Turkish", "Tigrinya", "Amharic", "Cantonese"),
    *("Mandarin", "Vietnamese", "Tamil", "Gujarati", "Hindi", "Hungarian", "Lithuanian", "Bulgarian", "Slovak", "Czech"),
)
SAID: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        **{phrase: what for what, phrases in _SAID.items() for phrase in phrases.split(", ")},
        **{name.casefold(): ("language", name) for name in _LANGUAGES},
        "cymraeg": ("language", "Welsh"),
    }
)
"""Phrases by the field and the value that they say."""
LONGEST_SAID: Final = 4

TYPE_PHRASES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "fcm": ("first commitment",),
        "fcms": ("first commitment",),
        "claimant commitment": ("first commitment",),
        "new claim": ("initial evidence", "new claim"),
        "new claims": ("initial evidence", "new claim"),
        "ccr": ("commitments review",),
        "hab res": ("habitual residency",),
        "esa": ("employment support allowance",),
        "bank details": ("bank details",),
        "prison leaver": ("prison leaver",),
        "care leaver": ("care leaver",),
    }
)
"""What people call a type, by words that its name may have (seeds/spotlight-appointment-booking.txt has FCM and HRT)."""

_FILLERS: Final = (
    "a an and any anyone anybody anytime appointment appointments appt apt as asap at available be book booking can could do"
    " earliest find for free from get give hello hi i if in is it its just like me my need needs needed of on one or our please"
    " preferably prefer see slot slots some someone soon soonest thanks thank that the their them there they this time times to"
    " us want wants we when with would you your possible possibly y yr"
)
FILLERS: Final = frozenset(_FILLERS.split())
"""Words that say nothing of a search. That the soonest start comes first is so without being asked."""
FILLER_PHRASES: Final = frozenset(
    {
        *("no preference", "any day", "any time", "any coach", "any team", "any channel", "first available", "next available"),
        *("as soon as possible", "at the earliest", "first one", "next one", "thank you", "os gwelwch yn dda"),
    }
)
NEGATIONS: Final = frozenset({"not", "no", "never", "except", "without", "avoid", "cannot", "can't", "cant", "isn't", "ddim"})
PAST: Final = frozenset({"yesterday", "ddoe"})
CLIENT_WORDS: Final = frozenset({"client", "claimant", "customer", "caller"})
TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr"})
COACH_WORDS: Final = frozenset({"with", "coach", "see", "diary"})

KNOWN: Final = frozenset(
    {
        *(word for phrase in SAID for word in phrase.split()),
        *(word for phrase in TYPE_PHRASES for word in phrase.split()),
        *(name.casefold() for name in (*WEEKDAYS, *MONTHS)),
        *(name[:3].casefold() for name in (*WEEKDAYS, *MONTHS)),
        *(
            "today",
            "tomorrow",
            "fortnight",
            "between",
            "after",
            "before",
            "around",
            "about",
            "until",
            "near",
            "team",
            "noon",
            "midday",
        ),
        *("week", "weeks", "days", "sept", "tues", "thur", "thurs", "weds", "half", "quarter", "past", "since", "starting"),
        *(
            *FILLERS,
            *(word for phrase in FILLER_PHRASES for word in phrase.split()),
            *NEGATIONS,
            *PAST,
            *CLIENT_WORDS,
            *COACH_WORDS,
            *TITLES,
        ),
    }
)
"""Every single word that is understood at any site."""

"""Names, phone numbers and national references come by standard input, never by argument."""

import pytest

from tests.cli.runner import DAY, Place, booked, held, run

PERSONAL = [
    *("Khan", "Sana Khan", "khan, sana", "Sana Khan 3", "O'Brien", "Zoë Ångström", "李 明明", "Müller-Lüdenscheidt", "SANA"),
    *("0113 496 0001", "01134960001", "+44 113 496 0001", "(0113) 496-0001", "07700900123", "07700 900 123"),
    *("QQ123456C", "QQ 12 34 56 C", "qq123456c", "QQ 123456 C", "QQ 12 34 56", " QQ123456C ", "QQ-12-34-56-C"),
    *("sana.khan@example.com",),
]


@pytest.mark.parametrize("word", PERSONAL)
def test_refused_as_an_argument_of_every_command(desk: Place, word: str) -> None:
    hold = held(desk)["id"]
    before = desk.dump()
    for words in (
        ("find", "FC-F2F", "--client", word),
        ("book", "FC-F2F", "--first", f"--client={word}"),
        ("hold", "FC-F2F", "--first", "--client", word),
        ("confirm", hold, "--client", word),
        ("log", "--client", word),
        ("clients", "find", word),
        ("clients", "find", "-", word),
        ("clients", "add", word),
        ("clients", "edit", word, "-"),
    ):
        shown = desk.ask(*words, code=2)
        if "-" not in words:
            assert "standard input" in shown["reason"] or "stdin" in shown["reason"] or "opaque id" in shown["reason"], words
    assert desk.dump() == before


def test_a_claimants_details_are_changed_by_standard_input(desk: Place) -> None:
    ref = desk.ask("clients", "add", "-", stdin="name: Zoe Vale\npreferred channel: text\nphone: 07911 123456\n")["ref"]
    shown = desk.ask("clients", "edit", ref, "-", stdin="email: zoe@example.com\npreferred channel: e-mail\nphone:\n")
    assert shown == {"status": "changed", "ref": ref, "changed": ["phone", "email", "preferred_channel"], "repeated": False}
    assert desk.ask("clients", "edit", ref, "-", stdin="phone:\n")["status"] == "unchanged"
    for words, stdin, code in (
        ((ref,), "email: nobody\n", 2),
        ((ref,), "email:\n", 2),
        ((ref,), "\n", 2),
        ((ref,), "shoe size: 43\n", 2),
        (("-",), "language: Welsh\n", 2),
        (("C999999",), "language: Welsh\n", 3),
    ):
        assert desk.ask("clients", "edit", *words, "-", stdin=stdin, code=code)["reason"].endswith(
            (".", ":", "agent-tui clients find -")
        ), (words, stdin)


def test_opaque_ids_are_taken(desk: Place) -> None:
    assert booked(desk, client="C000001")["client"] == "C000001"
    assert desk.refuse("book", "FC-F2F", "--first", "--client", "C000123")["code"] == "unknown_client"


@pytest.mark.parametrize(
    "line", ["Sana Khan 10", "C000010", "0113 496 0010", "  sana   khan 10 \n", "\ufeffSana Khan 10\r\nmore\n"]
)
def test_a_client_from_standard_input(desk: Place, line: str) -> None:
    found = desk.ask("clients", "find", "-", stdin=line)
    assert [item["ref"] for item in found["items"]] == ["C000010"]
    shown = desk.ask("book", "FC-F2F", "--first", "--client", "-", stdin=line)
    assert shown["client"] == "C000010"
    hold = held(desk)["id"]
    assert desk.ask("confirm", hold, "--client", "-", stdin=line)["client"] == "C000010"
    assert desk.ask("find", "NJR-F2F", "--client", "-", "--from", DAY, stdin=line)["offers"]


@pytest.mark.parametrize("line", ["Khan", "Nobody Such", "0000 000 0000"])
def test_none_or_several_from_standard_input(desk: Place, line: str) -> None:
    before = desk.dump("access")
    shown = desk.refuse("book", "FC-F2F", "--first", "--client", "-", stdin=line)
    assert shown["code"] == "unknown_client"
    assert line not in shown["reason"]
    assert desk.dump("access") == before


@pytest.mark.parametrize("given", ["", "\n", "   \n", "\n\nSana Khan 10\n"])
@pytest.mark.parametrize("command", ["find", "hold", "book"])
def test_empty_standard_input(desk: Place, command: str, given: str) -> None:
    more = () if command == "find" else ("--first",)
    answer = run(command, "FC-F2F", *more, "--client", "-", *desk.options, stdin=given)
    assert answer.code in ((0, 2, 3) if "Khan" in given else (2, 3)), answer


def test_clients_find_of_nothing_is_nothing_found(desk: Place) -> None:
    for given in ("", "\n", "%\n", "_\n", "*\n"):
        answer = run("clients", "find", "-", *desk.options, stdin=given, check=False)
        assert answer.code in (2, 3), given
        assert answer.object["status"] in ("list", "usage", "refused")


def test_clients_find_limit_and_total(desk: Place) -> None:
    shown = desk.ask("clients", "find", "-", "--limit", "2", stdin="Khan\n")
    assert len(shown["items"]) == 2
    assert shown["total"] == 10


def test_who_looked_is_recorded_and_the_log_stays(desk: Place) -> None:
    head = desk.head()
    desk.ask("clients", "find", "-", stdin="Sana Khan 10\n")
    assert len(desk.dump()["access"]) == 1
    assert desk.head() == head


def test_a_claimant_is_added_by_lines(desk: Place) -> None:
    shown = desk.ask("clients", "add", "-", stdin="name: Mira Vale\nphone: 0113 496 0055\nemail: mira@example.com\n")
    assert shown["ref"] == "C000011"
    assert desk.ask("clients", "find", "-", stdin="Mira")["items"] == [{"ref": "C000011", "name": "Mira Vale"}]
    for lines in (
        "",
        "phone: 0113 496 0055\n",
        "name: Mira\nphone: 12\n",
        "no colon\n",
        "name: X\nshoe size: 9\n",
        "name: X\nemail: y\n",
    ):
        desk.ask("clients", "add", "-", stdin=lines, code=2)
    assert desk.ask("clients")["total"] == 11

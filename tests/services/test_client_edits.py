"""A claimant's details changed: only what was named, nothing over a colleague's change, and nothing of it in the log."""

from dataclasses import replace

from agent_tui.domain.client_details import DETAILS
from agent_tui.domain.clients import Client
from agent_tui.domain.requests import Refused
from agent_tui.domain.site import Staff
from agent_tui.services.claimants import Added, Edited, add_client, client_to_edit, edit_client, get_client
from tests.services.conftest import House, uid

ZOE = Client("", "Zoë Vale", "07911 123456", "", "zoe@example.com", "Irish", "hearing loop", "text", "1 High St, Leeds, LS1 4AP")


def added(house: House, client: Client = ZOE) -> Client:
    made = add_client(house.desk(), client)
    assert isinstance(made, Added), made
    return made.client


def test_preference_and_address_are_kept_as_the_store_has_them(house: House) -> None:
    made = added(house)
    assert (made.preferred_channel, made.address) == ("sms", "1 High St\nLeeds\nLS1 4AP")
    assert get_client(house.desk(), made.ref) == made


def test_only_what_is_named_changes_and_the_log_names_it_without_saying_it(house: House) -> None:
    made = added(house)
    done = edit_client(house.desk(), made.ref, {"email": "vale@example.org", "preferred_channel": "e-mail", "phone": ""})
    after = replace(made, email="vale@example.org", preferred_channel="email", phone="")
    assert done == Edited(after, ("phone", "email", "preferred_channel"))
    assert get_client(house.desk(), made.ref) == after
    assert house.verbs()[-1] == "client_changed"
    line = house.rows("SELECT * FROM event WHERE site = ? ORDER BY seq DESC")[0]
    assert made.ref in line
    assert not any(word in str(line) for word in ("vale@", "zoe@", "07911", "High St", "Vale"))


def test_every_detail_can_be_changed(house: House) -> None:
    made = added(house)
    wanted = {"preferred_channel": "letter", "address": "2 Low St, Leeds, LS1 4AP", "email": "v@x.org", "phone": "07911 123457"}
    wanted |= {"reference": "QQ 12 34 56 A", "name": "Zoe Other", "language": "Welsh", "access_needs": "none"}
    assert set(wanted) == set(DETAILS)
    for name, value in wanted.items():
        done = edit_client(house.desk(), made.ref, {name: value})
        assert isinstance(done, Edited), name
        assert done.changed == (name,)


def test_a_retry_does_it_once_and_the_same_again_changes_nothing(house: House) -> None:
    made, wanted = added(house), {"language": "Welsh"}
    first = edit_client(house.desk(), made.ref, wanted, id=uid(7))
    count = len(house.verbs())
    again = edit_client(house.desk(), made.ref, wanted, id=uid(7))
    assert isinstance(first, Edited)
    assert again == replace(first, repeated=True)
    other = edit_client(house.desk(), made.ref, {"language": "Urdu"}, id=uid(7))
    assert isinstance(other, Refused)
    assert other.code == "id_reused"
    assert edit_client(house.desk(), made.ref, wanted) == Edited(first.client, ())
    assert len(house.verbs()) == count


def test_nothing_is_written_over_what_a_colleague_changed_meanwhile(house: House) -> None:
    seen = added(house)
    edit_client(house.desk(), seen.ref, {"phone": "07911 123457"})
    done = edit_client(house.desk(), seen.ref, {"phone": "07911 123458"}, seen=seen)
    assert isinstance(done, Refused)
    assert done.code == "stale_version"
    # What they did not touch is no reason to refuse.
    assert isinstance(edit_client(house.desk(), seen.ref, {"language": "Welsh"}, seen=seen), Edited)
    kept = get_client(house.desk(), seen.ref)
    assert kept is not None
    assert (kept.phone, kept.language) == ("07911 123457", "Welsh")


def test_what_is_not_sound_changes_nothing_and_an_old_fault_elsewhere_hinders_nobody(house: House) -> None:
    made = added(house)
    for wanted, word in (({"phone": "12"}, "phone"), ({"name": " "}, "name"), ({"address": ""}, "")):
        done = edit_client(house.desk(), made.ref, {**wanted, "preferred_channel": "letter"})
        assert isinstance(done, list)
        assert word in done[0]
    assert get_client(house.desk(), made.ref) == made
    house.sql("UPDATE client SET phone = '12' WHERE site = ? AND client = ?", made.ref)
    assert isinstance(edit_client(house.desk(), made.ref, {"email": "v@x.org"}), Edited)
    assert isinstance(edit_client(house.desk(), made.ref, {"phone": "13"}), list)


def test_who_changes_details_and_what_is_recorded_of_it(house: House) -> None:
    made = added(house)
    assert client_to_edit(house.desk(), ref=made.ref) == made
    assert house.rows("SELECT client, why FROM access WHERE site = ?") == [(made.ref, "edit")]
    for staff in (Staff("admin1", "Ada", "admin"), Staff("nobody", "nobody", "agent", known=False)):
        desk = replace(house.desk(), staff=staff)
        for done in (client_to_edit(desk, ref=made.ref), edit_client(desk, made.ref, {"name": "Eve"})):
            assert isinstance(done, Refused)
            assert done.code == "role"
    for done in (client_to_edit(house.desk(), ref="C999999"), edit_client(house.desk(), "C999999", {"name": "Eve"})):
        assert isinstance(done, Refused)
        assert done.code == "unknown_client"

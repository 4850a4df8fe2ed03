"""How a conversation goes: pages, help, giving up, what is kept, and its end wherever the input ends."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as with_

from billing.changes import ChangeLicences
from billing.ordering import change_order, order_named
from billing.plan_changes import confirm, preview, running
from billing.wallet import wallet
from screens.session import Services
from tests.conftest import IBERIA, MARTA
from tests.plain.journeys import CENTER, DESK, ENTERPRISE, Journey, desk_of
from tests.plain.speaker import converses
from tui.commands.render import Table
from tui.plain.linear import linear
from tui.plain.speech import LONGEST


@pytest.mark.parametrize("journeys", [CENTER, ENTERPRISE, DESK], ids=["center", "enterprise", "desk"])
async def test_the_input_may_end_at_every_question(house: Services, journeys: tuple[Journey, ...]) -> None:
    for journey in journeys:
        for length in range(len(journey.answers) + 1):
            code, script = await converses(house, journey.person, journey.answers[:length], otherwise="1")
            assert code in (0, 1)
            assert "your visit ends" in " ".join(script.shown[-3:]), script.text


async def test_the_input_may_end_at_the_door(house: Services) -> None:
    typed = f"1 1 {MARTA} wrong {MARTA} wrong . 2 {MARTA} code one two . 4 5 b 5"
    answers = tuple(typed.split())
    for length in range(len(answers) + 1):
        code, script = await converses(house, "", answers[:length])
        assert "visit ends" in " ".join(script.shown[-3:]), script.text
        assert code in (0, 1)


async def test_an_end_within_a_task_is_told_from_an_end_between_tasks(house: Services) -> None:
    assert (await converses(house, MARTA, ()))[0] == 0
    assert (await converses(house, MARTA, ("@Plans",)))[0] == 0
    assert (await converses(house, MARTA, ("@Invoices", "@Only what is overdue", "1")))[0] == 0
    assert (await converses(house, MARTA, ("@Plans", "@Add a plan", "1")))[0] == 1


async def test_what_is_long_comes_in_pages(house: Services) -> None:
    answers = ("@Overview", "m", "", "q")
    _, script = await converses(house, MARTA, answers, reads_on=False)
    ends = [n for n, line in enumerate(script.shown) if line.startswith("More lines:")]
    assert len(ends) == 2
    assert ends[1] - ends[0] <= 19
    _, whole = await converses(house, MARTA, ("@Overview", "q"))
    assert len(whole.shown) > len(script.shown)


async def test_a_long_choice_goes_on_from_where_it_was(house: Services) -> None:
    answers = ("@Invoices", "@All documents, newest first", "m", "25", "b", "q")
    _, script = await converses(house, "pagos@talleres.example", answers)
    assert any(line.startswith("19. ") for line in script.shown)
    assert not script.answers


async def test_help_is_given_at_menus_and_questions(house: Services) -> None:
    answers = ("?", "@Plans", "@Add a plan", "?", "1", "?", "2", ".", "?", "q")
    _, script = await converses(house, MARTA, answers)
    assert "A full stop alone gives" in script.text
    assert "# " not in script.text
    assert "F1" not in script.text
    assert not script.answers


async def test_a_full_stop_gives_up_and_nothing_is_changed(house: Services) -> None:
    before = running(desk_of(house, MARTA))
    _, script = await converses(house, MARTA, ("@Plans", "@Add a plan", "1", "3", ".", "q"))
    assert "You gave this up." in script.text
    assert running(desk_of(house, MARTA)) == before


async def test_a_no_changes_nothing(house: Services) -> None:
    before = running(desk_of(house, MARTA))
    answers = ("@Plans", "@More or fewer licences", "1", "8", "perhaps", "no", "q")
    code, script = await converses(house, MARTA, answers)
    assert code == 0
    assert "Nothing was changed." in script.text
    assert running(desk_of(house, MARTA)) == before


async def test_what_was_answered_is_kept_when_something_is_refused(house: Services) -> None:
    bank = ("@Payment methods", "@Add a bank account")
    invited = ("@Contacts and what they may do", "@Invite somebody", "Eva Gil", "no address", "2", "")
    answers = (*invited, "@@yes", "", "eva@acme.example", "", "", "@@yes", "b", *bank, "no", ".", "q")
    _, script = await converses(house, MARTA, answers)
    assert "Your answers are kept" in " ".join(script.shown)
    assert "Name [Eva Gil]:" in " ".join(script.prompts)
    assert not script.answers
    assert len(wallet(desk_of(house, MARTA))) == 1


async def test_a_line_that_is_too_long_is_refused_kindly(house: Services) -> None:
    answers = ("x" * LONGEST, "@Plans", "@Add a plan", "9" * LONGEST, "1", "1" * 5000, ".", "q")
    code, script = await converses(house, MARTA, answers)
    assert code == 0
    assert script.text.count("This line is too long") == 3


async def test_no_card_number_is_taken_anywhere(house: Services) -> None:
    answers = ("@Contacts and what they may do", "@Invite somebody", "4242 4242 4242 4242", ".", "q")
    _, script = await converses(house, MARTA, answers)
    assert "4242 4242" not in script.text
    assert "card" in script.text


async def test_what_changed_meanwhile_is_shown_before_it_is_agreed_to_again(house: Services) -> None:
    def meddle() -> None:
        desk = desk_of(house, MARTA)
        confirm(desk, preview(desk, ChangeLicences(subscription_id="acme.s1", quantity=7)))

    answers = ("@Plans", "@More or fewer licences", "1", "8", "@@yes", "@@yes", "q")
    code, script = await converses(house, MARTA, answers, meddle=meddle)
    assert code == 0, script.text
    assert "has changed meanwhile" in " ".join(script.shown)
    assert [s.quantity for s in running(desk_of(house, MARTA)) if s.id == "acme.s1"] == [8]


async def test_what_is_hostile_is_shown_harmless(house: Services) -> None:
    _, script = await converses(house, "mallory@evil.example", ("@Overview", "@Payment methods", "1", "b", "q"))
    assert "\ufffd" in script.text
    assert "\x1b" not in script.text


async def test_an_answer_that_would_attack_a_terminal_comes_back_harmless(house: Services) -> None:
    answers = ("\x1b[2J\u202e", "@Billing information", "@Change it", "\x1b]0;x\x07 Ltd", *[""] * 9, "no", ".", "q")
    code, script = await converses(house, MARTA, answers, otherwise="1")
    assert "\ufffd" in script.text
    assert code in (0, 1)


async def test_documents_are_saved_only_where_there_is_a_place_for_them(house: Services, tmp_path: Path) -> None:
    opened = ("@Invoices", "@All documents, newest first", "1")
    _, script = await converses(house, MARTA, (*opened, "q"))
    assert "Save it as a file" not in script.text
    assert "Print it" not in script.text
    here = replace(house, exports=tmp_path)
    answers = (*opened, "@Save it as a file", "@txt", "", "b", "@Save the statement", "@All", "@txt", "", "b",
               "@What happened", "@Save the trail", "", "", "@csv", "", "q")  # fmt: skip
    _, script = await converses(here, MARTA, answers)
    assert not script.answers, script.text
    assert len(list(tmp_path.iterdir())) == 3


async def test_a_payment_that_the_bank_wants_confirmed_is_followed(house: Services) -> None:
    answers = ("@Payment methods", "@Add a card", "2", "@confirm", "b", "@Pay", "@Pay everything that is open", "2",
               "@@yes", "@Look again", "@Sandbox, no real bank: confirm the payment", "q")  # fmt: skip
    code, script = await converses(house, MARTA, answers)
    assert code == 0, script.text
    assert "Your bank asks you to confirm" in " ".join(script.shown)
    assert "was paid with" in " ".join(script.shown)


async def test_two_people_who_edit_one_order_are_both_told(house: Services) -> None:
    def meddle() -> None:
        desk = desk_of(house, IBERIA)
        order = order_named(desk, "PO-2026-0417")
        change_order(desk, order.id, with_(order.terms, note="theirs"), based_on=order.revision)

    edit = (*[""] * 9, "mine", "@@yes")
    again = (*[""] * 10, "@@yes")
    answers = ("@Purchase orders", "@Edit an order", "1", *edit, *again, "q")
    code, script = await converses(house, IBERIA, answers, meddle=meddle)
    assert code == 0, script.text
    assert "Theirs: theirs" in script.text
    assert "Mine: mine" in script.text
    assert order_named(desk_of(house, IBERIA), "PO-2026-0417").terms.note == "mine"


def test_tables_are_lines_of_one_fact() -> None:
    wide = Table(("Number", "For", "State"), [("F-1", "x" * 200, ""), ("F-2", "\x1b[2J", "Paid")])
    lines = linear([wide, Table(("a", "b"), [("left", "right")]), Table(("a", "b"), [])], "None.")
    assert lines[0] == "Number: F-1"
    assert all(len(line) <= 79 for line in lines)
    assert lines[-4:] == ["For: \ufffd[2J", "State: Paid", "left: right", "None."]


async def test_a_flood_of_lines_lets_others_have_a_turn(house: Services) -> None:
    turns = 0

    async def somebody_else() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    other = asyncio.create_task(somebody_else())
    code, _ = await converses(house, MARTA, ("@Overview", *["zzz"] * 5000, "", "q"), reads_on=False)
    other.cancel()
    assert code == 0
    assert turns > 5000

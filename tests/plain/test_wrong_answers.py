"""In Spanish, with a wrong answer before each right one: it is asked again, nothing is lost, and the task is done."""

from __future__ import annotations

import pytest

from screens.session import Services
from tests.plain.journeys import JOURNEYS, Journey, desk_of
from tests.plain.speaker import converses

WRONG = ("zzz", "٣", "-7")
"""Words, digits that are not ours, and what is below nothing."""


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda j: j.name)
async def test_a_task_is_done_after_wrong_answers(house: Services, journey: Journey) -> None:
    code, script = await converses(house, journey.person, (*journey.answers, "q"), "es", wrong=WRONG)
    assert not script.answers, script.text
    assert code == 0, script.text
    assert script.asked_again
    if journey.says:
        assert script.language.say(journey.says) in script.text
    assert journey.effect(desk_of(house, journey.person)), script.text

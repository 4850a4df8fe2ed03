"""Every task of both counters and of the desk is done line by line, and is in the books afterwards."""

from __future__ import annotations

import pytest

from screens.session import Services
from tests.plain.journeys import JOURNEYS, Journey, desk_of
from tests.plain.speaker import converses


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda j: j.name)
async def test_a_task_is_done(house: Services, journey: Journey) -> None:
    code, script = await converses(house, journey.person, (*journey.answers, "q"))
    assert not script.answers, script.text
    assert code == 0, script.text
    assert journey.says in script.text
    assert journey.effect(desk_of(house, journey.person)), script.text

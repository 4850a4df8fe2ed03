"""Every task of both counters and of the desk is done line by line, in both languages, and is in the books."""

from __future__ import annotations

import pytest

from billing.sign_in import open_desk, standings
from screens.session import Services
from tests.conftest import standing_of
from tests.plain.journeys import JOURNEYS, Journey
from tests.plain.speaker import converses


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda j: j.name)
async def test_a_task_is_done(house: Services, journey: Journey, lang: str) -> None:
    code, script = await converses(house, journey.person, (*journey.answers, "q"), lang)
    assert not script.answers, script.text
    assert code == 0, script.text
    if journey.says:
        assert script.language.say(journey.says) in script.text
    store = house.store()
    credential, standing = standing_of(store, journey.person)
    desk = open_desk(store, house.clock, standings(store, credential), standing)
    assert journey.effect(desk), script.text

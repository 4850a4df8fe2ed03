"""One source cannot take the front from the others."""

from __future__ import annotations

import pytest

from tui.ssh.limits import Crowd, Limits, source_of


class Clock:
    """Seconds, as the test says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_neighbour_still_gets_in_when_one_source_has_its_share() -> None:
    crowd = Crowd(Limits(waiting_from_one=3, burst=100))
    for _ in range(3):
        assert crowd.refusal("a") == ""
        crowd.enter("a")
    assert crowd.refusal("a") == "unproven"
    assert crowd.refusal("b") == ""
    crowd.proven("a")
    assert crowd.refusal("a") == ""


def test_a_source_that_comes_too_often_waits_for_its_bucket() -> None:
    clock = Clock()
    crowd = Crowd(Limits(burst=2, per_second=1), clock)
    assert [crowd.refusal("a") for _ in range(3)] == ["", "", "rate"]
    clock.now = 1.0
    assert [crowd.refusal("a") for _ in range(2)] == ["", "rate"]


def test_a_full_house_is_full_until_somebody_leaves() -> None:
    crowd = Crowd(Limits(people=1, burst=10))
    crowd.enter("a")
    assert crowd.refusal("b") == "full"
    crowd.proven("a")
    crowd.leave("a")
    assert crowd.here == 0
    assert crowd.refusal("b") == ""


def test_what_is_remembered_of_strangers_is_bounded() -> None:
    clock = Clock()
    crowd = Crowd(Limits(people=10, burst=2, per_second=1), clock)
    for number in range(10_000):
        clock.now += 0.1
        crowd.refusal(f"source-{number}")
    assert len(crowd._buckets) <= 200


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_an_ipv6_customer_is_one_source(address: str, source: str) -> None:
    assert source_of(address) == source

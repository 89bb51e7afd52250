"""Nothing accepted is lost, doubled or different, wherever `take_in` is cut off and whoever does the same meanwhile."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.capture.intake import take_in
from chalicelib.capture.message import DirectMessage, Referral
from tests.builders import NOON, a_dm, an_account
from tests.crashes import Disturbance, Meanwhile, count_calls, cuts, run, single_and_double_cuts
from tests.state import clear_tables, final_state, rows

pytestmark = pytest.mark.usefixtures("aws")

AD = Referral("ad", advertiser_id="adv-1", ad_id="ad-7")


@dataclass(frozen=True)
class Scene:
    """What stands already, and the message whose taking in is disturbed."""

    message: DirectMessage
    before: list[DirectMessage] = field(default_factory=list)
    rival: DirectMessage | None = None  # another message of the thread that arrives at the same moment


class Rival(Meanwhile):
    """The rival arrives within this plan, and not once more after it."""


NUMBER = a_dm("WA 0812-8834-5571", number=2)
FIRST_PART = a_dm("nomor saya 0812 8834", number=1)
SECOND_PART = a_dm("5571", number=3)

SCENES = {
    "an ordinary message in a new thread": Scene(a_dm("halo", number=1), rival=a_dm("kak", number=2)),
    "an ordinary message in a known thread": Scene(a_dm("kak", number=2), [a_dm("halo", number=1)]),
    "a message that makes a lead": Scene(NUMBER, [a_dm("halo", number=1)], a_dm("email b@pelanggan.example", number=3)),
    "the second part of a number": Scene(SECOND_PART, [FIRST_PART], a_dm("tunggu ya", number=2)),
    "both parts of a number at once": Scene(FIRST_PART, [], SECOND_PART),
    "an ad for a lead that stands": Scene(a_dm("promo?", number=4, referral=AD), [NUMBER], a_dm("9", number=5)),
    "the first message of an hour": Scene(a_dm("makasih", number=75), [NUMBER], a_dm("ya", number=76)),
    "a possible part in a new hour": Scene(a_dm("nomor lain 0813", number=75), [NUMBER], a_dm("ya", number=76)),
    "a late message between two parts": Scene(a_dm("tunggu ya", number=2), [FIRST_PART, SECOND_PART]),
}


def taking_in(dm: DirectMessage) -> Callable[[], None]:
    return lambda: take_in(dm, an_account(), NOON + timedelta(hours=2))


def begin(scene: Scene) -> None:
    clear_tables()
    for dm in scene.before:
        taking_in(dm)()


def plans(scene: Scene, calls: int) -> Iterator[list[Disturbance]]:
    """One cut, two cuts; a duplicate at any call, alone and with a cut; and its rival at any call likewise."""
    yield from single_and_double_cuts(calls)
    for other in (scene.message, scene.rival):
        if other is None:
            continue
        kind = Rival if other is scene.rival else Meanwhile
        for call in range(calls):
            meanwhile: Disturbance = kind(call, taking_in(other))
            yield [meanwhile]
            yield from ([meanwhile, cut] for cut in cuts(call + 3) if cut.call > call)
            yield from ([cut, meanwhile] for cut in cuts(calls)[-2:])


def settle(scene: Scene, came_about: Sequence[Disturbance] = ()) -> dict[str, Any]:
    """The state once everything of the scene has arrived. Nothing comes once more: that would heal what was missed."""
    if scene.rival is not None and not any(isinstance(one, Rival) for one in came_about):
        taking_in(scene.rival)()
    return final_state()


@pytest.mark.parametrize("name", SCENES)
def test_every_crash_plan_ends_in_the_undisturbed_state(name: str) -> None:
    scene = SCENES[name]
    begin(scene)
    calls = count_calls(taking_in(scene.message))
    undisturbed = settle(scene)
    told = _told()
    count = 0
    for plan in plans(scene, calls):
        begin(scene)
        came_about = run(taking_in(scene.message), plan)
        assert settle(scene, came_about) == undisturbed, plan
        assert _told() == told, plan
        count += 1
    print(f"\n{name}: {calls} AWS calls, {count} plans, 0 lost, 0 doubled, 0 diverging")


def _told() -> dict[str, int]:
    """How many changes each subject has told of: one for each of its versions, and none twice."""
    changes = rows("changes")
    assert len({row["sk"].partition("#")[2] for row in changes}) == len(changes)
    versions: dict[str, list[int]] = {}
    for row in changes:
        versions.setdefault(row["subject"], []).append(int(row["version"]))
    assert all(sorted(one) == list(range(1, len(one) + 1)) for one in versions.values())
    leads = {row["pk"].partition("#")[2]: int(row["version"]) for row in rows("leads") if row["kind"] == "lead"}
    assert leads == {subject: len(one) for subject, one in versions.items()}
    return dict.fromkeys(versions, 1)

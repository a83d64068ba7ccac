"""Right before a delete: does everybody still ask for what it was decided on?

Everything is read once more between the two, which takes seconds, and up to a minute where AWS
throttles. Who is answered in that time must not find the endpoint deleted.
"""

from lowtide.domain.errors import ChangedError
from lowtide.domain.lifecycle.context import Situation
from lowtide.workflows.services import World


def must_still_be_asked(situation: Situation, world: World) -> None:
    """Raises ChangedError where it is not: the delete is given up as if it had never begun."""
    name = situation.endpoint.name
    found = world.store.recall(name)
    decided_on = situation.paused, situation.override, situation.asked
    if (found.paused, found.override, found.asked) == decided_on:
        return
    world.store.save_record(name, situation.record, "", situation.now)
    world.store.save_sleep(name, situation.sleep)
    msg = "somebody asked for something else meanwhile"
    raise ChangedError(msg)

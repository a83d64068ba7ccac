"""Right before a delete: does everybody still ask for what it was decided on?

Everything is read once more between the two, which takes seconds, and up to a minute where AWS
throttles. Who is answered in that time must not find the endpoint deleted.
"""

from lowtide.domain.errors import ChangedError
from lowtide.domain.lifecycle.context import Context
from lowtide.workflows.services import Services


def must_still_be_asked(context: Context, services: Services) -> None:
    """Raises ChangedError where it is not: the delete is given up as if it had never begun."""
    name = context.endpoint.name
    found = services.store.load(name)
    decided_on = context.paused, context.override, context.asked
    if (found.paused, found.override, found.asked) == decided_on:
        return
    services.store.save_record(name, context.record, "", context.now)
    services.store.save_sleep(name, context.sleep)
    msg = "somebody asked for something else meanwhile"
    raise ChangedError(msg)

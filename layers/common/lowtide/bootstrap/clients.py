"""How long each kind of client waits, and how often it tries.

The scheduler, the publisher and control have 60 seconds. They ask about many endpoints in parallel:
a call that hangs must not cost the other endpoints their turn.
"""

from botocore.config import Config

from lowtide.adapters.parallel import ParallelMap

THREADS = 16
WITHIN_S = 20  # an endpoint that takes longer is left out of this run

# For the steps of one endpoint. SageMaker does not publish the rates of its API: the adaptive mode
# slows down by itself where they are met.
STEP = Config(retries={"mode": "adaptive", "max_attempts": 5}, connect_timeout=3, read_timeout=10)
# For questions before a delete. Without an answer the endpoint is not deleted, so a fast failure
# is safe.
BEFORE_DELETE = Config(
    retries={"mode": "standard", "total_max_attempts": 2},
    connect_timeout=2,
    read_timeout=5,
    max_pool_connections=THREADS,
)
# For the scaling that `status` shows: a service that hangs costs its part of the answer, not all.
STATUS = Config(
    retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=2, read_timeout=3
)
# For the publisher, which asks again in the next minute.
PUBLISH = Config(
    retries={"mode": "adaptive", "total_max_attempts": 3},
    connect_timeout=2,
    read_timeout=5,
    max_pool_connections=THREADS,
    # Checking our own requests, and describing this machine in each, is a fifth of the work.
    parameter_validation=False,
    user_agent="lowtide",
)
# For decisions about all endpoints. Three rounds of calls follow each other in one run.
DECIDE = PUBLISH.merge(Config(read_timeout=3))


def parallel_map() -> ParallelMap:
    return ParallelMap(threads=THREADS, within_s=WITHIN_S)

"""The publisher loads nothing of the lifecycle, of the table or of IAM.

An error there must not stop the metric that scaling follows, and its cold start must not pay for
code that it does not run.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORBIDDEN = (
    "lowtide.adapters.autoscaling",
    "lowtide.adapters.dynamodb",
    "lowtide.adapters.iam",
    "lowtide.adapters.sqs",
    "lowtide.bootstrap.lifecycle",
    "lowtide.domain.history",
    "lowtide.domain.lifecycle",
    "lowtide.domain.scaling",
    "lowtide.domain.snapshot",
    "lowtide.workflows.control",
    "lowtide.workflows.decision",
    "lowtide.workflows.decision_report",
    "lowtide.workflows.gather",
    "lowtide.workflows.reconciler",
    "lowtide.workflows.schedule_cache",
    "lowtide.workflows.scheduler",
    "lowtide.workflows.services",
    "lowtide.workflows.state_cache",
)
LOADED = """
import json, runpy, sys
runpy.run_path(sys.argv[1])
print(json.dumps([name for name in sys.modules if name.startswith("lowtide")]))
"""


def loaded_with(function: str) -> set[str]:
    """Lowtide's modules that a fresh interpreter has after the function's cold start."""
    environment = {
        "AWS_DEFAULT_REGION": "us-east-1",
        "LOWTIDE_CONFIG": str(ROOT / "layers/config/endpoints/dev.yaml"),
        "LOWTIDE_LEAD_MINUTES": "30",
        "LOWTIDE_QUEUE_URL": "https://queue",
        "LOWTIDE_STACK": "lowtide-dev",
        "LOWTIDE_TABLE": "table",
        "PATH": os.environ["PATH"],
        "POWERTOOLS_METRICS_NAMESPACE": "Lowtide",
        "POWERTOOLS_SERVICE_NAME": function,
        "PYTHONPATH": str(ROOT / "layers/common"),
    }
    app = ROOT / "functions" / function / "app.py"
    command = [sys.executable, "-c", LOADED, str(app)]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    return set(json.loads(result.stdout.splitlines()[-1]))


def test_the_publisher_loads_nothing_of_the_lifecycle() -> None:
    modules = loaded_with("publisher")
    assert {m for m in modules if f"{m}.".startswith(tuple(f"{p}." for p in FORBIDDEN))} == set()
    assert "lowtide.workflows.publisher.run" in modules


def test_each_forbidden_package_exists() -> None:
    """One that was renamed would be forbidden under a name that nothing has."""
    paths = [ROOT / "layers/common" / package.replace(".", "/") for package in FORBIDDEN]
    assert [p for p in paths if not p.is_dir() and not p.with_suffix(".py").is_file()] == []

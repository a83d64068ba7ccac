"""Files with one line that a test gives, and what the loader says of them."""

from lowtide import config

WINDOW = '{start: "0 8 * * *", stop: "0 20 * * *"}'
OFFICE = f"windows: [{WINDOW}]"
FILE = f"""
timezone: America/New_York
schedules:
  o:
    {OFFICE}
    SCHEDULE
endpoints:
  - name: my-endpoint
    schedule: o
    ENDPOINT
"""
NO_TYPE = "not an instance type of SageMaker, which look like ml.g6.2xlarge"
CAPACITY = "capacity: {ml.g6.xlarge: 10}"


def errors_of(text: str) -> list[str]:
    return [str(field_error) for field_error in config.parse(text).errors]


def with_schedule(line: str) -> str:
    return FILE.replace("SCHEDULE", line).replace("ENDPOINT", "")


def with_endpoint(line: str) -> str:
    return FILE.replace("SCHEDULE", "").replace("ENDPOINT", line)

"""The JSON Schema of the file, for the completion and the hints of editors."""

import json
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from lowtide.config.file_model import File


def schema() -> None:
    """Print the JSON Schema of the file, which editors complete from."""
    print(schema_text(), end="")  # noqa: T201 - exactly this text is kept beside the files


def schema_text() -> str:
    generated = File.model_json_schema(schema_generator=_ForEditors)
    head = {"$schema": _ForEditors.schema_dialect, "title": "What Lowtide manages"}
    return json.dumps(head | _untitled(generated), indent=2) + "\n"


class _ForEditors(GenerateJsonSchema):
    """A key that may be left out has no null, and a default only where it is a word."""

    def nullable_schema(self, schema: Any) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> dict[str, Any]:
        json_schema = super().default_schema(schema)
        if not isinstance(schema.get("default"), str | bool):
            json_schema.pop("default", None)
        return json_schema


def _untitled(node: Any) -> Any:
    """Pydantic's titles repeat the names."""
    if isinstance(node, dict):
        return {key: _untitled(value) for key, value in node.items() if key != "title"}
    return [_untitled(item) for item in node] if isinstance(node, list) else node

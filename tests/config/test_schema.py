"""The JSON Schema of the configuration: it agrees with what the configuration accepts."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from visunn_lint.checking import check_settings
from visunn_lint.config import load_settings
from visunn_lint.config.schema import Schema, json_schema
from visunn_lint.errors import ConfigError
from visunn_lint.rules import discover

PUBLISHED = Path(__file__).parents[2] / "schema" / "visunn.schema.json"


@pytest.fixture(scope="module")
def schema() -> Schema:
    """Return the schema with the options of the rules of this package."""
    return json_schema({rule.name: rule for rule in discover() if rule.__module__.startswith("visunn_lint.")})


def test_the_published_schema_is_the_one_of_the_code(schema: Schema) -> None:
    """`visunn schema > schema/visunn.schema.json` writes it."""
    assert json.loads(PUBLISHED.read_text("utf-8")) == json.loads(json.dumps(schema))
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    "text",
    [
        "",
        'select = ["VIS1"]\nfail-on = "info"\npreview = true\nbaseline = "known.json"',
        'per-module-ignores."a.*" = ["VIS101"]\nrules.over-budget.params = 3\nrules.over-budget.largest-share = 0.5',
        'rules.unexpected-module.max = { "Linear" = 3 }',
        '[models.net]\ntarget = "net.py"\ninputs = "2x3"\nmodes = ["eval"]\nkwargs = { scale = 2.0 }',
        '[models.net]\ninputs = { x = [2, 3], mask = "2x16" }\nrules.over-budget.depth = 3\nshapes.fc = "b 1 -> b 2"',
    ],
)
def test_what_the_configuration_accepts_the_schema_accepts(tmp_path: Path, text: str, schema: Schema) -> None:
    """Each kind of value, at each level."""
    (tmp_path / "visunn.toml").write_text(text, encoding="utf-8")
    load_settings(tmp_path, environ={}, check=check_settings)
    jsonschema.validate(tomllib.loads(text), schema)


@pytest.mark.parametrize(
    "text",
    [
        "selct = []",
        'select = "VIS1"',
        'fail-on = "never"',
        'preview = "yes"',
        "rules.over-budgt.params = 3",
        "rules.over-budget.parms = 3",
        'rules.over-budget.params = "3"',
        'models.net.modes = ["both"]',
        "models.net.inputs = 3.5",
        "models.net.rules.over-budget.parms = 3",
    ],
)
def test_what_the_configuration_refuses_the_schema_refuses(tmp_path: Path, text: str, schema: Schema) -> None:
    """Misspelt keys, and values of another type."""
    (tmp_path / "visunn.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"visunn\.toml:1: "):
        load_settings(tmp_path, environ={}, check=check_settings)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text), schema)

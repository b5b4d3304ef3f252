"""The five-step table as people and as programs read it."""

from __future__ import annotations

import json
from dataclasses import replace

from visunn_lint.profiling import Profile, Step
from visunn_lint.render.profile import render, to_json

STEPS = tuple(
    Step(name, title, seconds)
    for name, title, seconds in (
        ("capture", "model to GraphDef", 0.05),
        ("decode", "GraphDef to graph", 0.004),
        ("prune_nodes", "prune nodes", 0.0003),
        ("prune_modules", "prune modules", 0.0002),
        ("modularize", "build topology", 0.0001),
    )
)
NATIVE = Profile(
    "ResNet", "native", "meta", "eval", ("float32[8,3,32,32]",), 5, STEPS, 173, 173, 68, 132_211, 1_165_317
)
OTHER = replace(
    NATIVE, engine="torchscript", rung="real", steps=(replace(STEPS[0], seconds=1.5), *STEPS[1:]), graph_nodes=307
)


def test_the_table_has_a_row_for_each_step_and_a_column_for_each_profile() -> None:
    """Times, their sum, sizes and counts, aligned."""
    assert render([NATIVE, OTHER]).plain.splitlines() == [
        "ResNet, eval, float32[8,3,32,32]: median of 5 runs",
        "",
        "                           native   torchscript",
        "1  model to GraphDef     0.0500 s      1.5000 s",
        "2  GraphDef to graph     0.0040 s      0.0040 s",
        "3  prune nodes           0.0003 s      0.0003 s",
        "4  prune modules         0.0002 s      0.0002 s",
        "5  build topology        0.0001 s      0.0001 s",
        "   total                 0.0546 s      1.5046 s",
        "GraphDef                 132.2 kB      132.2 kB",
        "Topology               1,165.3 kB    1,165.3 kB",
        "nodes                   173 → 173     307 → 173",
        "modules                        68            68",
    ]


def test_the_ascii_table_has_no_other_characters() -> None:
    """The arrow has a twin."""
    text = render([NATIVE], ascii=True).plain
    assert text.isascii()
    assert "173 -> 173" in text


def test_profiles_of_several_models_are_told_apart() -> None:
    """The model's name stands above its column."""
    assert render([NATIVE, replace(NATIVE, name="Net")]).plain.splitlines()[3].split() == [
        "ResNet",
        "native",
        "Net",
        "native",
    ]


def test_the_document_holds_all_figures() -> None:
    """Version first, seconds by step."""
    document = json.loads(to_json([NATIVE]))
    assert list(document) == ["version", "profiles"]
    assert document["version"] == 1
    assert document["profiles"] == [
        {
            "name": "ResNet",
            "engine": "native",
            "rung": "meta",
            "mode": "eval",
            "inputs": ["float32[8,3,32,32]"],
            "repeats": 5,
            "seconds": {step.name: step.seconds for step in STEPS},
            "graph_bytes": 132_211,
            "topology_bytes": 1_165_317,
            "graph_nodes": 173,
            "topology_nodes": 173,
            "modules": 68,
            "failure": "",
        }
    ]

"""A project with three configured models, one of them broken, and what is shown of it.

`python -m tests.cli.three_models` writes the golden files anew.
"""

from __future__ import annotations

import os
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.projects import write
from visunn_lint.cli import run
from visunn_lint.render import report_formats

FOLDER = Path(__file__).parent.parent / "golden" / "three_models"

PROJECT = {
    "visunn.toml": """\
        select = ["unused-module", "recycled-layer", "bias-before-norm", "over-budget"]

        [models.classifier]
        target = "nets/classifier.py"
        inputs = "b x 8"

        [models.encoder]
        target = "nets/encoder.py::Encoder"
        inputs = "2x3x16x16"

        [models.decoder]
        target = "nets/decoder.py"
        inputs = "2x8"
    """,
    "nets/classifier.py": """\
        from torch import nn


        class Classifier(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(8, 8)
                self.head = nn.Linear(8, 2)
                self.forgotten = nn.Linear(8, 8)

            def forward(self, x):
                return self.head(self.fc(x).relu())
    """,
    "nets/encoder.py": """\
        from torch import nn


        class Encoder(nn.Module):
            def __init__(self):
                super().__init__()
                self.stem = nn.Conv2d(3, 8, 3, padding=1)
                self.norm = nn.BatchNorm2d(8)
                self.relu = nn.ReLU()

            def forward(self, x):
                x = self.relu(self.norm(self.stem(x)))
                return self.relu(x.mean(dim=(2, 3)))
    """,
    "nets/decoder.py": """\
        from torch import nn
        from vectors import Codebook


        class Decoder(nn.Module):
            def __init__(self):
                super().__init__()
                self.codebook = Codebook(8)

            def forward(self, x):
                return self.codebook(x)
    """,
}


def shown(folder: Path) -> dict[str, str]:
    """Return what `visunn check` shows of the project on stdout, on stderr, and in a file of each format."""
    write(folder, PROJECT)
    formats = [f"--output-format={name}=reports/{name}" for name in report_formats()]
    with chdir(folder), redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = run(["check", "--output-format=full", *formats])
    reports = {name: (folder / "reports" / name).read_text("utf-8") for name in report_formats()}
    return {"stdout": out.getvalue(), "stderr": f"{err.getvalue()}exit code {code}\n", **reports}


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.environ.pop("FORCE_COLOR", None)
    with TemporaryDirectory() as temporary:
        for title, text in shown(Path(temporary)).items():
            (FOLDER / f"{title}.txt").write_text(text, encoding="utf-8")

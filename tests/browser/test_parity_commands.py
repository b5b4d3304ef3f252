"""What the first visunn's users did: train with a Visu, run visu, and look."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from torch import nn, zeros
from torch.utils.tensorboard import SummaryWriter

from tests.browser.commands import ROOT, environment, served
from visunn_lint.visu import Visu

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import APIResponse, Page

    from tests.browser.opening import Opener

pytestmark = pytest.mark.usefixtures("bundle")
VISU, VISUNN = "visunn_lint.cli._visu:main", "visunn_lint.cli:main"


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """Return a folder with a log of a small perceptron in it."""
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    Visu(model, [(zeros(3, 4), zeros(3))], logdir=str(tmp_path / "logs"), name="MLP")
    return tmp_path / "logs"


@contextmanager
def _looking(opener: Opener, url: str) -> Iterator[Page]:
    """Open the page of a server until its tree is there; it is closed before the server ends."""
    page = opener.address(url, url.partition("/?")[0])
    page.get_by_role("treeitem").first.wait_for()
    yield page
    page.context.close()


def _asked(page: Page, path: str) -> APIResponse:
    """Return the answer to whom the server has let in."""
    return page.context.request.get(f"{page.url.rstrip('/')}{path}")


def test_a_trained_model_is_shown(opener: Opener, tmp_path: Path) -> None:
    """The example logs while it trains, to its end; visu shows the log, and Ctrl-C frees the port."""
    command = [sys.executable, str(ROOT / "examples/train.py"), "-l", "logs", "-n", "ThreeLayerMLP", "-e", "1"]
    subprocess.run(command, cwd=tmp_path, env=environment(), check=True, capture_output=True)  # noqa: S603 -- our own
    with served(VISU, "-l", "logs", "-n", "ThreeLayerMLP", "-p", "0", folder=tmp_path) as visu:
        with _looking(opener, visu.url) as page:
            assert page.url == f"{visu.origin}/"
            for name in ("linear1", "relu", "linear2", "linear3"):
                expect(page.get_by_role("treeitem", name=name).first).to_be_visible()
        code, told = visu.interrupt()
    assert (code, "Traceback" in told) == (0, False)
    with socket.create_server(("127.0.0.1", urlsplit(visu.url).port or 0)):
        pass


def test_the_tables_are_for_whom_the_server_let_in(opener: Opener, logdir: Path) -> None:
    """As JSON with the first visunn's keys, and shapes; a tag that is unknown is a 404, and nobody else gets any."""
    command = served(VISU, "-l", str(logdir), "-n", "MLP", "-p", "0", folder=logdir)
    with command as visu, _looking(opener, visu.url) as page:
        root = _asked(page, "/api/root")
        assert sorted(root.json()) == ["coords", "edges", "inputs", "meta", "outputs"]
        linear = root.json()["meta"]["0"]
        assert (linear["op"], linear["input_shapes"], linear["output_shapes"]) == ("aten::linear", [[3, 4]], [[3, 8]])
        unknown = _asked(page, "/api/a;b;c")
        assert (unknown.status, unknown.json()) == (404, {"error": "there is no module 'a/b/c'"})
        page.context.clear_cookies()
        assert [_asked(page, path).status for path in ("/", "/document.json", "/api/root")] == [401] * 3


@pytest.mark.filterwarnings("ignore:.*torch.jit:FutureWarning")  # what add_graph itself uses
def test_a_log_of_somebody_else_is_shown(opener: Opener, tmp_path: Path) -> None:
    """What a SummaryWriter has logged with add_graph, as TensorBoard's users do."""
    with SummaryWriter(str(tmp_path / "logs/other")) as writer:
        writer.add_graph(nn.Sequential(nn.Linear(4, 8), nn.ReLU()), zeros(3, 4))
    command = served(VISU, "-l", "logs", "-n", "other", "-p", "0", folder=tmp_path)
    with command as visu, _looking(opener, visu.url) as page:
        shown = page.evaluate("window.visunn.store.getState().tables.boxes.map((box) => box.op)")
        assert {"aten::linear", "aten::relu"} <= set(shown)


MODEL = """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, WIDTH)

    def forward(self, x):
        return self.fc(x)
"""


def test_a_saved_model_is_shown_at_once(opener: Opener, tmp_path: Path) -> None:
    """And one that does not run is told of, over the graph of the last that did."""
    (tmp_path / "visunn.toml").touch()
    net = tmp_path / "net.py"
    net.write_text(MODEL.replace("WIDTH", "2"))
    with served(VISUNN, "serve", "net.py", "--input", "2x4", folder=tmp_path) as serve:
        with _looking(opener, serve.url) as page:
            header = page.get_by_role("banner")
            expect(header).to_contain_text("10 parameters")
            net.write_text(MODEL.replace("WIDTH", "3"))
            expect(header).to_contain_text("15 parameters", timeout=60_000)
            net.write_text(MODEL.replace("WIDTH", "no_such_name"))
            expect(page.get_by_text("no_such_name")).to_be_visible(timeout=60_000)
            expect(header).to_contain_text("15 parameters")
        assert serve.interrupt()[0] == 0

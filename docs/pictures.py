"""The pictures of the viewer: `python docs/pictures.py` renews those of the README, `--all FOLDER` makes every view.

Each is what `visunn export` writes, opened in Debian's chromium and looked at from where a reader would.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Literal

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Browser

_HERE: Final = Path(__file__).parent
_EXAMPLES: Final = _HERE.parent / "examples"
_CHROMIUM: Final = "/usr/bin/chromium"
_SOFTWARE_WEBGL: Final = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
_WIDE: Final = """
from torch import nn

class Wide(nn.Module):
    def __init__(self):
        super().__init__()
        self.branches = nn.ModuleList(nn.Linear(8, 8 + index % 7) for index in range(10_000))

    def forward(self, x):
        return [branch(x) for branch in self.branches]
"""

Theme = Literal["dark", "light"]


@dataclass(frozen=True)
class Subject:
    """What ``visunn export`` is given."""

    target: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A view of a subject; ``fragment`` is the part of the page's link behind ``#``, ``keys`` are pressed in it."""

    name: str
    subject: str
    fragment: str = ""
    keys: tuple[str, ...] = ()
    theme: Theme = "dark"
    size: tuple[int, int] = (1280, 800)


_IMAGE: Final = ("--input", "2x3x224x224", "--no-findings")
_SUBJECTS: Final = {
    "resnet18": Subject("torchvision.models:resnet18", _IMAGE[:2]),
    "vit": Subject("torchvision.models:vit_b_16", _IMAGE),
    "googlenet": Subject("torchvision.models:googlenet", _IMAGE),
    "recycled": Subject(str(_EXAMPLES / "three_layer_mlp_recycled.py")),
    "mistakes": Subject(str(_EXAMPLES / "four_mistakes.py")),
    "diff": Subject("torchvision.models:resnet34", ("--against", "torchvision.models:resnet18", *_IMAGE)),
    "wide": Subject("wide.py", ("--input", "2x8", "--no-findings")),
}
_README: Final = (
    Picture("resnet18", "resnet18"),
    Picture("vit", "vit", theme="light"),
    Picture("mistakes", "mistakes", keys=("n",)),
    Picture("diff", "diff", "show=changes", theme="light"),
)
_VIEWS: Final = (
    Picture("resnet18", "resnet18"),
    Picture("resnet18-layer2", "resnet18", "in=layer2"),
    Picture("resnet18-flops", "resnet18", "show=flops"),
    Picture("findings", "mistakes", keys=("n",)),
    Picture("vit", "vit"),
    Picture("googlenet", "googlenet"),
    Picture("recycled", "recycled"),
    Picture("recycled-merged", "recycled", "merged"),
    Picture("diff", "diff", "show=changes"),
    Picture("wide", "wide"),
)


def main() -> None:
    """Make the pictures that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="make every view in every look there instead")
    folder: Path | None = parser.parse_args().all
    if folder is None:
        draw(_README, _HERE / "pictures")
    else:
        draw(_every_look(_VIEWS), folder)


def _every_look(pictures: Iterable[Picture]) -> Iterable[Picture]:
    """Yield each picture in both themes, on a desk and on a telephone."""
    themes: tuple[Theme, ...] = ("dark", "light")
    for picture, theme, size in product(pictures, themes, ((1280, 800), (390, 844))):
        name = f"{picture.name}-{theme}-{size[0]}"
        yield Picture(name, picture.subject, picture.fragment, picture.keys, theme, size)


def draw(pictures: Iterable[Picture], folder: Path) -> None:
    """Write pictures as PNG files into a folder, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as temporary, sync_playwright() as playwright:
        work = Path(temporary)
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=list(_SOFTWARE_WEBGL))
        for picture in pictures:
            _take(browser, _exported(picture.subject, work), picture, folder / f"{picture.name}.png")


def _exported(name: str, work: Path) -> Path:
    """Return the page of a subject, which is exported once."""
    page = work / f"{name}.html"
    if not page.exists():
        (work / "wide.py").write_text(_WIDE)
        subject = _SUBJECTS[name]
        command = [sys.executable, "-m", "visunn_lint", "export", subject.target, "-o", page.name, *subject.options]
        subprocess.run(command, cwd=work, check=True)  # noqa: S603 -- this interpreter, and the targets above
    return page


def _take(browser: Browser, html: Path, picture: Picture, path: Path) -> None:
    width, height = picture.size
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme=picture.theme, reduced_motion="reduce"
    )
    page.goto(f"{html.as_uri()}#{picture.fragment}")
    while not page.evaluate("window.visunn?.statistics?.().frames > 0"):  # a poll within it, its policy forbids
        page.wait_for_timeout(100)
    for key in picture.keys:
        page.keyboard.press(key)
    page.wait_for_timeout(1500)
    page.screenshot(path=path)
    page.close()
    print(path)  # noqa: T201 -- what was made


if __name__ == "__main__":
    main()

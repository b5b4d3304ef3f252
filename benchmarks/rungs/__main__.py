"""The command: ``python -m benchmarks.rungs SOURCE``."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import click

from benchmarks.rungs.judging import verdicts
from benchmarks.zoo import sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.rungs.judging import Verdict


@click.command()
@click.argument("source", type=click.Choice(sources.LIBRARIES))
@click.option("--every", metavar="N", type=click.IntRange(1), default=1, help="Take every N-th model.")
@click.option("--offset", metavar="K", type=click.IntRange(0), default=0, help="Leave out the first K.")
def main(source: str, *, every: int, offset: int) -> None:
    """Run the models of SOURCE on each kind of tensors without data, and compare what they do there."""
    found: defaultdict[str, list[Verdict]] = defaultdict(list)
    for name in sources.find(source).names()[offset::every]:
        for verdict in verdicts(source, name):
            found[verdict.kind].append(verdict)
    for line in report(found):
        click.echo(line)


def report(found: Mapping[str, Sequence[Verdict]]) -> Iterator[str]:
    """Yield how many models each kind runs, how long it takes over those that all of them run, and what stops it."""
    everywhere = set.intersection(*({each.model for each in group if not each.error} for group in found.values()))
    for kind, group in found.items():
        passed = [each for each in group if not each.error]
        seconds = sum(each.seconds for each in passed if each.model in everywhere)
        yield f"{kind:15} {len(passed):4} of {len(group)} models, {seconds:.2f} s for the {len(everywhere)} all run"
    for kind, group in found.items():
        yield from (f"  {kind}: {each.model}: {each.error}" for each in group if each.error)


if __name__ == "__main__":
    main()

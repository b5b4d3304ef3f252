"""VIS110 recycled-layer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from visunn_lint import query
from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.location import Location, is_installed
from visunn_lint.records import Call, Module
from visunn_lint.rules._neighbours import chain, feeds_itself
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_STATISTICS = frozenset({"running_mean", "running_var", "num_batches_tracked"})


@dataclass(frozen=True)
class RecycledLayer(Rule):
    """A module is called more than once in a run: a cycle in the graph of modules.

    Each call site is told with what comes before and after it, and whether the calls share
    anything: nothing (ReLU, dropout, pooling), weights, or state such as running statistics.
    Modules that share nothing are folded into one finding. Of a subtree that is run several
    times only the top is reported.

    ## Why is this bad?
    It need not be: siamese and recurrent networks are built so. But where one ``self.relu`` stands for
    three activations, the module tree no longer says what the network is, per-layer hooks, summaries
    and quantization take the calls for one, and what was meant as two layers may be one by mistake.

    ## Use instead
    One module per call, where nothing is meant to be shared.

    ## References
    - pytorch/pytorch#1738, of what happens to the statistics of a norm
    - zalandoresearch/pytorch-vq-vae#2, of layers that were meant to be several
    """

    code = "VIS110"
    name = "recycled-layer"
    category = "wiring"
    severity = Severity.INFO
    since = "0.1.0"
    is_structural = True
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.linear1, self.linear2, self.linear3 = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 2)
                    self.relu = nn.ReLU()

                def forward(self, x):
                    x = self.relu(self.linear1(x))
                    x = self.relu(self.linear2(x))
                    return self.linear3(x)
            """,
            inputs="2x4",
            at=("relu",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.encoder = nn.Sequential(nn.Linear(4, 4), nn.Tanh())
                    self.norm = nn.BatchNorm1d(4)
                    self.act, self.drop = nn.ReLU(), nn.Dropout()

                def forward(self, left, right):
                    left, right = self.norm(self.encoder(left)), self.norm(self.encoder(right))
                    return self.drop(self.act(left)) * self.drop(self.act(right))
            """,
            inputs="2x4, 2x4",
            at=("encoder", "norm", "act"),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.cell = nn.Linear(4, 4)

                def forward(self, x):
                    for _ in range(3):
                        x = self.cell(x)
                    return x
            """,
            inputs="2x4",
            at=("cell",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.linear1, self.linear2, self.linear3 = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 2)
                    self.relu1, self.relu2 = nn.ReLU(), nn.ReLU()

                def forward(self, x):
                    x = self.relu1(self.linear1(x))
                    x = self.relu2(self.linear2(x))
                    return self.linear3(x)
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each recycled module that shares something, and one for all that share nothing."""
        told: set[str] = set()
        for topology in model.topologies:
            recycled = [module for module in topology if module.path not in told and _is_recycled(module)]
            told.update(module.path for module in recycled)
            stateless: defaultdict[bool, list[Module]] = defaultdict(list)
            for module in recycled:
                if _what_is_shared(topology, module):
                    yield self._report(topology, module)
                else:
                    stateless[_is_library_code(module)].append(module)
            for modules in stateless.values():
                yield self._report(topology, modules[0], tuple(modules[1:]))

    def _report(self, topology: Topology, module: Module, others: tuple[Module, ...] = ()) -> Finding:
        shared = _what_is_shared(topology, module)
        first, *sites = _call_sites(topology, module)
        cycle = "a cycle in the module graph" if feeds_itself(topology, module.calls) else "side by side"
        name = f"`{module.path}`" if module.path else "the model"
        what = f"{name} ({module.short_kind}, {shared or 'stateless'}) is called {len(module.calls)} times"
        also = f"; so {_counted(len(others))}" if others else ""
        return self.finding(
            module,
            f"{what}, {cycle}{also}",
            location=first.location,
            label=first.message,
            advice=_advice(module, shared),
            related=(*sites, *_others(others)),
        )


def _is_recycled(module: Module) -> bool:
    """Return whether a module is called more often than the module that calls it."""
    parents = Counter(call.parent for call in module.calls)
    callers = {parent and parent[0] for parent in parents}
    return len(module.calls) > 1 and (len(callers) > 1 or max(parents.values()) > 1)


def _what_is_shared(topology: Topology, module: Module) -> str:
    """Return what the calls of a module have in common, "" for nothing."""
    buffers = (buffer.name for owner in (module, *topology.descendants(module)) for buffer in owner.buffers)
    keeps_state = not _STATISTICS.isdisjoint(buffers)
    shares_weights = any(True for _ in query.params_below(topology, module))
    return " and ".join(["shares weights"] * shares_weights + ["keeps state"] * keeps_state)


def _is_library_code(module: Module) -> bool:
    source = module.calls[0].source
    return source is not None and is_installed(source.file)


def _call_sites(topology: Topology, module: Module) -> Iterator[Related]:
    """Yield each line that calls a module, with which calls it makes and what stands around them."""
    sites: defaultdict[Location | None, list[Call]] = defaultdict(list)
    for call in module.calls:
        sites[call.source].append(call)
    for location, calls in sites.items():
        yield Related(f"{_numbered(calls)}: {chain(topology, calls)}", location, module.path)


def _numbered(calls: Sequence[Call]) -> str:
    """Return ``call 1``, ``calls 1, 3`` or ``calls 1 to 8``."""
    numbers = [call.index + 1 for call in calls]
    if len(numbers) == 1:
        return f"call {numbers[0]}"
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):  # noqa: PLR2004 -- two are no range
        return f"calls {numbers[0]} to {numbers[-1]}"
    return f"calls {', '.join(map(str, numbers))}"


def _others(modules: Sequence[Module]) -> Iterator[Related]:
    """Yield where other modules are first called, those of one line together."""
    lines: defaultdict[Location | None, list[Module]] = defaultdict(list)
    for module in modules:
        lines[module.calls[0].source].append(module)
    for location, group in lines.items():
        more = f" and {len(group) - 1} like it" if len(group) > 1 else ""
        times = len(group[0].calls)
        yield Related(f"`{group[0].path}`{more}: called {times} times", location, group[0].path)


def _counted(others: int) -> str:
    return "is 1 other stateless module" if others == 1 else f"are {others} other stateless modules"


def _advice(module: Module, shared: str) -> str:
    if not shared:
        is_torchs = module.kind == f"torch.nn.{module.short_kind}"
        one = f"one {'nn.' if is_torchs else ''}{module.short_kind}() per call"
        return f"nothing is shared between the calls; {one} makes the graph read as written"
    if "keeps state" in shared:
        return "every call moves the same running statistics; give each call a norm of its own unless that is meant"
    return "all calls use, and train, the same weights; build one module per call unless that is meant"

"""GraphDef, the one interchange format: every engine writes it, one decoder reads it.

What GraphDef has no field for travels in attributes under ``_visunn_``. Most attributes of a node
are those of many others: each is encoded once, and a node is its encoded parts in a row, as protobuf
defines the merging of messages. Reading goes straight to the fields; MessageToDict costs many times that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar, cast

import msgspec
from tensorboard.compat.proto.attr_value_pb2 import AttrValue
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.versions_pb2 import VersionDef

from visunn_lint.errors import GraphError
from visunn_lint.location import Location
from visunn_lint.pipeline import foreign
from visunn_lint.pipeline.graph import Capture, Graph
from visunn_lint.pipeline.order import in_execution_order
from visunn_lint.records import Node
from visunn_lint.spec import TensorSpec, to_plain

if TYPE_CHECKING:
    from google.protobuf.internal.containers import MessageMap
    from tensorboard.compat.proto.node_def_pb2 import NodeDef

    from visunn_lint.records import Autograd, NodeKind
    from visunn_lint.spec import Plain

Key = TypeVar("Key", bound=Hashable)
Held = TypeVar("Held")

KIND: Final = "_visunn_kind"
MODULE: Final = "_visunn_module"
CALL: Final = "_visunn_call"
OUTPUTS: Final = "_visunn_outputs"
INPUTS: Final = "_visunn_inputs"
ARGUMENTS: Final = "_visunn_arguments"
SOURCE: Final = "_visunn_source"
LABEL: Final = "_visunn_label"
AUTOGRAD: Final = "_visunn_autograd"
OUTPUT_SHAPES: Final = "_output_shapes"

_ILLEGAL = re.compile(r"[^A-Za-z0-9_.\-]")
_STANDING: Final = frozenset({"input", "output", "param", "buffer", "const", "opaque"})
"""The ops of nodes that are no ops: their kind is the same word."""
_NO_TENSOR = "-"
_BATCH = "!"
"""Stands between a spec and the axes of it that follow the batch."""
_PRODUCER = 22
"""The GraphDef version that torch writes and TensorBoard reads."""
_NODE, _NAME, _OP, _INPUT, _ATTRIBUTE = b"\x0a", b"\x0a", b"\x12", b"\x1a", b"\x2a"
_KEY, _VALUE, _BYTES, _LIST = b"\x0a", b"\x12", b"\x12", b"\x0a"
_SHAPE, _DIM, _SIZE, _UNKNOWN_RANK = b"\x3a", b"\x12", b"\x08", b"\x18\x01"
"""What stands before each field in an encoded message, its number and that a length follows: of a GraphDef its nodes,
of a node its name, op, inputs and attributes, of an attribute its key and value, of a value its bytes or its list,
of a list its shapes, of a shape its dims, of a dim its size; and a shape of which not even the rank is known."""
_64_BITS = (1 << 64) - 1
"""A size below 0, as other programs write one that they do not know, is written as what it is beyond these bits."""


class Names:
    """Hands out node names: unique, and made of what TensorBoard allows in one."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def take(self, *parts: str) -> str:
        """Return a name with these parts between slashes, numbered if it was taken before."""
        return self._unique(legal_prefix(*parts))

    def take_within(self, prefix: str, last: str) -> str:
        """Return the same for parts of which all but the last have been joined by ``legal_prefix``."""
        return self._unique(within(prefix, last))

    def _unique(self, base: str) -> str:
        taken = self._taken
        if base not in taken:
            taken[base] = 0
            return base
        name, count = base, taken[base]
        while name in taken:
            count += 1
            name = f"{base}_{count}"
        taken[name], taken[base] = 0, count
        return name


def legal_prefix(*parts: str) -> str:
    """Return parts between slashes, made of what TensorBoard allows in a name."""
    joined = "/".join(map(_legal, parts))
    return joined if joined[0].isascii() and joined[0].isalnum() else f".{joined}"


def within(prefix: str, last: str) -> str:
    """Return such a prefix with one part more."""
    return f"{prefix}/{_legal(last)}"


@lru_cache(maxsize=65536)
def _legal(part: str) -> str:
    return _ILLEGAL.sub("_", part) or "_"


class _Once(dict[Key, bytes]):
    """Encoded fields by what they hold: each is made when first asked for."""

    def __init__(self, encode: Callable[[Key], bytes]) -> None:
        super().__init__()
        self._encode = encode

    def __missing__(self, key: Key) -> bytes:
        made = self[key] = self._encode(key)
        return made


class _OnceEach(dict[int, tuple[bytes, Held]]):
    """Encoded fields by the identity of what they hold: to compare such objects would take longer than to encode them.

    They are kept, so that no other one comes by the identity of one.
    """

    def __init__(self, encode: Callable[[Held], bytes]) -> None:
        super().__init__()
        self._encode = encode

    def keep(self, held: Held) -> tuple[bytes, Held]:
        """Encode an object, and keep it."""
        made = self[id(held)] = (self._encode(held), held)
        return made


class GraphWriter:
    """Builds a GraphDef node by node, in protobuf's encoding."""

    def __init__(self) -> None:
        self._written: list[bytes] = []
        self._sorts: _Once[tuple[str, str]] = _Once(_encoded_sort)
        self._modules: _Once[str] = _Once(_encoded_module)
        self._calls: _Once[int] = _Once(lambda call: _encoded(CALL, AttrValue(i=call)))
        self._outputs: _OnceEach[TensorSpec | None] = _OnceEach(_encoded_output)
        self._arguments: _OnceEach[Mapping[str, Plain]] = _OnceEach(_encoded_arguments)
        self._sources: _OnceEach[Location] = _OnceEach(lambda source: _encoded_bytes(SOURCE, _format_location(source)))

    def encoded(self) -> bytes:
        """Return the graph of all nodes added so far."""
        return b"".join([*self._written, _VERSIONS])

    def add(  # noqa: PLR0913 -- a node has that many fields; they are named at every call
        self,
        name: bytes,
        op: str,
        kind: NodeKind,
        *,
        inputs: Sequence[bytes] = (),
        outputs: tuple[TensorSpec | None, ...] = (),
        seen: tuple[TensorSpec | None, ...] | None = None,
        module: str = "",
        call: int | None = None,
        arguments: Mapping[str, Plain] | None = None,
        source: Location | None = None,
        label: str = "",
        autograd: Autograd = "on",
    ) -> None:
        """Append a node.

        ``inputs`` are ``name`` or ``name:slot``, ``seen`` their specs where these differ from what the producers gave
        out. Names are as ``encoded_names`` has them.
        """
        parts = [
            _NAME,
            name,
            self._sorts[op, kind],
            (self._outputs.get(id(outputs[0])) or self._outputs.keep(outputs[0]))[0]
            if len(outputs) == 1
            else _encoded_outputs(outputs),
            self._modules[module],
        ]
        if inputs:
            parts += (_INPUT, _INPUT.join(inputs))
        if call is not None:
            parts.append(self._calls[call])
        if seen is not None:
            parts.append(_encoded_bytes(INPUTS, _format_specs(seen)))
        if arguments:
            parts.append((self._arguments.get(id(arguments)) or self._arguments.keep(arguments))[0])
        if source is not None:
            parts.append((self._sources.get(id(source)) or self._sources.keep(source))[0])
        if label:
            encoded = label.encode("utf-8", "surrogatepass")
            parts += (_header(LABEL, len(encoded)), encoded)
        if autograd != "on":
            parts.append(_encoded_text(AUTOGRAD, autograd))
        node = b"".join(parts)
        self._written += (_NODE, _sized(node))

    def add_stored(
        self,
        name: bytes,
        kind: NodeKind,
        spec: TensorSpec | None,
        module: str,
        arguments: Mapping[str, Plain] | None,
        label: str,
    ) -> None:
        """Append the node of a tensor that a module holds: it reads nothing, and most nodes are such."""
        encoded = label.encode("utf-8", "surrogatepass")
        node = b"".join((
            _NAME,
            name,
            self._sorts[kind, kind],
            (self._outputs.get(id(spec)) or self._outputs.keep(spec))[0],
            self._modules[module],
            (self._arguments.get(id(arguments)) or self._arguments.keep(arguments))[0] if arguments else b"",
            _header(LABEL, len(encoded)),
            encoded,
        ))  # fmt: skip
        self._written += (_NODE, _sized(node))


def encoded_names(names: Iterable[str]) -> list[bytes]:
    """Return names of nodes, or of nodes and slots, as a ``GraphWriter`` takes them: each after its length."""
    return list(map(_sized, map(str.encode, names)))


def _encoded_sort(sort: tuple[str, str]) -> bytes:
    """Return an op, and the kind of its node where that is not the one that the op has by itself."""
    op, kind = sort
    written = _field(_OP, op.encode())
    return written if kind == _kind_of(op) else written + _encoded_text(KIND, kind)


def _kind_of(op: str) -> str:
    return op if op in _STANDING else "op"


def _encoded_module(module: str) -> bytes:
    encoded = module.encode("utf-8", "surrogatepass")
    return _header(MODULE, len(encoded)) + encoded if module else b""


def _encoded_arguments(arguments: Mapping[str, Plain]) -> bytes:
    return _encoded_bytes(ARGUMENTS, msgspec.json.encode(arguments))


@lru_cache(maxsize=65536)
def _encoded_output(spec: TensorSpec | None) -> bytes:
    return _encoded_outputs((spec,))


def _encoded_outputs(specs: tuple[TensorSpec | None, ...]) -> bytes:
    shapes = b"".join([_field(_SHAPE, _encoded_shape(spec)) for spec in specs])
    return _entry(OUTPUT_SHAPES, _field(_LIST, shapes)) + _encoded_bytes(OUTPUTS, _format_specs(specs))


def _encoded_shape(spec: TensorSpec | None) -> bytes:
    """Return a shape as TensorBoard shows it on the edges; what has none has an unknown rank."""
    if spec is None:
        return _UNKNOWN_RANK
    return b"".join([_field(_DIM, _SIZE + _varint(size & _64_BITS) if size else b"") for size in spec.shape])


def _encoded(key: str, value: AttrValue) -> bytes:
    return _entry(key, value.SerializeToString())


def _encoded_bytes(key: str, value: bytes) -> bytes:
    return _header(key, len(value)) + value


@lru_cache(maxsize=65536)
def _header(key: str, length: int) -> bytes:
    """Return what stands before the bytes in an attribute that holds that many of them."""
    filler = bytes(length)
    return _entry(key, _field(_BYTES, filler)).removesuffix(filler)


def _entry(key: str, value: bytes) -> bytes:
    """Return an attribute of a node, given its value as it is encoded."""
    return _field(_ATTRIBUTE, _field(_KEY, key.encode()) + _field(_VALUE, value))


def _encoded_text(key: str, value: str) -> bytes:
    return _encoded_bytes(key, value.encode("utf-8", "surrogatepass"))


def _field(tag: bytes, data: bytes) -> bytes:
    """Return a field of bytes as protobuf writes it."""
    return tag + _sized(data)


def _sized(data: bytes) -> bytes:
    """Return bytes after how many they are."""
    length = len(data)
    return (_SHORT[length] if length < len(_SHORT) else _varint(length)) + data


def _varint(number: int) -> bytes:
    """Return a length as protobuf writes it: seven bits a byte, the lowest first, all but the last marked."""
    found = bytearray()
    while number > 0x7F:  # noqa: PLR2004 -- seven bits
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


_SHORT: Final = tuple(map(_varint, range(1 << 10)))
"""How the lengths of most of what is written are encoded."""
_VERSIONS: Final = GraphDef(versions=VersionDef(producer=_PRODUCER)).SerializeToString()


def decode(capture: Capture) -> Graph:
    """Return the nodes of a capture's GraphDef, producers before their consumers.

    A foreign graph, one without our attributes, is read with less known. Raises GraphError for a
    cycle, for an edge from a node that is not there, and for a name given twice.
    """
    raw = capture.graph.node
    nodes: dict[str, Node] = {}
    for node in raw:
        if node.name in nodes:
            message = f"the graph has two nodes named {node.name[:80]!r}"
            raise GraphError(message)
        nodes[node.name] = _decode_node(node)
    nodes = foreign.without_torchs_dangling_edges(nodes)
    graph = Graph(_with_input_specs(in_execution_order(nodes)), capture.table)
    return foreign.complete(graph) if foreign.is_bare(capture.table) else graph


def _decode_node(node: NodeDef) -> Node:
    attributes = node.attr
    if OUTPUTS not in attributes:
        return foreign.decode_node(node)
    names, slots = foreign.split_inputs(node.input)
    return Node(
        name=node.name,
        op=node.op,
        kind=cast("NodeKind", _text(attributes, KIND) or _kind_of(node.op)),
        module=_text(attributes, MODULE),
        call=attributes[CALL].i if CALL in attributes else None,
        inputs=names,
        input_slots=slots,
        input_specs=_parse_specs(attributes[INPUTS].s) if INPUTS in attributes else (),
        output_specs=_parse_specs(attributes[OUTPUTS].s),
        attributes=_arguments(attributes),
        source=_parse_location(attributes[SOURCE].s) if SOURCE in attributes else None,
        label=_text(attributes, LABEL),
        autograd=cast("Autograd", _text(attributes, AUTOGRAD) or "on"),
    )


def _with_input_specs(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """Return the nodes with the specs of their inputs, which only a few of them write down."""
    done: dict[str, Node] = {}
    for name, node in nodes.items():
        if node.input_specs or not node.inputs:
            done[name] = node
            continue
        specs = tuple(
            _output_spec(done[producer], slot) for producer, slot in zip(node.inputs, node.input_slots, strict=True)
        )
        done[name] = Node(
            node.name, node.op, node.kind, node.module, node.call, node.inputs, node.input_slots, specs,
            node.output_specs, node.attributes, node.source, node.label, node.autograd,
        )  # fmt: skip
    return done


def _output_spec(node: Node, slot: int) -> TensorSpec | None:
    return node.output_specs[slot] if slot < len(node.output_specs) else None


def _arguments(attributes: MessageMap[str, AttrValue]) -> dict[str, Plain]:
    return dict(_parse_arguments(attributes[ARGUMENTS].s)) if ARGUMENTS in attributes else {}


@lru_cache(maxsize=65536)
def _parse_arguments(data: bytes) -> Mapping[str, Plain]:
    try:
        values = msgspec.json.decode(data, type=dict[str, object])
    except msgspec.MsgspecError as error:
        message = f"the arguments of a node cannot be read: {error}"
        raise GraphError(message) from error
    return {name: to_plain(value) for name, value in values.items()}  # type: ignore[misc]  # JSON scalars and tuples


def _text(attributes: MessageMap[str, AttrValue], key: str) -> str:
    if key not in attributes:
        return ""
    held: bytes = attributes[key].s
    try:
        return held.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        message = f"a text of a node cannot be read: {error}"
        raise GraphError(message) from error


def _format_specs(specs: Iterable[TensorSpec | None]) -> bytes:
    return ";".join(map(_format_spec, specs)).encode()


def _format_spec(spec: TensorSpec | None) -> str:
    if spec is None:
        return _NO_TENSOR
    return f"{spec}{_BATCH}{','.join(map(str, spec.batch_dims))}" if spec.batch_dims else str(spec)


@lru_cache(maxsize=65536)
def _parse_specs(data: bytes) -> tuple[TensorSpec | None, ...]:
    try:
        return tuple(None if text == _NO_TENSOR else _parse_spec(text) for text in _split(data))
    except ValueError as error:
        message = f"the specs of a node cannot be read: {error}"
        raise GraphError(message) from error


def _parse_spec(text: str) -> TensorSpec:
    bare, _, axes = text.partition(_BATCH)
    spec = TensorSpec.parse(bare)
    return replace(spec, batch_dims=tuple(map(int, axes.split(",")))) if axes else spec


def _split(data: bytes) -> list[str]:
    text = data.decode(errors="replace")
    return text.split(";") if text else []


def _format_location(place: Location) -> bytes:
    numbers = f"{place.line}:{place.column}:{place.end_line}:{place.end_column}"
    return f"{numbers}:{place.file}".encode("utf-8", "surrogatepass")


@lru_cache(maxsize=65536)
def _parse_location(data: bytes) -> Location:
    try:
        *numbers, file = data.decode("utf-8", "surrogatepass").split(":", 4)
        line, column, end_line, end_column = map(int, numbers)
    except ValueError as error:
        message = f"the source line of a node cannot be read: {data[:80]!r}"
        raise GraphError(message) from error
    return Location(file, line, column, end_line, end_column)

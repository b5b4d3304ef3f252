"""What forward is called with, from specs, values and declarations."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import Parameter
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, Optional

import pytest
import torch
from torch import Tensor, nn

from tests.models.signatures import Conditioned, Kernel, Masked, Numbers, Open, Two, Wrapper
from visunn_lint.errors import InputError
from visunn_lint.pipeline.inputs.annotations import converted, evaluated, number_kind
from visunn_lint.pipeline.inputs.arguments import choose_batch, from_spec, from_values, materialise, spell
from visunn_lint.pipeline.inputs.conventions import declared_inputs
from visunn_lint.pipeline.inputs.signature import spelled
from visunn_lint.spec import InputSpec, TensorInput

if TYPE_CHECKING:
    from collections.abc import Callable


def _seen(values: Any) -> Any:  # noqa: ANN401 -- arguments of all kinds
    if isinstance(values, Tensor):
        return tuple(values.shape), str(values.dtype).removeprefix("torch.")
    if isinstance(values, dict):
        return {name: _seen(value) for name, value in values.items()}
    return type(values)(map(_seen, values)) if isinstance(values, tuple | list) else values


def _made(text: object, model: nn.Module, **kwargs: Any) -> Any:  # noqa: ANN401 -- as above
    return _seen(materialise(InputSpec.parse(text), model, **kwargs))


def _refusal(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        act()
    return caught.value.message, caught.value.hint


def test_floats_have_the_dtype_of_the_parameters() -> None:
    """A half-precision model gets half-precision inputs, whatever the default."""
    assert _made("2x3", nn.Linear(3, 3).half()) == ((((2, 3), "float16"),), {})


def test_inputs_of_an_embedding_are_indices() -> None:
    """Where the first layer looks its input up, integers are made, all of them 0."""
    args, _ = materialise(InputSpec.parse("2x3"), nn.Embedding(4, 4))
    assert (args[0].dtype, args[0].tolist()) == (torch.int64, [[0, 0, 0], [0, 0, 0]])


def test_the_code_of_forward_says_what_reads_an_input() -> None:
    """An embedding that is registered first makes no indices of what another layer reads."""
    assert _made("2x4x8x8, t=2", Conditioned()) == ((((2, 4, 8, 8), "float32"),), {"t": ((2,), "int64")})


def test_inputs_are_followed_through_modules_that_hand_them_on() -> None:
    """A wrapper gives its model other names for the same tensors."""
    wrapped = nn.DataParallel(Wrapper(Conditioned()))
    assert _made("2x4x8x8, 2", wrapped) == ((((2, 4, 8, 8), "float32"), ((2,), "int64")), {})


def test_names_speak_of_dtypes_and_lengths() -> None:
    """Masks are bools, lengths integers: those of the sequence that is there."""
    args, kwargs = materialise(InputSpec.parse("2x7, 2x7, lengths=2"), Masked())
    assert _seen(args) == (((2, 7), "int64"), ((2, 7), "bool"))
    assert kwargs["lengths"].tolist() == [7, 7]


def test_given_dtype_counts() -> None:
    """A dtype in the spec goes before what would be guessed."""
    assert _made("2x3:float64", nn.Embedding(4, 4)) == ((((2, 3), "float64"),), {})


def test_containers_and_plain_values_pass_through() -> None:
    """Lists and dicts of specs become lists and dicts of tensors, other values stay as they are."""
    made = _made([["2x3", "2x4"], {"a": "2x5"}, None, True, 3], nn.Linear(3, 3))
    floats = [((2, size), "float32") for size in (3, 4, 5)]
    assert made == (([floats[0], floats[1]], {"a": floats[2]}, None, True, 3), {})


def test_lone_numbers_are_no_shapes_where_forward_takes_numbers() -> None:
    """``3`` is a tensor of three for a tensor, three for an int, and is spelled as it was given."""
    arguments = from_spec(InputSpec.parse("3, 3, rate=2, bias=0.5"), Numbers())
    assert (_seen(arguments.args), arguments.kwargs) == ((((3,), "float32"), 3), {"rate": 2.0, "bias": 0.5})
    assert arguments.spelling == "3, 3, rate=2.0, bias=0.5"


@pytest.mark.parametrize(
    ("annotation", "default", "kind"),
    [
        (int, Parameter.empty, int),
        ("float", Parameter.empty, float),
        (Optional[int], None, int),  # noqa: UP045 -- as people write it
        ("Optional[float]", None, float),
        (int | None, None, int),
        (Parameter.empty, 3, int),
        (Parameter.empty, 0.5, float),
        (Parameter.empty, True, None),
        (Tensor, Parameter.empty, None),
        ("list[int]", Parameter.empty, None),
        (bool, 1, None),
    ],
)
def test_parameters_that_take_numbers(annotation: object, default: object, kind: type | None) -> None:
    """The annotation says it, else the default does."""
    parameter = Parameter("steps", Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
    assert number_kind(evaluated(parameter, {"Optional": Optional})) is kind


@pytest.mark.parametrize("annotation", ["Unknown", "1 +", [int], Annotated[Tensor, "b x 8"]])
def test_annotations_of_any_kind_are_taken(annotation: object) -> None:
    """They may name what is not there, or be anything at all."""
    parameter = Parameter("x", Parameter.KEYWORD_ONLY, annotation=annotation)
    assert number_kind(evaluated(parameter, {})) is None


def test_a_device_that_is_none_is_refused() -> None:
    """As one line, with the parameter that it is for."""
    parameter = Parameter("to", Parameter.KEYWORD_ONLY, annotation=torch.device)
    refusal = _refusal(lambda: converted(parameter, "gpu0"))
    assert refusal == ("there is no device 'gpu0' for `to`", "write cpu, cuda or another one that torch knows")


@pytest.mark.parametrize("text", ["how='sum'", 'how="it\'s"', "'a, b', [2x3, 'x=[']", "{how: 'sum'}"])
def test_texts_in_quotes(text: str) -> None:
    """Such arguments are spelled so that they can be read again, whatever is in them."""
    assert str(InputSpec.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "number"), [("0.5", 0.5), ("-2.", -2.0), ("+.25", 0.25), ("1e-05", 1e-05), ("2E3", 2e3)]
)
def test_decimal_numbers_are_numbers(text: str, number: float) -> None:
    """What can be no shape is a float, and is spelled so that it can be read again."""
    spec = InputSpec.parse(f"2x3, scale={text}")
    assert spec == InputSpec((TensorInput((2, 3)),), {"scale": number})
    assert InputSpec.parse(str(spec)) == spec


@pytest.mark.parametrize("text", ["e5", "1e", "1.x2", "."])
def test_what_is_neither_number_nor_shape_is_refused(text: str) -> None:
    """A number that is misspelt is told as any other input."""
    refusal = _refusal(lambda: InputSpec.parse(text))
    assert refusal[0] == f"cannot read the input {text!r}"


@pytest.mark.parametrize("key", [("user", "buys", "item"), "user:item", "a,b", "{", " a", 3])
def test_values_under_keys_that_cannot_be_written_have_no_spelling(key: object) -> None:
    """Such as the edges of graphs of several kinds of nodes: what was read again would be another key."""
    assert spell(({key: torch.zeros(2, 3)},), {}) == ""
    assert spell(({"user item": torch.zeros(2, 3)},), {}) == "{user item: 2x3}"


def test_a_call_of_the_classs_own_says_what_it_takes() -> None:
    """But for one that hands on whatever it gets."""
    x = torch.zeros(2, 3)
    assert from_values(Kernel(), (x,), {}).args == (x,)
    assert [spelled(each) for each in (Kernel(), Open())] == ["Kernel.__call__(x, y=None)", "Open.forward(x, y)"]


def test_values_are_the_same_each_time_and_leave_the_generator_alone() -> None:
    """Making inputs neither draws from nor seeds torch's generator."""
    state = torch.get_rng_state()
    first, second = (materialise(InputSpec.parse("2x3"), nn.ReLU())[0][0] for _ in range(2))
    assert torch.equal(first, second)
    assert torch.equal(state, torch.get_rng_state())


def test_meta_inputs_take_no_memory() -> None:
    """On the meta device, inputs of any size are made."""
    args, _ = materialise(InputSpec.parse("100000x100000"), nn.ReLU(), device="meta")
    assert (args[0].is_meta, tuple(args[0].shape)) == (True, (100000, 100000))


@pytest.mark.parametrize(("dtype", "made"), [("", torch.float32), (":int64", torch.int64)])
def test_large_inputs_are_made_without_values(dtype: str, made: torch.dtype) -> None:
    """The memory does not grow with the input: few runs read its values."""
    args, _ = materialise(InputSpec.parse(f"2147483648x8{dtype}"), nn.ReLU())
    assert (args[0].device.type, args[0].dtype, tuple(args[0].shape)) == ("meta", made, (2147483648, 8))


@pytest.mark.parametrize("shape", ["99999999999999999999x8", "9999999999999x9999999999999"])
def test_inputs_that_torch_cannot_count_are_refused(shape: str) -> None:
    """There is no tensor with so many elements, on meta neither."""
    message, hint = _refusal(lambda: materialise(InputSpec.parse(shape), nn.ReLU()))
    assert (message, hint) == (f"no tensor is as large as {shape.replace('x', '×')}", "give smaller inputs")


@pytest.mark.parametrize(
    ("text", "batch"), [("b x 3 x 8", 2), ("b x 2", 3), ("b x 2 x 3, b x 4", 5), ("2x3", 4), ("b", 2)]
)
def test_batch_is_unlike_every_other_dim(text: str, batch: int) -> None:
    """The batch size is at least 2 and occurs nowhere else."""
    assert choose_batch(InputSpec.parse(text)) == batch


def test_batch_can_be_given() -> None:
    """All ``b`` become the batch size that is asked for."""
    assert _made("b x 3, mask=4 x b", nn.Linear(3, 3), batch=7) == ((((7, 3), "float32"),), {"mask": ((4, 7), "bool")})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2x3", "the inputs do not fit Masked.forward(tokens, mask, lengths=None, *, scale=1.0): missing"),
        ("2x3, 2x3, 2, 2", "the inputs do not fit Masked.forward(tokens, mask, lengths=None, *, scale=1.0): too many"),
    ],
)
def test_wrong_number_of_inputs_is_refused(text: str, message: str) -> None:
    """Too few and too many inputs are told with the signature."""
    assert _refusal(lambda: from_spec(InputSpec.parse(text), Masked()))[0].startswith(message)


def test_unknown_name_is_answered_with_the_closest() -> None:
    """A typing error in a name is what the error speaks of, and has the right one as its hint."""
    message, hint = _refusal(lambda: from_spec(InputSpec.parse("2x3, masc=2x3"), Masked()))
    assert (message.partition(": ")[2], hint) == ("there is no `masc`", "did you mean `mask`?")


@pytest.mark.parametrize(
    ("dtype", "hint"),
    [("int63", "did you mean int64?"), ("number", "dtypes are written as torch has them: float32, int64, bool")],
)
def test_unknown_dtype_is_answered_with_the_closest(dtype: str, hint: str) -> None:
    """A shape that can be read is not called wrong."""
    message = f"cannot read the input '2x3:{dtype}': there is no dtype '{dtype}'"
    assert _refusal(lambda: InputSpec.parse(f"2x3:{dtype}")) == (message, hint)


def test_values_by_name_join_the_spec() -> None:
    """Values that are given beside a spec reach forward as they are."""
    arguments = from_spec(InputSpec.parse("2x3, 2x3"), Masked(), {"scale": 0.5})
    assert (arguments.kwargs, arguments.spelling) == ({"scale": 0.5}, "2x3, 2x3")


def test_tensor_alone_is_the_only_argument() -> None:
    """A tensor needs no tuple around it."""
    x = torch.zeros(2, 3)
    arguments = from_values(nn.Linear(3, 3), x, {})
    assert (arguments.args, arguments.spelling) == ((x,), "2x3")


def test_shape_in_place_of_a_tensor_is_refused() -> None:
    """A tuple of ints as args is a shape by mistake; the hint shows how it is written."""
    message, hint = _refusal(lambda: from_values(nn.Linear(3, 3), (2, 3), {}))
    assert message == "args are the values that forward is called with, and (2, 3) are 2 numbers"
    assert hint == 'for a tensor of that shape write inputs="2x3"'


def test_list_of_arguments_is_refused() -> None:
    """Args are a tuple, as in torch.export: a list may be one argument."""
    message, hint = _refusal(lambda: from_values(nn.Linear(3, 3), [torch.zeros(2, 3)], {}))
    assert (message, hint) == ("args has to be a tuple of the positional arguments, not a list", "write args=(x,)")


@dataclass
class _Batch:
    x: Tensor


def test_spelling_of_values() -> None:
    """Tensors are spelled as ``--input`` takes them; what has no spelling makes the whole empty."""
    x = torch.zeros(2, 3)
    assert spell((x, x.long()), {"mask": x.bool(), "cache": None}) == "2x3, 2x3:int64, mask=2x3:bool, cache=None"
    assert spell((x, _Batch(x)), {}) == ""


@pytest.mark.filterwarnings("ignore:.torch.jit:FutureWarning")
def test_signature_of_wrapped_models() -> None:
    """Compiled, scripted and parallel models have the signature of what they wrap."""
    model = nn.Linear(3, 3)
    scripted = torch.jit.trace(model, torch.zeros(1, 3))  # type: ignore[no-untyped-call]
    wrapped: list[Any] = [torch.compile(model), nn.DataParallel(model)]
    assert [spelled(each) for each in wrapped] == ["Linear.forward(input)"] * 2
    assert spelled(scripted).partition(".")[2] == "forward(input)"


# -- declared by the model ---------------------------------------------------------------------


def _declared(model: nn.Module, module: ModuleType | None = None) -> Any:  # noqa: ANN401 -- arguments of all kinds
    found = declared_inputs(model, module)
    return None if found is None else (_seen(found.arguments.args), _seen(dict(found.arguments.kwargs)))


_X = torch.zeros(2, 3)
_SEEN = ((2, 3), "float32")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((_X, _X), ((_SEEN, _SEEN), {})),
        ({"x": _X, "y": None}, ((), {"x": _SEEN, "y": None})),
        (lambda *_: (_X, [_X]), ((_SEEN, [_SEEN]), {})),
        (property(lambda _: (_X, 1)), ((_SEEN, 1), {})),
        (staticmethod(lambda: {"x": _X, "y": _X}), ((), {"x": _SEEN, "y": _SEEN})),
        ("2x3, y=2x3", ((_SEEN,), {"y": _SEEN})),
        (("2x3", "y=2x3"), ((_SEEN,), {"y": _SEEN})),
        ({"x": "2x3", "y": None}, ((), {"x": _SEEN, "y": None})),
        ({"x": ["2x3", (2, 3)], "y": {"z": "2x3"}}, ((), {"x": [_SEEN, _SEEN], "y": {"z": _SEEN}})),
        ({"x": _X, "y": "sum"}, ((), {"x": _SEEN, "y": "sum"})),
        (None, None),
    ],
)
@pytest.mark.parametrize("name", ["example_inputs", "example_input_array"])
def test_forms_of_example_inputs(name: str, value: object, expected: object) -> None:
    """Tuples are positional, dicts named; what can be called is called; strings are specs where no tensor is."""
    assert _declared(type("Net", (Two,), {name: value})()) == expected


def test_single_example_is_the_only_argument() -> None:
    """Neither tuple nor dict: a tensor or a list is one argument."""
    models = [type("Net", (nn.Identity,), {"example_inputs": value})() for value in (_X, [_X, _X])]
    assert [_declared(model) for model in models] == [((_SEEN,), {}), (([_SEEN, _SEEN],), {})]


def test_shape_as_example() -> None:
    """A tuple of ints is a shape."""
    assert _declared(type("Net", (nn.Identity,), {"example_inputs": (2, 3)})()) == ((_SEEN,), {})


def test_example_inputs_of_the_instance_and_of_the_module() -> None:
    """An attribute of the instance goes before a name in the module."""
    module, model = ModuleType("nets"), Two()
    vars(module)["example_inputs"] = lambda: (_X, _X)
    assert _declared(model, module) == ((_SEEN, _SEEN), {})
    vars(model)["example_inputs"] = {"x": 1, "y": 2}
    assert _declared(model, module) == ((), {"x": 1, "y": 2})


def test_example_that_does_not_fit_is_refused() -> None:
    """The model's own declaration is checked against its own signature."""
    model = type("Net", (Two,), {"example_inputs": (_X,)})()
    assert _refusal(lambda: _declared(model))[0] == (
        "the inputs do not fit Net.forward(x, y): missing a required argument: 'y'"
    )


def test_example_that_cannot_be_read_is_refused() -> None:
    """A typing error in a declared spec is told by the name of the declaration."""
    model = type("Net", (Two,), {"example_inputs": {"x": "b y 3", "y": "b x 3"}})()
    assert _refusal(lambda: _declared(model)) == (
        "`example_inputs`: cannot read the input 'b y 3'",
        "write it like 2x3x224x224, b x 3 x 32 x 32 (b is the batch), 2x16:int64 or name=2x16:int64",
    )


def test_example_that_raises_is_refused() -> None:
    """An exception in a declaration is told in one line."""
    model = type("Net", (Two,), {"example_inputs": property(lambda _: 1 / 0)})()
    assert _refusal(lambda: _declared(model))[0].startswith(
        "`example_inputs` cannot be read: ZeroDivisionError: division"
    )


def test_dummy_inputs_of_transformers() -> None:
    """A model's own ``dummy_inputs`` are declared; those that every model inherits are so only by default."""
    base = type("PreTrainedModel", (Two,), {"dummy_inputs": {"x": _X, "y": _X}})
    own = type("Own", (base,), {"dummy_inputs": {"x": 1, "y": _X}})
    found = [declared_inputs(cls(), None) for cls in (base, own)]
    assert [each.is_default for each in found if each is not None] == [True, False]


def test_defaults_that_do_not_fit_are_passed_over() -> None:
    """What a library declares for all models alike is not held against one that takes other inputs."""
    assert _declared(type("PreTrainedModel", (Two,), {"dummy_inputs": {"input_ids": _X}})()) is None


def test_input_size_of_timm() -> None:
    """The size is timm's, the channels are those that the first convolution reads."""
    model = nn.Sequential(nn.Conv2d(1, 4, 3))
    vars(model)["pretrained_cfg"] = {"input_size": (3, 32, 32)}
    assert _declared(model) == ((((2, 1, 32, 32), "float32"),), {})


def test_values_are_no_specs() -> None:
    """Whoever has a tensor is told where it goes."""
    message, hint = _refusal(lambda: InputSpec.parse((torch.zeros(2, 3), "'sum'")))
    assert message == "a Tensor does not describe an input"
    assert "args and kwargs" in hint

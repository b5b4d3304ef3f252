"""What sort of thing a box is, for its colour: told by the name of its op or of its class."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from visunn_lint.document.records import Family

    _Names: TypeAlias = tuple[tuple[Family, str], ...]
    """Globs of names, with spaces between them; the first family that has one that matches counts."""


@lru_cache(maxsize=4096)
def family_of_op(op: str) -> Family:
    """Return the family of an op (``conv2d``, without its namespace); ``other`` for an unknown one."""
    return _first(_OPS, op.strip("_").lower()) or "other"


@lru_cache(maxsize=4096)
def family_of_container(kind: str) -> Family:
    """Return the family of a module that holds others or several ops, by the name of its class."""
    return _first(_CONTAINERS, kind) or "container"


@lru_cache(maxsize=4096)
def family_of_leaf(kind: str, op: str) -> Family:
    """Return the family of a module that holds nothing: of its only op, else by the name of its class."""
    by_op = family_of_op(op) if op else "other"
    return by_op if by_op != "other" else _first(_LEAVES, kind) or "other"


def _first(families: _Names, name: str) -> Family | None:
    found = (family for family, globs in families if any(fnmatchcase(name, glob) for glob in globs.split()))
    return next(found, None)


_CONTAINERS: _Names = (
    ("attention", "*Attention* *Attn* MHA"),
    ("recurrent", "LSTM GRU RNN *LSTMCell *GRUCell *RNNCell"),
)
_LEAVES: _Names = (
    *_CONTAINERS,
    ("loss", "*Loss *Criterion"),
    ("dropout", "*Drop* StochasticDepth"),
    ("normalisation", "*Norm*"),
    ("embedding", "*Embed*"),
    ("pooling", "*Pool*"),
    ("convolution", "*Conv[123T]* Conv"),
    ("linear", "*Linear"),
    ("activation", "*LU *Sigmoid *Tanh *Soft* *Swish *Mish Act *Activation Threshold *shrink"),
    ("shape", "*Flatten *Upsample *Shuffle *Pad[123]d *old Rearrange Permute Reshape"),
)
_OPS: _Names = (
    ("loss", "*_loss* cross_entropy *kl_div binary_cross_entropy*"),
    ("attention", "*attention* *multi_head*"),
    ("convolution", "*conv[123]d conv_* *convolution* conv"),
    ("recurrent", "lstm* gru* rnn* quantized_lstm* quantized_gru*"),
    ("embedding", "*embedding* one_hot"),
    ("dropout", "*dropout*"),
    ("normalisation", "*_norm norm normalize"),
    ("pooling", "*pool*"),
    ("activation", "*relu* *elu *sigmoid *tanh *softmax *softmin silu mish *swish softplus softsign *shrink glu"),
    ("linear", "linear bilinear *mm *matmul* einsum tensordot mv addmv dot inner outer chain_matmul"),
    (
        "shape",
        """
        *view* *reshape* *flatten* *squeeze* permute *transpose* t mt adjoint movedim moveaxis swap* roll flip* rot90
        *cat concat* *stack chunk *split* unbind *expand* repeat* tile broadcast* meshgrid fold unfold *pad *shuffle
        *getitem* *setitem* *slice* *select* narrow *gather* *scatter* index* take* where masked_* diag* tril triu
        contiguous *clone detach *copy* as_strided to type* float half double int long bool interpolate *upsample*
        grid_sample sort topk arg* unique* nonzero searchsorted arange linspace zeros ones full empty eye tensor *like
        rand*
        """,
    ),
    (
        "arithmetic",
        """
        add* radd iadd sub* rsub isub mul* rmul imul div* rdiv *truediv *floordiv floor_divide true_divide *pow
        float_power neg* positive mod remainder fmod lerp cross *dist sum nansum mean nanmean prod max min amax amin
        aminmax maximum minimum fmax fmin var* std* median cum* any all bincount sqrt rsqrt exp* log* abs* sign sin*
        cos* tan atan* asin acos erf* square reciprocal clamp* clip* round floor ceil trunc eq ne lt le gt ge equal and
        or xor not invert logical_* bitwise_* fft* ifft* rfft* irfft* isnan isinf isfinite nan_to_num
        """,
    ),
)

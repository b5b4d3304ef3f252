"""CRC-32C, against published values and TensorBoard's own implementation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import crc32c as tensorboards
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

from visunn_lint.pipeline.events.crc32c import crc32c, masked


@pytest.mark.parametrize(
    ("data", "checksum"),
    [
        pytest.param(b"123456789", 0xE3069283, id="check value of the polynomial"),
        pytest.param(bytes(32), 0x8A9136AA, id="RFC 3720: zeros"),
        pytest.param(b"\xff" * 32, 0x62A8AB43, id="RFC 3720: ones"),
        pytest.param(bytes(range(32)), 0x46DD794E, id="RFC 3720: ascending"),
        pytest.param(b"", 0, id="nothing"),
    ],
)
def test_published_values(data: bytes, checksum: int) -> None:
    """What the standard gives as examples."""
    assert crc32c(data) == checksum


@pytest.mark.parametrize("length", [32767, 32768, 32769, 2048 * 17, 100_003])
def test_long_data_are_checked_in_lanes_to_the_same_end(length: int) -> None:
    """Whether the length is a multiple of the lanes or not, and on both sides of where lanes begin."""
    data = (bytes(range(256)) * (length // 256 + 1))[:length]
    assert crc32c(data) == tensorboards(data)


@given(st.binary(max_size=300))
def test_masked_as_tensorboard_stores_it(data: bytes) -> None:
    """Any data have the checksum that TensorBoard's own writer stores."""
    assert masked(crc32c(data)) == masked_crc32c(data)

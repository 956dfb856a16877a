"""A writer for GGUF version 3: header, keys, tensor table, aligned data. Matrices are stored as Q8_0, norms as F32."""
import struct

import numpy as np

ALIGNMENT = 32
F32, Q8_0 = 0, 8  # tensor types
U32, FLOAT, BOOL, STRING, ARRAY, I32 = 4, 6, 7, 8, 9, 5  # value types
FILE_TYPE_Q8_0 = 7


def string(text):
    data = text.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


def value(v):
    """One typed value. bool stands before int because Python's bool is an int."""
    if isinstance(v, bool):
        return struct.pack("<I?", BOOL, v)
    if isinstance(v, int):
        return struct.pack("<II", U32, v)
    if isinstance(v, float):
        return struct.pack("<If", FLOAT, v)
    if isinstance(v, str):
        return struct.pack("<I", STRING) + string(v)
    if v and isinstance(v[0], str):
        return struct.pack("<IIQ", ARRAY, STRING, len(v)) + b"".join(map(string, v))
    return struct.pack("<IIQ", ARRAY, I32, len(v)) + np.array(v, "<i4").tobytes()


def quantize_q8_0(matrix):
    """Blocks of 32 values: one half-precision scale and 32 signed bytes, as in ggml's reference code."""
    blocks = matrix.astype(np.float32).reshape(-1, 32)
    scale = np.abs(blocks).max(1, keepdims=True) / np.float32(127)
    inverse = np.divide(np.float32(1), scale, out=np.zeros_like(scale), where=scale != 0)
    x = blocks * inverse
    # C's roundf rounds halves away from zero, numpy's rint to even.
    q = np.trunc(x + np.copysign(np.float32(0.5), x)).astype(np.int8)
    return np.concatenate([scale.astype("<f2").view(np.int8).reshape(-1, 2), q], 1).tobytes()


def dequantize_q8_0(matrix):
    """What the engine will see of `matrix`: for measuring the model as it is shipped."""
    raw = np.frombuffer(quantize_q8_0(matrix), np.int8).reshape(-1, 34)
    scale = raw[:, :2].copy().view("<f2").astype(np.float32)
    return (raw[:, 2:].astype(np.float32) * scale).reshape(matrix.shape)


def write(path, keys, tensors):
    """`tensors` maps a name to a numpy array; two dimensions mean a matrix."""
    table, data = b"", b""
    for name, array in tensors.items():
        kind, raw = (Q8_0, quantize_q8_0(array)) if array.ndim == 2 else (F32, array.astype("<f4").tobytes())
        shape = array.shape[::-1]
        table += string(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape)
        table += struct.pack("<IQ", kind, len(data))
        data += raw + b"\0" * (-len(raw) % ALIGNMENT)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(keys))
    head += b"".join(string(k) + value(v) for k, v in keys.items()) + table
    with open(path, "wb") as f:
        f.write(head + b"\0" * (-len(head) % ALIGNMENT) + data)

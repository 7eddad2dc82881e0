"""A tagger small enough to read: each tag looks at one colour channel."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BLUE, GREEN, RED = 0, 1, 2


def write_tiny_tagger(folder: Path, tags: Sequence[str], *, channels: Sequence[int] = (), side: int = 16,
                      batch: int | str = "batch") -> Path:
    """Writes `model.onnx` and `selected_tags.csv`: the chance of tag i is the mean of its channel / 255.

    Channels are in the order of the input, blue first; by default tag i looks at channel i % 3.
    """
    folder.mkdir(parents=True, exist_ok=True)
    looks_at = channels or [index % 3 for index in range(len(tags))]
    weight = np.zeros((3, len(tags)), dtype=np.float32)
    weight[looks_at, range(len(tags))] = 1 / 255
    onnx.save(_model(weight, side, batch), folder / "model.onnx")
    rows = [f"{index},{tag.replace(' ', '_')},0,100" for index, tag in enumerate(tags)]
    (folder / "selected_tags.csv").write_text("\n".join(["tag_id,name,category,count", *rows]) + "\n", encoding="utf-8")
    return folder


def _model(weight: np.ndarray, side: int, batch: int | str) -> onnx.ModelProto:
    graph = helper.make_graph(
        [helper.make_node("ReduceMean", ["input", "axes"], ["mean"], keepdims=0),
         helper.make_node("MatMul", ["mean", "weight"], ["output"])],
        "tiny tagger",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [batch, side, side, 3])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [batch, weight.shape[1]])],
        [numpy_helper.from_array(np.array([1, 2], dtype=np.int64), "axes"), numpy_helper.from_array(weight, "weight")])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)

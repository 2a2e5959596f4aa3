"""Writes ONNX's own tests of single nodes as folders: model.onnx, test_data_set_N/{input,output}_I.pb, tolerance. Needs `pip install onnx`."""

import os
import sys

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases


def write(path: str, value, name: str) -> None:
    """One tensor; what is none (a sequence, an optional) leaves an empty file that says so."""
    if value is None or isinstance(value, (list, dict)):
        open(path + ".other", "w").close()
        return
    tensor = value if isinstance(value, onnx.TensorProto) else numpy_helper.from_array(np.asarray(value))
    tensor.name = name
    with open(path + ".pb", "wb") as file:
        file.write(tensor.SerializeToString())


def main(folder: str) -> None:
    for case in collect_testcases(None):
        own = os.path.join(folder, case.name)
        os.makedirs(own, exist_ok=True)
        with open(os.path.join(own, "model.onnx"), "wb") as file:
            file.write(case.model.SerializeToString())
        with open(os.path.join(own, "tolerance"), "w") as file:
            file.write(f"{case.rtol} {case.atol}")
        for i, (inputs, outputs) in enumerate(case.data_sets):
            data = os.path.join(own, f"test_data_set_{i}")
            os.makedirs(data, exist_ok=True)
            for kind, values, infos in (("input", inputs, case.model.graph.input), ("output", outputs, case.model.graph.output)):
                for j, (value, info) in enumerate(zip(values, infos)):
                    write(os.path.join(data, f"{kind}_{j}"), value, info.name)


main(sys.argv[1])

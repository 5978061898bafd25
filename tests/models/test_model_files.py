import hashlib
from pathlib import Path

import numpy as np
import onnx
import pytest
from folders import lay
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onnx import TensorProto, external_data_helper, helper, numpy_helper

import graphs
from inference.engines.folder.modelfile import ModelFile, look
from inference.engines.folder.weights import read_weights
from inference.engines.runtime.opened import open_network
from inference.errors import Misconfigured

WHOLE = graphs.channel_means().SerializeToString()
NUMBERS = np.ones((4, 3), np.float32)


def complaint(path: Path) -> str:
    with pytest.raises(Misconfigured) as raised:
        look(path)
    message = str(raised.value)
    assert "\n" not in message
    return message


def outcome(path: Path) -> ModelFile | str:
    try:
        return look(path)
    except Misconfigured as error:
        return str(error)


def outside(location: str) -> onnx.TensorProto:
    weight = numpy_helper.from_array(NUMBERS, "weight")
    external_data_helper.set_external_data(weight, location)
    weight.ClearField("raw_data")
    return weight


def graph(weights: list[TensorProto], *nodes: onnx.NodeProto) -> onnx.GraphProto:
    ports = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", side])
        for name, side in (("x", 4), ("y", 3))
    ]
    return helper.make_graph(list(nodes), "g", ports[:1], ports[1:], weights)


def model(body: onnx.GraphProto, **options: object) -> onnx.ModelProto:
    opsets = [helper.make_opsetid("", 17)]
    return helper.make_model(body, opset_imports=opsets, ir_version=10, **options)


def with_data_in(location: str) -> onnx.ModelProto:
    return model(graph([outside(location)], helper.make_node("MatMul", ["x", "weight"], ["y"])))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inside = tmp_path / "model"
    for place in (tmp_path, inside, inside / "deeper"):
        place.mkdir(exist_ok=True)
        (place / "w.bin").write_bytes(NUMBERS.tobytes())
    return inside


def test_what_a_file_says_is_read_without_a_runtime(tmp_path: Path) -> None:
    file = look(lay(tmp_path / "m.onnx"))
    assert file.digest == hashlib.sha256(WHOLE).hexdigest()
    assert (file.opset, file.size, file.data) == (17, len(WHOLE), ())
    assert file.graph.inputs == (("images", "float32", (None, 3, 16, 16)),)
    assert file.graph.last == "Mul"


def test_weights_among_the_inputs_are_not_taken_for_inputs(tmp_path: Path) -> None:
    old = graphs.channel_means()
    old.graph.input.append(helper.make_tensor_value_info("factor", TensorProto.FLOAT, []))
    assert len(look(lay(tmp_path / "m.onnx", old)).graph.inputs) == 1


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, len(WHOLE) - 1))
def test_a_file_that_is_cut_short_anywhere_is_told_so(tmp_path: Path, length: int) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(WHOLE[:length])
    said = outcome(path)
    assert isinstance(said, str)
    assert "copy the file again" in said or "no ONNX model" in said


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(min_size=1), st.lists(st.tuples(st.integers(0, 400), st.binary()))))
def test_any_bytes_are_understood_or_refused(tmp_path: Path, change: object) -> None:
    path, data = tmp_path / "m.onnx", bytearray(WHOLE)
    if isinstance(change, bytes):
        data = bytearray(change)
    else:
        for place, content in change:  # type: ignore[attr-defined] # a list then
            data[place : place + len(content)] = content
    path.write_bytes(data)
    said = outcome(path)
    assert isinstance(said, ModelFile) or said.startswith(str(path))


def test_what_often_lies_there_in_place_of_a_model_is_called_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(b"")
    assert "is empty" in complaint(path)
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
    assert "run `git lfs pull`" in complaint(path)
    path.write_text("<!doctype html><title>Not found</title>")
    assert "no ONNX model" in complaint(path)
    assert "is not there" in complaint(tmp_path / "none.onnx")
    path.unlink()
    path.mkdir()
    assert "cannot be read: Is a directory" in complaint(path)


@pytest.mark.parametrize("name", ["w.bin", "deeper/w.bin"])
def test_weights_in_files_of_the_folder_are_part_of_the_digest(folder: Path, name: str) -> None:
    path = lay(folder / "m.onnx", with_data_in(name))
    file = look(path)
    assert file.data == (folder / name,)
    assert file.size == path.stat().st_size + NUMBERS.nbytes
    (folder / name).write_bytes((NUMBERS * 2).tobytes())
    assert look(path).digest != file.digest


@pytest.mark.parametrize("name", ["../w.bin", "deeper/../../w.bin", "ABSOLUTE", "LINK", ""])
def test_weights_are_never_taken_from_elsewhere(folder: Path, name: str) -> None:
    (folder / "LINK").symlink_to(folder.parent / "w.bin")
    location = name.replace("ABSOLUTE", str(folder / "w.bin"))
    assert "leads out of its folder" in complaint(lay(folder / "m.onnx", with_data_in(location)))


def test_weights_that_are_missing_are_told(folder: Path) -> None:
    path = lay(folder / "m.onnx", with_data_in("v.bin"))
    assert "has weights in 'v.bin', which is not there" in complaint(path)


def test_weights_are_found_wherever_a_model_can_have_them(folder: Path) -> None:
    constant = helper.make_node("Constant", [], ["c"], value=outside("../c"))
    inner = graph([outside("../inner")], constant)
    branch = helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=graph([]))
    listed = helper.make_node("Any", ["x"], ["y"])
    listed.attribute.append(helper.make_attribute("many", [outside("../listed")]))
    function = helper.make_function("d", "f", ["x"], ["y"], [constant], [])
    for body, functions in (
        (graph([], constant), []),
        (graph([], branch), []),
        (graph([], listed), []),
        (graph([]), [function]),
    ):
        hidden = model(body, functions=functions)
        assert "leads out of its folder" in complaint(lay(folder / "m.onnx", hidden))


def test_an_opset_that_is_too_new_is_told_with_the_newest_that_is_known(tmp_path: Path) -> None:
    future = graphs.channel_means()
    future.opset_import[0].version = 99
    weights = read_weights(graphs.write(tmp_path / "m", graphs.description(), future))
    with pytest.raises(Misconfigured, match=r"opset 99, the ONNX Runtime here knows them up to \d"):
        open_network(weights)


def test_a_file_that_is_replaced_after_it_was_read_is_not_opened(tmp_path: Path) -> None:
    folder = graphs.write(tmp_path / "m", graphs.description())
    weights = read_weights(folder)
    lay(folder / "model.onnx", graphs.channel_means(factor=2))
    with pytest.raises(Misconfigured, match="has changed since it was read"):
        open_network(weights)

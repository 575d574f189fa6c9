"""Pictures, slides and tables of a map, and the way back from them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pptx import Presentation

from tests.helpers.map_files import AXES, FAILED, STACK, WHY, map_file, map_grid, map_plan
from tests.helpers.specs import small
from vgsim.cli.main import main
from vgsim.core.errors import SpecError
from vgsim.export.compose import clipped, smallest_text, staged_widget
from vgsim.export.format import FORMATS
from vgsim.export.maps.choice import figure_of, layer_of, layers_entered
from vgsim.export.maps.sheet import map_sheet, view_of, words_of
from vgsim.export.maps.table import map_table
from vgsim.export.maps.words import MapWords
from vgsim.export.picture import PictureRequest
from vgsim.export.provenance.record import loads
from vgsim.export.reading import read_provenance
from vgsim.export.request import parse_map_request, parse_request
from vgsim.export.sources import allow, find, refuse_unasked, unlike, without_map_file
from vgsim.sweep.plan import dumps
from vgsim.ui.style.theme import load_theme

SIZE = ("--size", "640x400")
STILL = [entry.value.suffix for entry in FORMATS if not entry.value.several]
MOVING = sorted({entry.value.suffix for entry in FORMATS if entry.value.several} - set(STILL))


@pytest.fixture(scope="module")
def tanh(tmp_path_factory) -> Path:
    """A map with a cell that could not be computed."""
    return map_file(tmp_path_factory.mktemp("maps") / "tanh.vgmap", map_plan(), failing=True)


@pytest.fixture(scope="module")
def stack(tmp_path_factory) -> Path:
    return map_file(tmp_path_factory.mktemp("stacks") / "stack.vgmap", map_plan(STACK))


def pixels_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def render(*words: object) -> None:
    assert main(["render", *map(str, words)]) == 0


def refused(capsys, *words: object) -> str:
    """The one line of what must be refused."""
    assert main(["render", *map(str, words)]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("vgsim: ") and err.count("\n") == 1
    return err


@pytest.mark.parametrize("suffix", STILL)
def test_every_file_brings_the_map_back(styled, tanh, tmp_path, suffix):
    out = tmp_path / f"x{suffix}"
    render(tanh, "--out", out, *SIZE)
    told = read_provenance(out).map
    assert told is not None and told.name == "tanh.vgmap"
    assert dumps(told.plan) == dumps(find(str(tanh)).map.plan)
    assert str(tanh.parent).encode() not in out.read_bytes()


@pytest.mark.parametrize("suffix", MOVING)
def test_an_animation_is_refused_with_the_reason(styled, tanh, tmp_path, capsys, suffix):
    said = refused(capsys, tanh, "--out", tmp_path / f"x{suffix}")
    assert "a map is one picture, and has no moments" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--view", "hop"], "--view = hop: allowed is one of slide, map"),
        (["--plots", "loss"], "--plots"),
        (["--moment", "start"], "--moment = start: allowed is nothing with a map"),
        (["--steps", "3"], "--steps = 3: allowed is nothing with a map"),
        (["--every", "3"], "--every = 3: allowed is nothing with a map"),
        (["--pass"], "--pass = True: allowed is nothing with a map"),
        (["--seed", "3"], "seed = 3: allowed is nothing with a map, whose cells"),
        (["--set", "network.depth=3"], "network.depth = 3: allowed is nothing with a map"),
        (["--compare", "relu-he"], "compare = relu-he: allowed is nothing with a map"),
        (["--show", "nothing"], "--show = nothing: allowed is one of ratio, "),
        (["--show", "verdict"], "for this one the map needs"),
        (["--layer", "network.norm=batch"], "nothing with this map, which has no further axis"),
        (["--layer", "norm"], "--layer = norm: allowed is FIELD=VALUE"),
    ],
)
def test_what_a_map_has_not_is_refused_in_one_line(styled, tanh, tmp_path, capsys, words, said):
    out = tmp_path / "x.png"
    assert said in refused(capsys, tanh, "--out", out, *words)
    assert not out.exists()


@pytest.mark.parametrize("words", [["--show", "loss"], ["--layer", "network.norm=batch"]])
def test_what_only_a_map_has_is_refused_elsewhere(styled, tmp_path, capsys, words):
    said = refused(capsys, "relu-small", "--out", tmp_path / "x.png", *words)
    assert "nothing but with a map (.vgmap)" in said


def test_a_map_is_nothing_to_compare_with(styled, tanh, tmp_path, capsys):
    said = refused(capsys, "relu-small", "--compare", tanh, "--out", tmp_path / "x.png")
    assert "not a map of many" in said


@pytest.mark.parametrize("command", [["run"], ["why"]])
def test_a_map_cannot_be_run(tanh, capsys, command):
    assert main([*command, str(tanh)]) == 2
    assert "one experiment or data; this is a map of many" in capsys.readouterr().err


def test_a_table_has_a_row_a_cell(tanh, tmp_path):
    out = tmp_path / "x.csv"
    render(tanh, "--out", out)
    lines = [line for line in out.read_text("utf-8").splitlines() if not line.startswith("#")]
    header = lines[0].split(",")
    rows = [
        dict(zip(header, line.split(","), strict=True)) for line in lines[1:] if '"' not in line
    ]
    assert len(lines) - 1 == 4 * 5
    first = rows[0]
    assert first["network.depth"] == "2" and first["init.gain"] == "0.5" and first["seeds"] == "2"
    low, middle, high = (float(first[name]) for name in ("ratio_low", "ratio", "ratio_high"))
    assert low == pytest.approx(0.25) and high == pytest.approx(0.275)
    assert middle == pytest.approx((0.25 * 0.275) ** 0.5)


def test_what_could_not_be_computed_says_why(tanh):
    table = map_table(map_grid(map_plan(), failing=True), tanh, PictureRequest())
    row = FAILED[0] * 5 + FAILED[1]
    assert table.columns["failure"][row] == WHY
    assert table.columns["seeds"][row] == 0 and np.isnan(table.columns["ratio"][row])
    assert table.meta["cells measured"] == "19 of 20"


def test_a_cell_that_is_not_measured_is_told_from_one_that_is():
    table = map_table(map_grid(map_plan(), until=3), None, PictureRequest())
    assert table.columns["seeds"].tolist() == [2, 2, 2] + [0] * 17
    assert (
        np.isnan(table.columns["loss"][3:]).all() and not np.isnan(table.columns["loss"][:3]).any()
    )


def test_verdicts_are_names():
    table = map_table(map_grid(map_plan(judged=True)), None, PictureRequest())
    assert set(table.columns["verdict"].tolist()) == {"healthy", "exploding"}
    assert "verdict_low" not in table.columns


def test_arrays_have_the_shape_of_the_map(stack, tmp_path):
    out = tmp_path / "x.npz"
    render(stack, "--out", out)
    with np.load(out) as found:
        assert found["network.depth"].tolist() == [2, 4, 6, 8]
        assert found["network.activation"].tolist() == ["tanh", "relu"]
        assert found["ratio"].shape == (4, 5, 2)
        assert found["ratio_low"][2, 4, 1] == pytest.approx(2.5**6)
        meta = json.loads(str(found["meta"]))
    assert meta["decades"].endswith("in decades")
    assert loads(meta["passport"]).map.name == "stack.vgmap"


def test_a_table_can_be_of_one_figure_and_one_layer(stack, tmp_path):
    out = tmp_path / "x.npz"
    render(stack, "--show", "loss", "--layer", "network.activation=relu", "--out", out)
    with np.load(out) as found:
        assert found["loss"].shape == (4, 5, 1) and "ratio" not in found
        assert found["network.activation"].tolist() == ["relu"]


def test_rows_and_arrays_are_the_same_numbers(stack):
    table = map_table(map_grid(map_plan(STACK)), stack, PictureRequest())
    for depth, gain, activation, low in zip(
        *(table.columns[name] for name in (*table.axes, "ratio_low")), strict=True
    ):
        assert low == pytest.approx(gain ** float(depth)) and activation in ("tanh", "relu")


@pytest.mark.parametrize(
    ("said", "place"),
    [((), 0), (("network.activation=relu",), 1), (("network.activation=ReLU",), 1),
     (("network.activation = tanh",), 0)],
)  # fmt: skip
def test_a_layer_is_named_by_its_value_or_label(said, place):
    assert layer_of(map_plan(STACK), PictureRequest(layer=said)) == (place,)


@pytest.mark.parametrize("text", ["0.5", ".5", "5e-1"])
def test_a_number_of_a_layer_may_be_written_anyhow(text):
    plan = map_plan((*AXES, "training.learning_rate=0.1,0.5"))
    assert layer_of(plan, PictureRequest(layer=(f"training.learning_rate={text}",))) == (1,)


@pytest.mark.parametrize(
    ("text", "said"),
    [("network.activation=gelu", "one of tanh,relu"), ("init.gain=1", "one of network.activation")],
)
def test_a_layer_that_is_none_is_refused(text, said):
    with pytest.raises(SpecError, match=said):
        layer_of(map_plan(STACK), PictureRequest(layer=(text,)))


def test_a_layer_as_it_is_entered_is_that_layer():
    plan = map_plan((*STACK, "training.batch=4,8"))
    for layer in [(0, 0), (1, 0), (0, 1), (1, 1)]:
        assert layer_of(plan, PictureRequest(layer=layers_entered(plan, layer))) == layer


def test_without_a_figure_it_is_what_the_map_is_for():
    assert figure_of(map_plan(), PictureRequest()) == "ratio"
    assert figure_of(map_plan(judged=True), PictureRequest()) == "verdict"


def test_layers_differ_in_the_picture_and_the_words(styled, stack, tmp_path):
    for name in ("tanh", "relu"):
        words = "--layer", f"network.activation={name}"
        render(stack, *words, "--out", tmp_path / f"{name}.pptx")
    texts = []
    for name in ("tanh", "relu"):
        slide = Presentation(str(tmp_path / f"{name}.pptx")).slides[0]
        texts.append("\n".join(box.text_frame.text for box in slide.shapes if box.has_text_frame))
    assert "Activation: Tanh" in texts[0] and "Activation: ReLU" in texts[1]


def test_a_slide_has_title_caption_alt_text_and_notes(styled, tanh, tmp_path):
    out = tmp_path / "x.pptx"
    render(tanh, "--out", out)
    slide = Presentation(str(out)).slides[0]
    assert slide.shapes.title.text_frame.text == "Tanh map"
    words = "\n".join(box.text_frame.text for box in slide.shapes if box.has_text_frame)
    assert "median of 2 seeds" in words and "Held: Tanh" in words
    picture = next(shape for shape in slide.shapes if shape.name == "Picture")
    alt = picture._element.nvPicPr.cNvPr.get("descr")
    assert "across depth from 2 to 8 and up gain value from 0.5 to 2.5" in alt
    assert "19 of 20 cells measured" in alt
    notes = slide.notes_slide.notes_text_frame.text
    assert "Settings: " in notes and "at the start" in notes


def test_own_words_come_first(styled, tanh, tmp_path):
    out = tmp_path / "x.pptx"
    render(tanh, "--title", "Where it lives", "--sentence", "Look at the edge.", "--out", out)
    slide = Presentation(str(out)).slides[0]
    assert slide.shapes.title.text_frame.text == "Where it lives"
    words = [box.text_frame.text for box in slide.shapes if box.has_text_frame]
    assert "Look at the edge." in words


def test_what_is_varied_is_not_told_as_held():
    held = MapWords(map_grid(map_plan(STACK)), None, PictureRequest()).slide().caption.settings
    assert "Tanh" not in held and "width\u00a04" in held and "SGD" not in held
    trained = MapWords(map_grid(map_plan(steps=3)), None, PictureRequest()).slide().caption.settings
    assert "Tanh" in trained and "η" in trained and "depth" not in trained


@pytest.mark.parametrize("wears", ["light", "dark", "print"])
@pytest.mark.parametrize("view", ["slide", "map"])
@pytest.mark.parametrize("size", ["16:9", "4:3", "700x400"])
def test_texts_stand_whole_and_are_large_enough(styled, wears, view, size):
    picture = PictureRequest(view=view, theme=wears, size=size)
    grid = map_grid(map_plan(judged=view == "map"), failing=True)
    drawn = view_of(grid, picture)
    words = words_of(grid, Path("a.vgmap"), picture, drawn)
    with staged_widget(
        lambda theme, ratio: map_sheet(words, drawn, theme, ratio), picture, load_theme("light")
    ) as stage:
        assert clipped(stage) == []
        assert smallest_text(stage) >= 14.0
        assert stage.left_out == ()


def test_a_map_of_one_axis_is_drawn(styled, tmp_path):
    file = map_file(tmp_path / "row.vgmap", map_plan(AXES[:1]))
    render(file, "--out", tmp_path / "x.png", *SIZE)
    assert pixels_of(tmp_path / "x.png") == (640, 400)


def test_an_empty_map_is_drawn_and_says_so(styled, tmp_path):
    file = map_file(tmp_path / "new.vgmap", map_plan(), until=0)
    render(file, "--out", tmp_path / "x.svg")
    render(file, "--out", tmp_path / "x.csv")
    assert "# cells measured: 0 of 20" in (tmp_path / "x.csv").read_text("utf-8")


def test_what_is_transparent_has_alpha(styled, tanh, tmp_path):
    render(tanh, "--transparent", "--out", tmp_path / "x.png", *SIZE)
    with Image.open(tmp_path / "x.png") as image:
        assert image.convert("RGBA").getpixel((2, 2))[3] == 0


def test_shapes_are_shapes(styled, tanh, tmp_path):
    render(tanh, "--out", tmp_path / "x.svg", *SIZE)
    render(tanh, "--out", tmp_path / "x.pdf", *SIZE)
    assert (tmp_path / "x.svg").read_text("utf-8").count("<path") > 20
    assert b"FontFile" in (tmp_path / "x.pdf").read_bytes()


def test_a_batch_draws_maps_and_decks_of_them(styled, stack, tmp_path):
    tables = "".join(
        f'[[picture]]\nsource = "{stack.as_posix()}"\nlayer = "network.activation={name}"\n'
        'size = "640x360"\nout = "deck.pptx"\n'
        for name in ("tanh", "relu")
    )
    batch = tmp_path / "b.toml"
    batch.write_text(f'{tables}[[picture]]\nsource = "relu-small"\nout = "deck.pptx"\n', "utf-8")
    render("--batch", batch)
    assert len(Presentation(str(tmp_path / "deck.pptx")).slides) == 3


def picture_of(map_path: Path, out: Path, *words: str) -> Path:
    render(map_path, "--out", out, *SIZE, *words)
    return out


def test_a_picture_does_not_read_the_map_unasked(styled, tanh, tmp_path, capsys):
    picture = picture_of(tanh, tmp_path / "x.png")
    source = find(str(picture))
    assert [file.field for file in source.asks_for] == ["map"]
    assert source.map.file is None and source.file == picture
    with pytest.raises(SpecError, match="a picture reads no file unasked"):
        refuse_unasked(source)
    assert "--set map=FILE" in refused(capsys, picture, "--out", tmp_path / "y.png")


def test_a_picture_is_drawn_again_with_its_map_named(styled, tanh, tmp_path):
    picture = picture_of(tanh, tmp_path / "x.png", "--view", "map", "--show", "loss")
    render(picture, "--set", f"map={tanh}", "--theme", "dark", "--out", tmp_path / "y.png")
    told = dict(read_provenance(tmp_path / "y.png").picture)
    assert told["show"] == '"loss"' and told["theme"] == '"dark"'
    assert pixels_of(tmp_path / "y.png") == (640, 400)


def test_another_map_in_its_place_is_told(styled, tanh, tmp_path, capsys):
    picture = picture_of(tanh, tmp_path / "x.png")
    other = map_file(tmp_path / "tanh.vgmap", map_plan(seeds=1))
    source = find(str(picture))
    assert unlike(source, {"map": str(tanh)}) == []
    assert unlike(source, {"map": str(other)}) != []
    render(picture, "--set", f"map={other}", "--out", tmp_path / "y.png")
    assert "is not as it was" in capsys.readouterr().err


def test_a_map_that_has_grown_is_the_same(styled, tmp_path):
    file = map_file(tmp_path / "m.vgmap", map_plan(), until=3)
    source = find(str(picture_of(file, tmp_path / "x.png")))
    map_file(file, map_plan())
    assert unlike(source, {"map": str(file)}) == []
    assert allow(source, {"map": str(file)}).map.file == file


def test_without_its_file_the_plan_is_there(styled, tanh, tmp_path):
    source = without_map_file(find(str(picture_of(tanh, tmp_path / "x.png"))))
    refuse_unasked(source)
    assert source.map.plan.shape == (4, 5) and source.map.plan.spec.name == "Tanh map"


def test_a_map_on_data_of_ones_own_names_them_without_folders(styled, tmp_path):
    data = tmp_path / "own.csv"
    data.write_text("a,b,y\n" + "".join(f"{i},{i % 3},{i % 2}\n" for i in range(40)), "utf-8")
    spec = small(data__dataset="csv", data__path=str(data))
    file = map_file(tmp_path / "m.vgmap", map_plan(spec=spec))
    picture = picture_of(file, tmp_path / "x.png")
    assert str(tmp_path).encode() not in picture.read_bytes()
    asked = find(str(picture)).asks_for
    assert [one.field for one in asked] == ["map", "data.path"]
    assert asked[1].path == "own.csv" and asked[1].is_same(str(data))
    left = allow(without_map_file(find(str(picture))), {"data.path": str(data)})
    assert left.map.plan.spec.data.path == str(data) and left.asks_for == ()


@pytest.mark.parametrize(
    "told",
    ['["a/b.vgmap", "x"]', '["a.vgmap"]', '["a.vgmap", 3]', '["a.vgmap", "no toml ["]', "7",
     '["a.vgmap", "[map]\\naxes = [\\"network.nothing=1:2:3\\"]"]'],
)  # fmt: skip
def test_a_strangers_map_is_refused_in_a_sentence(told):
    text = (
        '{"format":"vgsim","version":1,"step":0,"moment":"start","view":"slide","picture":[],'
        f'"map":{told}}}'
    )
    with pytest.raises(SpecError):
        loads(text)


def test_a_request_of_a_map_needs_a_format_for_one_picture():
    with pytest.raises(SpecError, match="one picture"):
        parse_map_request({"format": "gif"})
    assert parse_map_request({"format": "csv"}).format.name == "csv"
    with pytest.raises(SpecError, match="nothing but with a map"):
        parse_request({"format": "png", "show": "loss"})


def test_theory_lies_over_the_map_where_it_is_asked_for():
    grid = map_grid(map_plan())
    both = view_of(grid, PictureRequest())
    assert {line.label for line in both.lines} >= {"endless depth, χ₁ = 1", "theory at this depth"}
    assert any(line.dots for line in both.lines) or len(both.lines) > 1
    bare = view_of(grid, PictureRequest(over=("contours",)))
    assert bare.lines == () and both.levels == bare.levels
    only = view_of(grid, PictureRequest(over=("theory",)))
    assert not any(line.dots for line in only.lines)
    assert len(only.levels) < len(both.levels) or len(both.levels) == 1


def test_theory_says_nothing_over_a_figure_without_an_edge():
    assert view_of(map_grid(map_plan()), PictureRequest(show="loss")).lines == ()


def test_a_screen_reader_is_told_of_the_lines(styled, tanh, tmp_path):
    render(tanh, "--out", tmp_path / "x.pptx", *SIZE)
    slide = Presentation(str(tmp_path / "x.pptx")).slides[0]
    picture = next(shape for shape in slide.shapes if shape.name == "Picture")
    alt = picture._element.nvPicPr.cNvPr.get("descr")
    assert "Lines over it: endless depth, χ₁ = 1" in alt


@pytest.mark.parametrize(
    ("said", "over"), [("contours,theory", ("theory", "contours")), ("", ()), ("scale", ("scale",))]
)
def test_what_lies_over_it_is_named(styled, tanh, tmp_path, said, over):
    render(tanh, "--over", said, "--out", tmp_path / "x.png", *SIZE)
    told = dict(read_provenance(tmp_path / "x.png").picture)
    assert tuple(json.loads(told["over"])) == over


def test_what_cannot_lie_over_it_is_refused(styled, tanh, tmp_path, capsys):
    said = refused(capsys, tanh, "--over", "isobars", "--out", tmp_path / "x.png")
    assert "--over = isobars: allowed is one of theory, scale, contours" in said

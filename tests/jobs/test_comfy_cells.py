"""Cells that a ComfyUI draws: sent, heard, fetched, whatever the server and the wire between do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from comfy_stand_in import ComfyStandIn, Play, comfy_stand_in, picture
from PIL import Image

from studio.core.errors import UserError
from studio.core.events import Event, Note
from studio.core.spec import RenderSpec
from studio.core.sweep import Cell
from studio.jobs import comfy_cells
from studio.jobs.comfy_cells import ComfyCells, Patience
from studio.store import comfy_wire
from studio.store.comfy_graph import Graph, ModelNames, nodes_of

NAMES = ModelNames("anima.safetensors", "qwen.safetensors", "wan.safetensors")
FILES = {"unet": ["sub\\anima.safetensors"], "clip": ["qwen.safetensors"], "vae": ["wan.safetensors"]}
SPEC = RenderSpec("1girl, mira", seed=1, steps=4, cfg=1.0, width=64, height=96, base="b" * 64, drawn_by="ComfyUI")
QUICK = Patience(whole_s=3.0, between_s=0.02)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comfy_cells, "_ASK_AGAIN_S", 0.1)
    monkeypatch.setattr(comfy_cells, "_HEAR_S", 0.02)
    monkeypatch.setattr(comfy_wire, "_AGAIN_S", 0.05)


def cells(count: int = 1) -> list[Cell]:
    return [Cell(0, seed, replace(SPEC, seed=seed)) for seed in range(count)]


def drawn(server: ComfyStandIn, wanted: list[Cell], stop: threading.Event | None = None,
          heard: list[Event] | None = None, steps: list[tuple[int, int]] | None = None,
          loras: dict[str, Path] | None = None, patience: Patience = QUICK) -> list[tuple[Cell, Image.Image]]:
    made = ComfyCells(server.url, {SPEC.base: NAMES}, loras or {}, ([] if heard is None else heard).append,
                      stop or threading.Event(), patience)
    tell = (lambda done, total: steps.append((done, total))) if steps is not None else lambda done, total: None
    return [(cell, image) for cell, image, _ in made.pictures(wanted, tell)]


def refusal(server: ComfyStandIn, wanted: list[Cell], **more: object) -> UserError:
    with pytest.raises(UserError) as refused:
        drawn(server, wanted, **more)
    return refused.value


@pytest.fixture
def server() -> Iterator[ComfyStandIn]:
    with comfy_stand_in(files=FILES) as server:
        yield server


def test_each_cell_is_drawn_by_a_graph_of_its_own(server: ComfyStandIn) -> None:
    steps: list[tuple[int, int]] = []
    found = drawn(server, cells(3), steps=steps)
    assert [graph["7"]["inputs"]["seed"] for graph in server.graphs] == [0, 1, 2]
    assert all(graph["1"]["inputs"]["unet_name"] == "sub\\anima.safetensors" for graph in server.graphs)
    assert [image.getpixel((0, 0)) for _, image in found] == [
        Image.open(_bytes(picture(graph))).getpixel((0, 0)) for graph in server.graphs]
    assert (4, 4) in steps and (1, 4) in steps


def test_it_says_what_it_is(server: ComfyStandIn) -> None:
    facts = ComfyCells(server.url, {}, {}, print, threading.Event()).facts()
    assert facts == {"drawn_by": "ComfyUI 0.3.60", "at": server.url, "device": "cuda:0 Test", "torch": "2.9"}


@pytest.mark.parametrize("play", [Play("cached"), Play("cached", mute=True), Play(mute=True), Play(cuts=True)])
def test_a_picture_arrives_however_little_is_said_of_it(server: ComfyStandIn, play: Play) -> None:
    server.plays = [play]
    assert len(drawn(server, cells(2))) == 2 and len(server.graphs) == 2


def test_a_picture_that_only_the_cache_knows_is_asked_for_by_another_end(server: ComfyStandIn) -> None:
    server.plays = [Play("hidden"), Play()]
    assert len(drawn(server, cells())) == 1
    assert [graph["9"]["class_type"] for graph in server.graphs] == ["PreviewImage", "SaveImage"]


def test_a_prompt_that_the_server_forgot_is_sent_again(server: ComfyStandIn) -> None:
    server.plays = [Play("vanish"), Play()]
    assert len(drawn(server, cells())) == 1 and len(server.graphs) == 2


def test_a_prompt_whose_answer_was_lost_is_not_sent_twice(server: ComfyStandIn) -> None:
    server.loses_answers = 1
    assert len(drawn(server, cells())) == 1 and len(server.graphs) == 1


def test_a_server_that_is_away_for_a_moment_is_waited_for(server: ComfyStandIn) -> None:
    server.down_for = 5
    assert len(drawn(server, cells(2))) == 2 and len(server.graphs) == 2


def test_a_server_that_stays_away_ends_the_sheet(server: ComfyStandIn) -> None:
    server.is_down = True
    assert "broke off" in refusal(server, cells(), patience=Patience(0.2, 0.02)).what


def test_while_a_server_is_away_a_stop_is_a_stop(server: ComfyStandIn) -> None:
    server.is_down, stop = True, threading.Event()
    threading.Timer(0.3, stop.set).start()
    assert drawn(server, cells(), stop, patience=Patience(60.0, 0.02)) == []


def test_what_went_wrong_there_is_told_here(server: ComfyStandIn) -> None:
    server.plays = [Play("fail")]
    error = refusal(server, cells())
    assert "KSampler said: Allocation on device" in error.what and "what is done is kept" in error.remedy
    server.plays = [Play("fail", mute=True)]
    assert "Allocation on device" in refusal(server, cells()).what


@pytest.mark.parametrize("mute", [False, True])
def test_a_picture_that_somebody_interrupted_ends_the_sheet(server: ComfyStandIn, mute: bool) -> None:
    server.plays = [Play("interrupt", mute=mute)]
    assert "Somebody interrupted" in refusal(server, cells()).what


def test_a_stop_interrupts_the_picture_at_hand_and_nobody_elses(server: ComfyStandIn) -> None:
    server.plays, stop = [Play("hang")], threading.Event()
    threading.Thread(target=lambda: (server.begun.wait(5), stop.set()), daemon=True).start()
    assert drawn(server, cells(3), stop) == []
    assert len(server.graphs) == 1 and len(server.interrupted) == 1 and server.interrupted == server.withdrawn


def test_a_stop_takes_a_waiting_prompt_out_of_the_queue(server: ComfyStandIn) -> None:
    server.plays = [Play("hang")]
    server.take({"prompt": nodes_of(Graph(SPEC)), "client_id": "somebody", "prompt_id": "theirs"})
    server.begun.wait(5)
    stop, heard = threading.Event(), []

    class Hearing(list):
        def append(self, event: Event) -> None:
            super().append(event)
            stop.set()

    heard = Hearing()
    assert drawn(server, cells(), stop, heard) == []
    assert [event.text for event in heard if isinstance(event, Note)][0].endswith("1 before this sheet.")
    assert server.interrupted == [] and len(server.withdrawn) == 1 and server.running == "theirs"


@pytest.mark.parametrize("kind, said", [("PreviewImage", "has no node PreviewImage"), ("KSampler", "KSampler")])
def test_a_missing_node_is_named_before_anything_is_sent(server: ComfyStandIn, kind: str, said: str) -> None:
    server.lacks = {kind}
    assert said in refusal(server, cells()).what and not server.graphs


@pytest.mark.parametrize("part, said", [("unet", "has no transformer anima.safetensors"),
                                        ("clip", "has no text encoder qwen.safetensors"),
                                        ("vae", "has no vae wan.safetensors")])
def test_a_missing_model_is_named_with_its_folder(server: ComfyStandIn, part: str, said: str) -> None:
    server.files = FILES | {part: ["another.safetensors"]}
    error = refusal(server, cells())
    assert said in error.what and "models/" in error.remedy and not server.graphs


def test_a_missing_sampler_is_named(server: ComfyStandIn) -> None:
    server.samplers = ["euler"]
    assert "has no sampler er_sde" in refusal(server, cells()).what


def test_what_the_server_has_against_a_graph_is_told(server: ComfyStandIn) -> None:
    server.refuses = {"error": {"message": "Prompt outputs failed validation"}, "node_errors": {
        "6": {"class_type": "EmptyLatentImage", "errors": [{"message": "Value too big", "details": "width"}]}}}
    assert "EmptyLatentImage: Value too big width" in refusal(server, cells()).what


@pytest.mark.parametrize("play, said", [
    (Play(content=b"\x89PNG\r\n\x1a\n broken"), "damaged"), (Play(content=b"GIF89a"), "damaged"),
    (Play(size=(32, 32)), "is 32 x 32, not 64 x 96"), (Play(content=b"<html>"), "damaged"),
])  # fmt: skip
def test_what_is_no_picture_of_the_cell_is_refused(server: ComfyStandIn, play: Play, said: str) -> None:
    server.plays = [play]
    assert said in refusal(server, cells()).what


def test_a_server_that_is_gone_is_told_after_a_while(server: ComfyStandIn) -> None:
    server.redirects = True
    assert "sends on to another address" in refusal(server, cells()).what
    with pytest.raises(UserError, match="No ComfyUI can be reached"):
        ComfyCells("http://127.0.0.1:9", {}, {}, print, threading.Event()).facts()


def _bytes(content: bytes):
    import io

    return io.BytesIO(content)

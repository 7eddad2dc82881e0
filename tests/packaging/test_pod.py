"""The pod kit: packed, unpacked elsewhere, its base fetched from a server, and trained by one command."""

from __future__ import annotations

import ast
import functools
import http.server
import importlib.util
import json
import shutil
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from job_runs import run
from tiny_project import RECIPE, write_project

from studio.core.errors import UserError
from studio.core.events import Failed, Finished
from studio.jobs.bases import BaseChoice
from studio.jobs.pack import start_packing
from studio.jobs.train import start_training
from studio.store import runs, workspace
from studio.store.pod_kit import base_files
from studio.store.workspace import open_project, read_project

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "pod.py"
FOLDERS = {"diffusion_models": "transformer", "text_encoders": "text_encoder", "vae": "vae"}


class Server:
    """A folder over HTTP, and what was asked of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.asked = folder, []
        server = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *arguments: object) -> None:
                server.asked.append(self.path)

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0),
                                                       functools.partial(Handler, directory=str(folder)))
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server(tmp_path: Path, tiny_base) -> Iterator[Server]:
    """The tiny base's files as a server keeps them."""
    folder = tmp_path / "served"
    for name, role in FOLDERS.items():
        (folder / name).mkdir(parents=True)
        shutil.copy(getattr(tiny_base, role), folder / name)
    shutil.copytree(tiny_base.qwen_tokenizer, folder / "tokenizer")
    shutil.copytree(tiny_base.t5_tokenizer, folder / "t5_tokenizer")
    served = Server(folder)
    yield served
    served.close()


def packed(tmp_path: Path, base: BaseChoice, source: str) -> Path:
    """An archive of a run that was planned, not trained, unpacked in a folder of its own."""
    archive = tmp_path / "kit.tar.gz"
    with open_project(write_project(tmp_path / "project", base.path)) as place:
        planned = start_training(place, RECIPE, base).of
        events = run(start_packing(place, planned.id, archive, base, source))
    assert isinstance(events[-1], Finished), events[-1]
    with tarfile.open(archive) as file:
        file.extractall(tmp_path / "pod", filter="data")
    return tmp_path / "pod" / f"{planned.id}-pod"


def choice(tiny_base) -> BaseChoice:
    return BaseChoice(str(tiny_base.transformer), tiny_base.text_encoder, tiny_base.vae, tiny_base.qwen_tokenizer,
                      tiny_base.t5_tokenizer)


def started(kit: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, str(kit / "start.py"), "--python", sys.executable, "--device", "cpu"]
    return subprocess.run(command, capture_output=True, text=True, cwd=kit.parent)


@pytest.mark.long
def test_a_kit_trains_elsewhere_by_one_command(tmp_path: Path, tiny_base, server: Server) -> None:
    kit = packed(tmp_path, choice(tiny_base), server.address)
    done = started(kit)
    assert done.returncode == 0, done.stderr
    folders = [path.split("/")[1] for path in server.asked]
    assert folders.index("text_encoders") < folders.index("vae") < folders.index("diffusion_models")
    there, home = read_project(kit / "project"), read_project(tmp_path / "project")
    [trained] = runs.runs_of(there)
    state = runs.read_run(trained)
    assert state.status == "finished" and len(state.checkpoints) == RECIPE.epochs
    assert runs.read_dataset(trained).digest == runs.read_dataset(runs.runs_of(home)[0]).digest
    assert runs.read_recipe(trained) == RECIPE
    asked = len(server.asked)
    again = started(kit)
    assert again.returncode == 2 and "finished" in again.stderr and len(server.asked) == asked


def test_a_text_encoder_that_does_not_read_stops_it_before_the_rest_is_fetched(tmp_path: Path, tiny_base,
                                                                              server: Server) -> None:
    from safetensors.torch import load_file, save_file

    broken = server.folder / "text_encoders" / tiny_base.text_encoder.name
    save_file({name: tensor * float("nan") for name, tensor in load_file(broken).items()}, broken)
    base = BaseChoice(str(tiny_base.transformer), broken, tiny_base.vae, tiny_base.qwen_tokenizer,
                      tiny_base.t5_tokenizer)
    done = started(packed(tmp_path, base, server.address))
    assert done.returncode == 2 and "text encoder does not work" in done.stderr
    assert not any("diffusion_models" in path for path in server.asked)


def test_a_file_with_another_checksum_is_not_taken(tmp_path: Path, tiny_base, server: Server) -> None:
    kit = packed(tmp_path, choice(tiny_base), server.address)
    file = server.folder / "text_encoders" / tiny_base.text_encoder.name
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    done = started(kit)
    assert done.returncode == 2 and "is not the" in done.stderr
    assert not list((kit / "base").rglob("*.safetensors*"))


def test_a_changed_kit_is_refused(tmp_path: Path, tiny_base) -> None:
    kit = packed(tmp_path, choice(tiny_base), "http://127.0.0.1:1")
    (kit / "recipe.toml").write_text("rank = 1\n", encoding="utf-8")
    done = started(kit)
    assert done.returncode == 2 and "recipe.toml is not as it was packed" in done.stderr


def test_an_image_that_changed_since_the_run_was_made_is_refused(tmp_path: Path, tiny_base) -> None:
    with open_project(write_project(tmp_path / "project", tiny_base.transformer)) as place:
        planned = start_training(place, RECIPE, choice(tiny_base)).of
        image = place.folder / runs.read_dataset(planned).images[0].path
        image.write_bytes(image.read_bytes() + b" ")
        events = run(start_packing(place, planned.id, tmp_path / "kit.tar.gz", choice(tiny_base)))
    assert isinstance(events[-1], Failed) and "not the image" in events[-1].what
    assert not (tmp_path / "kit.tar.gz").exists()


def test_files_come_from_the_public_release_unless_another_source_is_named(tiny_base) -> None:
    [file], place = base_files({"vae": tiny_base.vae}), f"vae/{tiny_base.vae.name}"
    assert file.url == f"https://huggingface.co/circlestone-labs/Anima/resolve/main/split_files/{place}"
    [file] = base_files({"vae": tiny_base.vae}, "http://host/files/")
    assert file.url == f"http://host/files/{place}"


def test_an_archive_has_its_ending(tmp_path: Path, tiny_base) -> None:
    with workspace.create(tmp_path / "empty", "Empty") as place, pytest.raises(UserError, match="archive"):
        start_packing(place, "latest", tmp_path / "kit.zip")


# The script


@pytest.fixture
def pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as if it lay in a kit of its own."""
    spec = importlib.util.spec_from_file_location("pod", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "BASE", tmp_path / "base")
    return module


def test_it_imports_the_standard_library_and_nothing_else() -> None:
    tree = ast.parse(SCRIPT.read_text("utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize("capability, driver, word", [
    ((12, 0), 570, "CUDA 13"), ((10, 0), 560, "CUDA 13"), ((3, 5), 470, "older than any torch"),
])  # fmt: skip
def test_a_card_that_no_build_of_torch_fits_is_refused(pod: ModuleType, capability: tuple[int, int], driver: int,
                                                       word: str) -> None:
    with pytest.raises(pod.Stop, match=word):
        pod.check_card(capability, driver)


@pytest.mark.parametrize("capability, driver", [
    ((8, 9), 550), ((12, 0), 580), ((6, 1), 580), ((9, 0), 535), (None, None),
])  # fmt: skip
def test_any_other_card_may_train(pod: ModuleType, capability: tuple[int, int] | None, driver: int | None) -> None:
    pod.check_card(capability, driver)


def test_a_download_goes_on_where_the_line_broke_off(pod: ModuleType, tmp_path: Path,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytes(range(256)) * 40
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            start = int(self.headers.get("Range", "bytes=0-")[6:-1])
            asked.append(start)
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            self.wfile.write(content[start:start + 4000])

        def log_message(self, *arguments: object) -> None:
            pass

    monkeypatch.setattr(pod.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(pod, "CHUNK", 1000)
    served = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    (tmp_path / "content").write_bytes(content)
    file = {"path": "vae/v.bin", "size": len(content), "sha256": pod.sha256_of(tmp_path / "content")}
    pod.fetch(file, f"http://127.0.0.1:{served.server_port}/v.bin", tmp_path / "base" / "vae" / "v.bin")
    served.shutdown()
    served.server_close()
    assert (tmp_path / "base" / "vae" / "v.bin").read_bytes() == content
    assert asked == [0, 4000, 8000]


def test_addresses_may_be_written_by_hand(pod: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "sources.json").write_text(json.dumps({"vae/v": "http://mine/v"}), encoding="utf-8")
    assert pod.sources_of([{"path": "vae/v"}], "") == {"vae/v": "http://mine/v"}
    assert pod.sources_of([{"path": "vae/v"}], "http://host/f/") == {"vae/v": "http://host/f/vae/v"}

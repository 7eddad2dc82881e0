"""What does a picture's own metadata say of the generator and the model that made it?

Each tool writes in its own way; they are asked in the order in which mature readers ask. All of it is a stranger's
text: read within limits, never evaluated, and a text that makes no sense says nothing.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from PIL import Image

from studio.core.provenance import Made, Target, provenance_of
from studio.core.record import Provenance
from studio.store import comfy_graph, picture_text
from studio.store.exchange import comfy_models
from studio.store.exchange.hidden_text import hidden_text
from studio.store.images import BROKEN, decoded, read_content

Texts = Mapping[str, str]
Json = Mapping[str, object]

HIDDEN, COMMENT, XMP = "hidden", "exif comment", "xmp"  # names that no chunk has

_LONGEST, _LONGEST_NAME = 2**20, 200  # characters
_EXIF, _COMMENT = 0x8769, 0x9286      # EXIF 2.3: the pointer to its own table, and UserComment in it
_TAGS = {0x0131: "Software", 0x010E: "Description", 0x010F: "exif make", 0x0110: "exif model"}
_ENCODINGS = {b"UNICODE\0": "utf-16-be", b"ASCII\0\0\0": "utf-8", b"\0" * 8: "utf-8"}
_A1111_KIN = {"comfyui": "ComfyUI", "fooocus": "Fooocus", "invoke": "InvokeAI", "swarm": "SwarmUI", "neo": "Forge Neo",
              "reforge": "reForge", "forge": "Forge", "character lora studio": "Character LoRA Studio"}
_WORDS = {"midjourney": "Midjourney", "dall-e": "DALL-E", "dall·e": "DALL-E", "chatgpt": "ChatGPT", "openai": "OpenAI",
          "made with google ai": "Google AI", "gemini": "Gemini", "firefly": "Adobe Firefly", "ideogram": "Ideogram"}
_XMP_COMMENT = re.compile(r"<exif:UserComment>.*?<rdf:li[^>]*>(.*?)</rdf:li>", re.DOTALL)
_XMP_MAKERS = re.compile(r"(?:CreatorTool|Credit)(?:=\"|>)([^\"<]{1,100})")
_LORA_TAG = re.compile(r"<lora:([^:<>]{1,200}):")


def made_of(image: Image.Image) -> Made | None:
    """What a picture that was decoded says of its making; None if it says nothing that is understood."""
    return made_by(texts_of(image))


def read_provenance(path: Path, target: Target) -> Provenance:
    """Where a picture comes from by its own metadata. Raises UserError as `read_picture` does."""
    return provenance_of(made_of(decoded(read_content(path), path.name).image), target)


def texts_of(image: Image.Image) -> dict[str, str]:
    """Every text in a picture that was decoded, by the name of its chunk, or by one of this module's own."""
    return {name: text for name, text in _texts(image) if isinstance(text, str) and 0 < len(text) <= _LONGEST}


def made_by(texts: Texts) -> Made | None:
    """What such texts say."""
    return next((made for read in _READERS if (made := read(texts))), None)


def made_by_a1111(text: str) -> Made | None:
    """What a text says that AUTOMATIC1111's web UI or a tool like it wrote, into a chunk or into a file of its own."""
    settings = picture_text.parse_parameters(text[:_LONGEST]).settings
    if "Steps" not in settings and "Sampler" not in settings:
        return None
    version = settings.get("Version", "")
    generator = _known(version, _A1111_KIN) or ("Forge" if re.match(r"f\d", version) else "AUTOMATIC1111")
    parts = (value for name, value in settings.items() if re.fullmatch(r"VAE|Module \d+", name))
    return _made(generator, f"{generator}'s text", [settings.get("Model")], _LORA_TAG.findall(text), parts,
                 [settings.get("Model hash")])


def _texts(image: Image.Image) -> Iterator[tuple[str, object]]:
    yield from image.info.items()
    xmp = image.info.get("XML:com.adobe.xmp") or image.info.get("xmp")
    yield XMP, xmp.decode("utf-8", "replace") if isinstance(xmp, bytes) else xmp
    yield HIDDEN, hidden_text(image)
    try:
        exif = image.getexif()
        yield COMMENT, _comment(exif.get_ifd(_EXIF).get(_COMMENT))
        yield from ((name, exif.get(tag)) for tag, name in _TAGS.items() if exif.get(tag))
    except BROKEN:
        return


def _comment(raw: object) -> object:
    """EXIF's UserComment begins with eight bytes that name its encoding; Unicode's byte order is up to the writer."""
    if not isinstance(raw, bytes):
        return raw
    head, body = raw[:8], raw[8:]
    encoding = _ENCODINGS.get(head)
    if encoding is None:
        return raw.decode("utf-8", "replace")
    if encoding == "utf-16-be" and body[1:2] == b"\0" != body[:1]:
        encoding = "utf-16-le"
    return body.decode(encoding, "replace").strip("\0")


def _ours(texts: Texts) -> Made | None:
    origin = picture_text.from_json(texts.get(picture_text.OWN, ""))
    return origin and _made("Character LoRA Studio", "The studio's own text", [origin.base_name], origin.lora_names)


def _swarm(texts: Texts) -> Made | None:
    table = _table(_parameters(texts)).get("sui_image_params")
    if not isinstance(table, dict):
        return None
    return _made("SwarmUI", "SwarmUI's text", [table.get("model")], _names(table.get("loras")), [table.get("vae")])


def _fooocus(texts: Texts) -> Made | None:
    for text in (_parameters(texts), texts.get("Comment", "")):
        table = _table(text)
        model = table.get("base_model") or table.get("base_model_name") or table.get("Base Model")
        if model:
            generator = "RuinedFooocus" if "ruined" in str(table.get("software", "")).casefold() else "Fooocus"
            loras = _names(table.get("loras"))
            return _made(generator, f"{generator}'s text", [model], loras, hashes=[table.get("base_model_hash")])
    return None


def _a1111(texts: Texts) -> Made | None:
    return made_by_a1111(_parameters(texts))


def _comfy(texts: Texts) -> Made | None:
    """PNG chunks of its own; in WebP the same two texts stand in EXIF, each behind its name."""
    graph = texts.get(comfy_graph.CHUNK) or texts.get("exif model", "").partition("prompt:")[2]
    workflow = texts.get("workflow") or texts.get("exif make", "").partition("workflow:")[2]
    named = comfy_models.of_graph(graph)
    if not named.models:
        named = comfy_models.of_workflow(workflow)
    if not named.models and not _table(graph) and "nodes" not in _table(workflow):
        return None
    return _made("ComfyUI", "The ComfyUI graph", named.models, named.loras, named.parts)


def _invoke(texts: Texts) -> Made | None:
    table = _table(texts.get("invokeai_metadata", ""))
    if table:
        return _made("InvokeAI", "InvokeAI's metadata", [_name(table.get("model"))], _names(table.get("loras")))
    older = _table(texts.get("sd-metadata", ""))
    if older or "Dream" in texts:
        return _made("InvokeAI", "InvokeAI's metadata", [older.get("model_weights")], hashes=[older.get("model_hash")])
    return None


def _novelai(texts: Texts) -> Made | None:
    hidden = _table(texts.get(HIDDEN, ""))
    source = texts.get("Source") or hidden.get("Source")
    software = str(texts.get("Software") or hidden.get("Software") or "")
    if "novelai" not in f"{software} {source}".casefold():
        return None
    return _made("NovelAI", "NovelAI's metadata", [source])


def _draw_things(texts: Texts) -> Made | None:
    found = _XMP_COMMENT.search(texts.get(XMP, ""))
    table = _table(html.unescape(found[1])) if found else {}
    if "model" not in table:
        return None
    return _made("Draw Things", "Draw Things' metadata", [table["model"]], _names(table.get("lora")))


def _by_words(texts: Texts) -> Made | None:
    """Services name no model; most say at least that a model drew the picture (IPTC's digital source type)."""
    makers = " ".join([texts.get("Software", ""), *_XMP_MAKERS.findall(texts.get(XMP, ""))])
    generator = "Midjourney" if "Job ID:" in texts.get("Description", "") else _known(makers, _WORDS)
    if not generator and "trainedAlgorithmicMedia" in texts.get(XMP, ""):
        generator = makers.strip() or "a generator without a name"
    return _made(generator, "The metadata") if generator else None


_READERS: tuple[Callable[[Texts], Made | None], ...] = (
    _ours, _swarm, _fooocus, _a1111, _comfy, _invoke, _novelai, _draw_things, _by_words)


def _parameters(texts: Texts) -> str:
    return texts.get(picture_text.PARAMETERS) or texts.get(COMMENT) or texts.get(HIDDEN, "")


def _made(generator: str, where: str, models: Iterable[object] = (), loras: Iterable[object] = (),
          parts: Iterable[object] = (), hashes: Iterable[object] = ()) -> Made:
    return Made(generator[:_LONGEST_NAME], where[:_LONGEST_NAME], *map(_tidy, (models, loras, parts, hashes)))


def _tidy(names: Iterable[object]) -> tuple[str, ...]:
    """Those that are names, on one line, each once."""
    texts = (" ".join(name[:_LONGEST_NAME].split()) for name in names if isinstance(name, str))
    return tuple(dict.fromkeys(text for text in texts if text))


def _names(entries: object) -> Iterator[object]:
    """The names in a list that each tool fills otherwise: texts, [name, weight] or tables."""
    return (_name(entry) for entry in entries) if isinstance(entries, list) else iter(())


def _name(entry: object) -> object:
    if isinstance(entry, list) and entry:
        return entry[0]
    if not isinstance(entry, dict):
        return entry
    inner = next((entry[key] for key in ("model", "lora", "file") if key in entry), None)
    return _name(inner) if isinstance(inner, dict) else inner or entry.get("name") or entry.get("model_name")


def _known(text: str, words: Mapping[str, str]) -> str:
    plain = text.casefold()
    return next((name for word, name in words.items() if word in plain), "")


def _table(text: str) -> Json:
    """The JSON object in a text; an empty one where there is none."""
    if not text.lstrip().startswith("{"):
        return {}
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}

"""Are the captions written as Anima reads them? C03, C04, C09 to C16, C18, C21 and C22."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import pairwise

from studio.core import tag_edits
from studio.core.caption import is_heading, join_caption, weighted
from studio.core.composer import in_profile, parse, render
from studio.core.lint.exports import cut_short, scattered
from studio.core.lint.finding import Case, Open, Rewrite, rewrite
from studio.core.lint.phrases import number
from studio.core.lint.settings import LintSettings
from studio.core.lint.subject import Subject, distinct
from studio.core.record import Record
from studio.core.said import Said, joined, said, said_of
from studio.core.tag_edits import these

Cases = Iterator[Case]

_RATINGS = frozenset({"safe", "sensitive", "nsfw", "explicit"})
_OLD_RATING = "general"
_ARTIST_WORD = re.compile(r"artist:\s*(?=\S)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[^\sa-z])|(?<=。)(?=\S)")
_SIDE = re.compile(r"(?<!has )(?<!have )(?<!is )(?<!was )\b(left|right)\b(?! (away|behind|in front|above|next)\b)",
                   re.IGNORECASE)
_FRAME = re.compile(r"viewer|picture|image|frame|screen|\bown\b|character['’]s", re.IGNORECASE)
_PLACED = re.compile(r"\bon the (left|right)\b", re.IGNORECASE)
_WEIGHT = r"\(([^()\n]{1,80}):\s*\d+(?:\.\d+)?\s*\)"
_KNOWN_RATINGS = said("The words are safe, sensitive, nsfw and explicit.")
_LOOK = Open(said("Look at them"), "captions")
_RANKS = ("quality", "count", "trigger", "character", "copyright", "artist")


def sentences_of(text: str) -> tuple[str, ...]:
    """The sentences of a caption, one by one."""
    return tuple(filter(None, _SENTENCE_END.split(text)))


def no_sentences(subject: Subject, settings: LintSettings) -> Cases:
    """C03: what no tag can say, such as which way she looks, is taught by nothing else."""
    bare = tuple(each for each in subject.captioned if not each.sentences)
    if bare:
        message = said_of("{n} caption has no sentences: write two for it.",
                          "{n} captions have no sentences: write two for each.", len(bare))
        figure = said("{some} of {all} captions have some.", some=len(subject.captioned) - len(bare),
                      all=len(subject.captioned))
        yield Case(bare, message, figure, Open(said("Write sentences"), "captions"))


def other_template(subject: Subject, settings: LintSettings) -> Cases:
    """C04: another number of sentences than the template's."""
    wanted = number(settings.sentences, "sentence")
    other = tuple(each for each in _told(subject) if len(sentences_of(each.sentences)) != settings.sentences)
    if other:
        message = said_of("{n} caption has other than {wanted}: bring it into one form with the others.",
                          "{n} captions have other than {wanted}: bring them into one form.", len(other), wanted=wanted)
        figure = said("{some} of {all} captions have not {wanted}.", some=len(other), all=len(subject.captioned),
                      wanted=wanted)
        yield Case(other, message, figure, _LOOK)


def out_of_order(subject: Subject, settings: LintSettings) -> Cases:
    """C09: quality, head count, character, series, artist, then the rest."""
    rank = cache(partial(_rank, subject))
    mixed = tuple(each for each in subject.captioned
                  if any(before > after for before, after in pairwise(map(rank, each.tags))))
    if mixed:
        message = said_of("{n} caption has tags out of Anima's order: sort them.",
                          "{n} captions have tags out of Anima's order: sort them.", len(mixed))
        figure = said("The order is quality, head count, character, series, artist, everything else.")
        sort = tag_edits.sort(subject.triggers, subject.kind)
        yield Case(mixed, message, figure, rewrite(said("Sort the tags"), mixed, sort))


def underscores(subject: Subject, settings: LintSettings) -> Cases:
    """C10: only score_N is written with one."""
    spaced = tag_edits.underscores_to_spaces()
    wrong = _spelled(subject, lambda tag: "_" in tag and spaced(tag) != tag)
    message = said_of("{n} tag in {captions} has an underscore: write spaces for underscores.",
                      "{n} tags in {captions} have an underscore: write spaces for underscores.", len(wrong),
                      captions=number(_of(wrong), "caption"))
    yield from _misspelled(wrong, message, rewrite(said("Write spaces for underscores"), _of(wrong), spaced))


def upper_case(subject: Subject, settings: LintSettings) -> Cases:
    """C11: tags are lower case, triggers as they are."""
    small = tag_edits.lower_case(subject.triggers)
    wrong = _spelled(subject, lambda tag: tag != tag.lower() and tag not in subject.triggers)
    message = said_of("{n} tag in {captions} has capitals: write tags in lower case.",
                      "{n} tags in {captions} have capitals: write tags in lower case.", len(wrong),
                      captions=number(_of(wrong), "caption"))
    yield from _misspelled(wrong, message, rewrite(said("Write tags in lower case"), _of(wrong), small))


def rating(subject: Subject, settings: LintSettings) -> Cases:
    """C12: one of Anima's words for how safe an image is, not those of older models."""
    old = subject.carriers.get(_OLD_RATING, ())
    rated = {record.image.path for word in (*_RATINGS, _OLD_RATING) for record in subject.carriers.get(word, ())}
    silent = tuple(each for each in subject.captioned if each.image.path not in rated)
    if old:
        message = said_of("{n} caption says 'general', which is SDXL's word: write 'safe'.",
                          "{n} captions say 'general', which is SDXL's word: write 'safe'.", len(old))
        rename = tag_edits.rename(_OLD_RATING, "safe")
        yield Case(old, message, _KNOWN_RATINGS, rewrite(said("Replace 'general' by 'safe'"), old, rename))
    if silent:
        message = said_of("{n} caption says nothing about safety: add 'safe' if it is true.",
                          "{n} captions say nothing about safety: add 'safe' where it is true.", len(silent))
        add = tag_edits.then(tag_edits.add(["safe"], "after trigger"), tag_edits.sort(subject.triggers, subject.kind))
        yield Case(silent, message, _KNOWN_RATINGS, rewrite(said("Add 'safe'"), silent, add))


def artist_sign(subject: Subject, settings: LintSettings) -> Cases:
    """C13: without its @ an artist's name is just words."""
    wrong = _spelled(subject, lambda tag: not tag.startswith("@") and (
        subject.kind(tag) == "artist" or _ARTIST_WORD.match(tag) is not None))
    sign = tag_edits.then(*(tag_edits.rename(tag, f"@{_ARTIST_WORD.sub('', tag)}") for tag in wrong))
    message = said_of("{n} tag in {captions} is an artist without an @: put @ before artists.",
                      "{n} tags in {captions} are artists without an @: put @ before artists.", len(wrong),
                      captions=number(_of(wrong), "caption"))
    yield from _misspelled(wrong, message, rewrite(said("Put @ before artists"), _of(wrong), sign))


def mixed_quality(subject: Subject, settings: LintSettings) -> Cases:
    """C14: one beginning for all captions; which one is a matter of taste, ratings and years are the image's own."""
    begun = {id(each): _quality(each) for each in subject.captioned}
    if len(set(begun.values())) < 2:
        return
    usual, count = Counter(begun.values()).most_common(1)[0]
    other = tuple(each for each in subject.captioned if begun[id(each)] != usual)
    message = said_of("{n} caption begins in another way than most: choose one quality profile.",
                      "{n} captions begin in another way than most: choose one quality profile.", len(other))
    figure = said("{some} of {all} begin with '{quality}'.", some=count, all=len(begun),
                  quality=", ".join(usual) or said("nothing"))
    remedy = Rewrite(said("Write the usual profile"), lambda: _in_profile(other, usual, subject))
    yield Case(other, message, figure, remedy)


def scattered_sentences(subject: Subject, settings: LintSettings) -> Cases:
    """C15: for exports alone, since this studio never splits a sentence."""
    if (target := subject.export) and (torn := scattered(subject.records, target)):
        message = said("{trainer} would shuffle the sentences of {captions} in among the tags: export JSON captions, "
                       "or switch its shuffling off.", trainer=target.name, captions=number(torn, "caption"))
        figure = said("It splits at every comma and leaves {keep} pieces in place.", keep=target.keep)
        yield Case(torn, message, figure, _LOOK)


def sides_of_whom(subject: Subject, settings: LintSettings) -> Cases:
    """C16: left and right are the viewer's or her own, and nobody can tell which."""
    vague = tuple(each for each in _told(subject) if _SIDE.search(each.sentences) and _has_vague_side(each))
    if vague:
        message = said_of("{n} caption says left or right without whose: write \"on the viewer's right\".",
                          "{n} captions say left or right without whose: write \"on the viewer's right\".", len(vague))
        figure = said("{some} of {all} captions.", some=len(vague), all=len(subject.captioned))
        yield Case(vague, message, figure, _LOOK)


def cut_captions(subject: Subject, settings: LintSettings) -> Cases:
    """C18: for exports alone, since this studio refuses what it would have to cut."""
    if (target := subject.export) and (long := cut_short(subject.records, target)):
        message = said("{trainer} would cut {captions} short: shorten what is too long.", trainer=target.name,
                       captions=number(long, "caption"))
        yield Case(long, message, said("It reads {limit} tokens.", limit=target.limit), _LOOK)


def from_elsewhere(subject: Subject, settings: LintSettings) -> Cases:
    """C21: captions taken over to the letter were written for another model."""
    same = tuple(each for each in subject.captioned if each.caption.strip() in subject.elsewhere)
    if same:
        names = sorted({subject.elsewhere[each.caption.strip()] for each in same})
        message = said_of("{n} caption is to the letter one of {sets}: put it in Anima's form.",
                          "{n} captions are to the letter those of {sets}: put them in Anima's form.", len(same),
                          sets=joined(names))
        figure = said("{some} of {all} captions are the same.", some=len(same), all=len(subject.captioned))
        form = tag_edits.then(tag_edits.underscores_to_spaces(), tag_edits.sort(subject.triggers, subject.kind))
        yield Case(same, message, figure, rewrite(said("Put them in Anima's form"), same, form))


def weights(subject: Subject, settings: LintSettings) -> Cases:
    """C22: in a caption (smile:1.3) is eleven letters and no weight."""
    heavy = tuple(each for each in subject.captioned if ":" in each.caption and weighted(each.caption))
    if heavy:
        message = said_of("{n} caption has weights, which mean nothing there: take them out.",
                          "{n} captions have weights, which mean nothing there: take them out.", len(heavy))
        bare = rewrite(said("Take out the weights"), heavy, tag_edits.replace_pattern(_WEIGHT, r"\1"))
        yield Case(heavy, message, said("The first is {weight}.", weight=weighted(heavy[0].caption)), bare)


def _spelled(subject: Subject, is_wrong: Callable[[str], bool]) -> Mapping[str, tuple[Record, ...]]:
    """The tags that are spelled in some way, and their images."""
    return {tag: there for tag, there in subject.carriers.items() if is_wrong(tag)}


def _of(wrong: Mapping[str, tuple[Record, ...]]) -> tuple[Record, ...]:
    return distinct(record for there in wrong.values() for record in there)


def _misspelled(wrong: Mapping[str, tuple[Record, ...]], message: Said, remedy: Rewrite) -> Cases:
    """One case for all tags that are spelled in a wrong way."""
    if wrong:
        figure = said_of("It is {tags}.", "They are {tags}.", len(wrong), tags=joined(wrong))
        yield Case(_of(wrong), message, figure, remedy)


def _rank(subject: Subject, tag: str) -> int:
    """Where a tag belongs."""
    if is_heading(tag):
        return _RANKS.index("count" if parse(tag).counts else "quality")
    if tag in subject.triggers:
        return _RANKS.index("trigger")
    kind = subject.kind(tag)
    return _RANKS.index(kind) if kind in _RANKS else len(_RANKS)


def _quality(record: Record) -> tuple[str, ...]:
    return tuple(tag for tag in record.tags if tag not in _RATINGS and _is_quality(tag))


@cache
def _is_quality(tag: str) -> bool:
    """Whether a tag praises or dates the image; of the years each is its own."""
    return is_heading(tag) and not parse(tag).counts and not tag.startswith("year ")


def _in_profile(records: Iterable[Record], usual: tuple[str, ...], subject: Subject) -> tuple[tag_edits.Preview, ...]:
    """A rating is asked for, so that the image's own, if it has one, finds its place."""
    profile = join_caption((*usual, "safe"))

    def written(text: str) -> str:
        parts = parse(text, subject.triggers)
        new = in_profile(parts, profile)
        return render(new) if not _RATINGS.isdisjoint(parts.quality) else tag_edits.remove(these("safe"))(render(new))

    return tag_edits.previews((record.image for record in records), written)


def _has_vague_side(record: Record) -> bool:
    """Where several are, "A on the left" says where in the image she is."""
    several = len(record.image.characters) > 1
    sides = (each for each in sentences_of(record.sentences) if _SIDE.search(each))
    return any(not _FRAME.search(each) and not (several and _PLACED.search(each)) for each in sides)


def _told(subject: Subject) -> Iterator[Record]:
    return (each for each in subject.records if each.sentences)


"""Which picture stands in which pane: an epoch, the target, or the same cell of another run?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.axes import Value
from ui.i18n import tr
from ui.pages.epochs_remarks import cause_text
from ui.pages.epochs_stage import Exhibit
from ui.pages.training_live_curves import short_name
from ui.pages.training_live_targets import Targets
from ui.viewstate.epoch_panes import TARGET
from ui.viewstate.epoch_series import Series, Shot
from ui.widgets.epoch_scrubber import epoch_text

if TYPE_CHECKING:
    from ui.pages.epochs import EpochsPage

_ASIDE = 3  # prompts and seeds to either side that are loaded ahead


class Exhibitor:
    """Knows the targets, and the series of other runs that may stand beside the page's own."""

    def __init__(self, page: EpochsPage) -> None:
        self._page = page
        self._others: tuple[Series, ...] = ()
        self.targets = Targets(page.session, page)
        self.is_across = False

    def show_series(self, series: Series, every: Sequence[Series]) -> None:
        """The series of the page, among all that there are."""
        by_run: dict[str, Series] = {}
        for each in sorted((each for each in every if each.run != series.run),
                           key=lambda each: (each.title != series.title, each.id)):
            by_run.setdefault(each.run, each)
        self._others = tuple(by_run[run] for run in sorted(by_run, reverse=True))
        self.targets.show(each.prompt for each in series.looks)

    def shot(self, place: int) -> Shot | None:
        """The cell of the page's series in a pane."""
        if self._other(place) is not None:
            return None
        return self._page.series.shot(self._page.look, self._page.panes.panes[place].shows)

    def is_of_page(self, place: int) -> bool:
        """Whether a pane shows the page's own series and no other run."""
        return self._other(place) is None

    def exhibits(self) -> list[Exhibit]:
        """One for each pane."""
        return [self._exhibit(place) for place in range(self._page.panes.count)]

    def ahead(self, direction: int) -> Iterator[Path]:
        """The files that are likely to be wanted next: the next epochs, the panes under other prompts, all the rest."""
        page = self._page
        series, look, epochs = page.series, page.look, page.series.epochs
        at = epochs.index(page.panes.leading) if page.panes.leading in epochs else 0
        near = sorted(range(len(epochs)), key=lambda place: (place - at) * direction if (place - at) * direction >= 0
                      else 2 * (at - place) * direction)
        looks = series.looks
        place = looks.index(look) if look in looks else 0
        beside = [each for each in looks[max(0, place - _ASIDE):place + _ASIDE + 1] if each != look]
        places = [(look, epochs[each]) for each in near[:8]]
        places += [(each, pane.shows) for each in beside for pane in page.panes.panes]
        places += [(look, epochs[each]) for each in near[8:]]
        return (shot.path for each in places if (shot := series.shot(*each)))

    def _exhibit(self, place: int) -> Exhibit:
        page = self._page
        if page.panes.panes[place].shows == TARGET:
            return self._target()
        if (other := self._other(place)) is not None:
            return self._of_other(other)
        epoch = page.panes.panes[place].shows
        name, shot = epoch_text(epoch), self.shot(place)
        if shot is None:
            return Exhibit(tr("{name}: not drawn", name=name), None, page.series.size)
        if self.is_across:
            name = f"{short_name(page.series.run)} · {name}"
        return Exhibit(name, shot.path, page.series.size, page.judging.words(shot), self._signs(shot))

    def _signs(self, shot: Shot) -> tuple[tuple[str, str], ...]:
        """What was said of a cell beside its trait."""
        judging = self._page.judging
        causes = ", ".join(map(cause_text, judging.causes(shot)))
        told = {"star-full": tr("Kept  (K)") if judging.is_kept(shot) else "", "reject": causes,
                "note": judging.note(shot)}
        return tuple((shape, text) for shape, text in told.items() if text)

    def _target(self) -> Exhibit:
        page = self._page
        record = self.targets.record(page.look.prompt) if page.look else None
        if record is None:
            return Exhibit(tr("No picture of the set fits"), None, page.series.size)
        image = record.image
        return Exhibit(tr("Target"), page.session.place.folder / image.path, (image.width, image.height))

    def _other(self, place: int) -> Series | None:
        """The run that stands in a free pane, while runs are compared; the page's own is in the pane that leads."""
        panes = self._page.panes
        if not self.is_across or place == panes.lead or panes.panes[place].is_pinned:
            return None
        free = [at for at, each in enumerate(panes.panes) if not each.is_pinned and at != panes.lead]
        at = free.index(place)
        return self._others[at] if at < len(self._others) else None

    def _of_other(self, other: Series) -> Exhibit:
        page, run = self._page, short_name(other.run)
        look = other.same(page.look) if page.look else None
        epoch: Value | None = other.nearest(look, page.panes.leading) if look else None
        shot = other.shot(look, epoch) if epoch is not None else None
        if shot is None:
            return Exhibit(tr("{run}: has not drawn this prompt and seed", run=run), None, other.size)
        return Exhibit(f"{run} · {epoch_text(epoch)}", shot.path, other.size)

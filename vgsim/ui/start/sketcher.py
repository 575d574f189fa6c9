"""Runs the first update of experiments in a thread of its own, for their thumbnails."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from threading import Thread

from PySide6.QtCore import QObject, Qt, Signal, Slot

from vgsim.nn.spec import Spec
from vgsim.ui.start.model.sketch import Sketch, sketch_of

MOST_URGENT = 16
"""As many are looked at at once; of more the newest."""

log = logging.getLogger(__name__)


class Sketcher(QObject):
    """Sketches by spec. Each is made once, while nobody waits for it.

    ``drawn`` comes in the thread of the window when there is another one.
    """

    drawn = Signal(object)
    """The :class:`Spec` whose sketch is there now."""
    _made = Signal(object, object)
    _rested = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sketches: dict[Spec, Sketch] = {}
        self._waiting: deque[Spec] = deque()
        self._urgent: deque[Spec] = deque(maxlen=MOST_URGENT)
        self._thread: Thread | None = None
        self._ended = False
        self._made.connect(self._keep, Qt.ConnectionType.QueuedConnection)
        self._rested.connect(self._go_on, Qt.ConnectionType.QueuedConnection)

    def sketch(self, spec: Spec) -> Sketch | None:
        """The sketch of ``spec``, if it has been made."""
        return self._sketches.get(spec)

    def ask_for(self, specs: Iterable[Spec]) -> None:
        """Make the sketches that there are not yet, in this order."""
        asked = {*self._sketches, *self._waiting}
        self._waiting += [spec for spec in specs if spec not in asked]
        if self._waiting and self._thread is None and not self._ended:
            # A daemon: a process that ends otherwise than by closing does not wait for it.
            self._thread = Thread(target=self._work, daemon=True)
            self._thread.start()

    def hurry(self, spec: Spec) -> None:
        """Make this one before the others: it is looked at."""
        if spec not in self._urgent:
            self._urgent.append(spec)

    def close(self) -> None:
        """Make no more of them; returns when the one that is being made is done."""
        self._ended = True
        self._waiting.clear()
        self._urgent.clear()
        thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        """What the thread does: one experiment after the other until none is wanted."""
        made = set(self._sketches)
        while not self._ended:
            try:
                spec = (self._urgent or self._waiting).popleft()
            except IndexError:
                break
            if spec in made:
                continue
            made.add(spec)
            sketch: Sketch | None = None
            try:
                sketch = sketch_of(spec)
            except Exception:  # of any kind: a card without a picture is no reason to stop
                log.warning("no thumbnail of %s", spec.name, exc_info=True)
            if not self._ended:
                with suppress(RuntimeError):  # the window has gone meanwhile
                    self._made.emit(spec, sketch)
        self._thread = None
        if not self._ended:
            with suppress(RuntimeError):
                self._rested.emit()

    @Slot()
    def _go_on(self) -> None:
        """Something may have been asked for just when the thread had found nothing left to do."""
        self.ask_for(())

    @Slot(object, object)
    def _keep(self, spec: Spec, sketch: Sketch | None) -> None:
        if sketch is not None and not self._ended:
            self._sketches[spec] = sketch
            self.drawn.emit(spec)

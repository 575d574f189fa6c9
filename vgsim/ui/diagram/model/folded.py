"""A frame with the columns of the diagram in the place of its stages, for plots by stage. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vgsim.measure.frame import Frame, PinnedRun
from vgsim.measure.request import Focus
from vgsim.measure.subject import NamedStage, Subject
from vgsim.nn.history import HistoryView
from vgsim.ui.diagram.model.folding import FoldColumn, column_at


def folded_frame(frame: Frame, columns: Sequence[FoldColumn]) -> Frame:
    """``frame`` with one stage for each column: the last of its stages, under the group's name.

    What runs beside it and has the same stages is folded alike. Where every column is one stage the
    frame itself comes back.
    """
    if len(columns) == frame.stages or columns[-1].last != frame.stages:
        return frame
    at = np.array([column.last - 1 for column in columns], np.intp)
    named = frame.subject.named
    other = frame.other
    if other is not None and other.subject.named == named:
        other = folded_frame(other, columns)
    moment = frame.moment
    reached = [column for column in columns if column.last < frame.backward_from]
    track = frame.track
    if track is not None:
        track = replace(track, history=_history(track.history, at))
    return replace(
        frame,
        subject=_subject(frame.subject, columns),
        moment=replace(moment, stage=column_at(columns, moment.stage)),
        stages=len(columns),
        widths=tuple(frame.widths[k] for k in at),
        forward_to=len([column for column in columns if column.last <= frame.forward_to]),
        backward_from=len(reached) + 1,
        node_h=tuple(frame.node_h[k] for k in at),
        node_dh=tuple(frame.node_dh[k] for k in at),
        h_rms=frame.h_rms[at],
        dh_rms=frame.dh_rms[at],
        dh_norm=frame.dh_norm[at],
        dW_norm=frame.dW_norm[at],
        db_norm=frame.db_norm[at],
        weight_norm=frame.weight_norm[at],
        update_norm=frame.update_norm[at],
        history=_history(frame.history, at),
        cuts=((),) * len(columns),
        request=replace(frame.request, focus=_focus(frame.request.focus, columns)),
        measurements=(),
        other=other,
        ahead=folded_frame(frame.ahead, columns) if frame.ahead is not None else None,
        pins=tuple(_pin(pin, frame.stages, at) for pin in frame.pins),
        track=track,
    )


def _subject(subject: Subject, columns: Sequence[FoldColumn]) -> Subject:
    named = []
    for column in columns:
        last = subject.named[column.last - 1]
        if column.group:
            kind = subject.holders.get(column.group, "")
            parent = column.group.rpartition(".")[0]
            last = NamedStage(column.group, parent, kind, last.shape)
        named.append(last)
    return replace(subject, named=tuple(named), arcs=())


def _focus(focus: Focus | None, columns: Sequence[FoldColumn]) -> Focus | None:
    if focus is None:
        return None
    return Focus(column_at(columns, focus.stage))


def _history(history: HistoryView, at: np.ndarray[tuple[int], np.dtype[np.intp]]) -> HistoryView:
    if history.dh_rms.shape[1] <= at[-1]:
        return history
    return replace(history, dh_rms=history.dh_rms[:, at])


def _pin(pin: PinnedRun, stages: int, at: np.ndarray[tuple[int], np.dtype[np.intp]]) -> PinnedRun:
    if len(pin.gradient) != stages:
        return pin
    return replace(pin, gradient=pin.gradient[at], history=_history(pin.history, at))

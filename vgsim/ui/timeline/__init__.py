"""The timeline under the diagram: the moments of this pass, and below them the training steps."""

from vgsim.ui.timeline.panel import Timeline

__all__ = ["Timeline"]

"""The timeline under the diagram: the moments of this pass, and below them the training steps."""

from vgsim.views.timeline.panel import Timeline

__all__ = ["Timeline"]

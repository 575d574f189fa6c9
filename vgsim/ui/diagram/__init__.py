"""The network as columns of nodes, shaded by the size of the gradient."""

from vgsim.ui.diagram.view import DiagramView

__all__ = ["DiagramView"]

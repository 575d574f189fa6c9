"""The timeline under the diagram: the moments of this pass, and below them the training steps."""

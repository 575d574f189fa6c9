"""The Guide: lessons, page by page, with figures that are live views of the network behind."""

"""The parts of the Why panel."""

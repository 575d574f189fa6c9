"""Widgets painted as shapes: SVG and PDF."""

"""From a frame to what a view draws: scales, colors, words and series. No Qt."""

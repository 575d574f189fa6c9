"""Every plot, one file each: :mod:`vgsim.ui.plots.kinds` knows them all."""

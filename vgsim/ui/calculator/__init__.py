"""The calculator: one factor, multiplied by itself hop by hop."""

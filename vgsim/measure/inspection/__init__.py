"""What the user looks into: every figure of a stage, a unit or an edge, and a history."""

"""Numbers, moments, verdicts and formulas as words. No Qt."""

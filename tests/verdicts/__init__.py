"""The labelled set: experiments whose fault, or health, is known from how they were built."""

"""The labelled set: experiments whose trouble, or health, is known from how they were built."""

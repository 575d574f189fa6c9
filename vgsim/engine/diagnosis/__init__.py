"""What is wrong with an experiment, or that nothing is, and what would help by how much."""

"""Recording a training in PyTorch; needs the user's own torch, and nothing that is drawn."""

"""Making the weights: corpus, diffusion forcing, preference optimisation, distillation, export."""

"""Networks in torch: what is trained. The live path runs their exported graphs instead."""
